"""The measurement of many callers, for a few seconds: nothing is lost but what killed workers held, and every answer is right.

Its times are not looked at here: they are those of a busy machine.
"""

import os
import re
import subprocess
import sys

import pytest
from processes import LIMITS, ROOT

NEVER = (
    "other errors",
    "answers with another byte than in process",
    "requests without an answer",
    "other requests that were lost",
)


@pytest.mark.slow
def test_many_callers_get_right_answers_or_a_word_to_come_back_while_workers_are_killed():
    command = [sys.executable, "bench/load/callers.py", "--seconds", "1.5", "--requests", "100", "--killing", "5"]
    environment = {**os.environ, **LIMITS, "PYTHONPATH": str(ROOT)}
    printed = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True
    ).stdout
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", printed, re.MULTILINE)

    assert [(name, value) for name, value in rows if name in NEVER and value != "0"] == []
    assert {name for name, _ in rows} >= set(NEVER)
    assert all(int(value) > 0 for name, value in rows if name == "answers")
