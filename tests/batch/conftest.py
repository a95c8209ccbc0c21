"""Lets the tests beside this file import `scenarios`, whatever the import mode."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def ndjson(tmp_path):
    """Write rows as NDJSON; returns the path."""

    def write(rows, name="rows.ndjson"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write
