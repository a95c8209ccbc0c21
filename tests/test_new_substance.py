"""A new substance edits no test: with one more in the data, the tests of all substances, of the docs and of the page pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
OF_SUBSTANCES = (
    "knowledge",
    "evaluation/contribution",
    "schemas",
    "test_docs.py",
    "test_service.py",
    "web/page/test_form.py",
)


@pytest.mark.slow
@pytest.mark.parametrize("folder", OF_SUBSTANCES)
def test_tests_pass_with_one_more_substance(folder):
    environment = {**os.environ, "DETECTAPI_DATA": str(TESTS / "data" / "extra")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS / folder)]
    result = subprocess.run(command, cwd=TESTS.parent, env=environment, capture_output=True, text=True)

    assert 0 == result.returncode, result.stdout
