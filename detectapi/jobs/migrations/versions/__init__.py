"""Versions of the tables of jobs and keys, for Alembic."""
