"""Versions of the job store's tables, by Alembic."""
