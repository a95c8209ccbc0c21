"""Run migrations on the connection of `detectapi.jobs.database.upgrade`."""

from alembic import context

from detectapi.jobs.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
