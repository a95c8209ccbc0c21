"""Tables of keys, jobs, chunks and submissions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    """Make the tables."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(8), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("expires", sa.Float),
        sa.Column("revoked", sa.Float),
        sa.Column("last_used", sa.Float),
        sa.Column("quota_rows", sa.BigInteger),
        sa.Column("quota_jobs", sa.Integer),
        sa.Column("quota_bytes", sa.BigInteger),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner", sa.String(8), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("started", sa.Float),
        sa.Column("ended", sa.Float),
        sa.Column("expires", sa.Float),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("rows_total", sa.BigInteger),
        sa.Column("rows_done", sa.BigInteger, nullable=False),
        sa.Column("rows_bad", sa.BigInteger, nullable=False),
        sa.Column("chunks_total", sa.Integer),
        sa.Column("chunks_done", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("worker", sa.String(80)),
        sa.Column("lease_until", sa.Float),
    )
    op.create_index("job_by_owner", "job", ["owner", "created"])
    op.create_index("job_by_state", "job", ["state"])
    op.create_table(
        "chunk",
        sa.Column("job", sa.String(40), sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("idx", sa.Integer, primary_key=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("stop", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.String(80)),
        sa.Column("lease_until", sa.Float),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("rows", sa.Integer),
        sa.Column("bad", sa.Integer),
        sa.Column("sha256", sa.String(64)),
        sa.Column("errors_sha256", sa.String(64)),
        sa.Column("bytes", sa.BigInteger),
    )
    op.create_index("chunk_by_state", "chunk", ["state", "idx"])
    op.create_table(
        "submission",
        sa.Column("owner", sa.String(8), nullable=False),
        sa.Column("token", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("job", sa.String(40), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.UniqueConstraint("owner", "token", name="submission_once"),
    )


def downgrade():
    """Remove the tables."""
    for name in ("submission", "chunk", "job", "api_key"):
        op.drop_table(name)
