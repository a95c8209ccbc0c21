"""What the description of the interface says of jobs is true (schemathesis tries)."""

import tempfile
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from detectapi.jobs.settings import Quota, Settings
from detectapi.web import create_app

# Tables that are not text are no JSON to make examples of; the tests beside this one send real ones.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload")]

FOLDER = tempfile.TemporaryDirectory(prefix="detectapi-jobs-")
MANY = Quota(10**12, 10**6, 10**12)
APP = create_app({"JOBS": Settings(FOLDER.name, f"sqlite:///{Path(FOLDER.name) / 'jobs.sqlite'}", quota=MANY)})
DESK = APP.extensions["detectapi-desk"]
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", APP).include(path_regex="/v1/jobs")


@pytest.fixture(scope="module")
def key():
    yield DESK.keys.issue("tests", ["batch:read", "batch:write"])
    DESK.engine.dispose()
    FOLDER.cleanup()


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_description_is_true(case, key):
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance])
