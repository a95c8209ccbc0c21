"""A server of jobs without its process."""

import pytest
from flask.testing import FlaskClient


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
