"""Fixtures that several folders of tests share. Answers are real ones, of few draws where their number is no matter."""

import copy
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a run says something of the code and not of luck. `make search` looks for new ones.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile("fixed")

# Lets every test import what stands in `support` (an independent solver, cases, servers) and in the tools of the project.
ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests/support", "tools", "docs")]
pytest_plugins = ["job_settings"]


def pytest_ignore_collect(collection_path, config):
    """Do not even read a file of slow tests where they are left out: some build all of their examples while they are read."""
    if config.option.markexpr == "not slow" and collection_path.name.startswith("test_") and collection_path.is_file():
        text = collection_path.read_text(encoding="utf-8")
        return (
            True if "\npytestmark = pytest.mark.slow\n" in text or "\npytestmark = [pytest.mark.slow," in text else None
        )
    return None


ONE_INFUSION = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    "options": {"draws": 100},
}


@pytest.fixture
def question():
    """A question of one's own to change."""
    return copy.deepcopy(ONE_INFUSION)


@pytest.fixture(scope="session")
def answer():
    """Its answer, not to be changed."""
    from detectapi import service

    return service.answer(ONE_INFUSION)


@pytest.fixture(scope="session")
def app():
    from detectapi.web import create_app

    return create_app({"TESTING": True})


@pytest.fixture
def client(app):
    return app.test_client()
