"""Options of jobs that version 0.1 does not know. The command that reproduces a job says which of them it had."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

job = sa.table("job", sa.column("id", sa.String), sa.column("options", sa.Text), sa.column("about", sa.Text))
KNOWN_BEFORE = ("draws", "seed", "level", "times_h", "sampling", "on_error", "echo", "chunk_rows")


def upgrade():
    """Write the new options of each job."""
    _change(
        lambda options, command: {
            "serial": "--serial" in command,
            "formula_guard": "--no-formula-guard" not in command,
            **options,
        }
    )


def downgrade():
    """Leave only the options that version 0.1 knows, which cannot read a job with others."""
    _change(lambda options, command: {name: options[name] for name in KNOWN_BEFORE if name in options})


def _change(changed):
    """Write the options of each job anew, from those it has and from the words of its command."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(job.c.id, job.c.options, job.c.about)).all():
        options, command = json.loads(row.options), json.loads(row.about).get("command", "").split()
        connection.execute(
            sa.update(job).where(job.c.id == row.id).values(options=json.dumps(changed(options, command)))
        )
