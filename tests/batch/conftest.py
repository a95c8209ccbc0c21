"""Lets the tests beside this file import `scenarios`, whatever the import mode."""

import json
import sys
import uuid
from pathlib import Path

import pytest
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))


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
    from detectapi.batch import database
    from detectapi.batch.settings import Quota, Settings

    engine = database.connect(database_url)
    database.upgrade(engine)
    engine.dispose()
    return Settings(str(tmp_path / "jobs"), database_url, quota=Quota(1000, 3, 1_000_000))


class Client(FlaskClient):
    """Reads every answer to its end, so that files behind answers are closed."""

    def open(self, *arguments, buffered=True, **options):
        return super().open(*arguments, buffered=buffered, **options)


@pytest.fixture
def app(settings):
    from detectapi.web import create_app

    app = create_app({"TESTING": True, "JOBS": settings})
    app.test_client_class = Client
    yield app
    app.extensions["detectapi-desk"].engine.dispose()


@pytest.fixture
def desk(app):
    return app.extensions["detectapi-desk"]


@pytest.fixture
def key(desk):
    return desk.keys.issue("lab", ["batch:read", "batch:write"])


@pytest.fixture
def client(app, key):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client
