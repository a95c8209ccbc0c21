"""Table of the rows of deleted jobs, which still count against the quota of their day."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    """Make the tables."""
    op.create_table(
        "spent",
        sa.Column("owner", sa.String(8), nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_index("spent_by_owner", "spent", ["owner", "created"])


def downgrade():
    """Remove the tables."""
    op.drop_table("spent")
