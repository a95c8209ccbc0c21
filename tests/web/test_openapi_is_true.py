"""What the description of the interface says is true (schemathesis tries)."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from detectapi.web import create_app

pytestmark = pytest.mark.slow

# A question of good form may still mean nothing (a route nobody knows), and is then rightly refused with a 422.
MEANING = positive_data_acceptance
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", create_app())


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_description_is_true(case):
    case.call_and_validate(excluded_checks=[MEANING])
