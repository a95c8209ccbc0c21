"""Fixtures of batches and jobs: tables, a database of either kind, settings of a server of jobs."""

import json
import uuid

import pytest


@pytest.fixture
def ndjson(tmp_path):
    """Write rows as NDJSON; returns the path."""

    def write(rows, name="rows.ndjson"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def postgres_server():
    import postgres

    with postgres.serving() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request, tmp_path):
    """A database of one's own, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobs.sqlite'}"
        return
    import psycopg

    address = request.getfixturevalue("postgres_server")
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{address.replace('+psycopg', '')}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{address}/{name}"


# -- a server of jobs, without its process -----------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path, database_url):
    from detectapi.jobs import database
    from detectapi.jobs.settings import Quota, Settings

    engine = database.connect(database_url)
    database.upgrade(engine)
    engine.dispose()
    return Settings(str(tmp_path / "jobs"), database_url, quota=Quota(1000, 3, 1_000_000))
