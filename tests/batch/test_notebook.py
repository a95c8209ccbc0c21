"""The researcher's notebook is executed, and what is kept in the repository is what it says now."""

import base64
from pathlib import Path

import pytest
import refresh

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "examples" / "batch-grid.ipynb"
LARGEST_PICTURE = 60_000


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def said(notebook):
    """What is printed or returned, without pictures: their bytes belong to the version of what draws them."""
    return [output.get("text") or output["data"]["text/plain"] for output in outputs(notebook)]


def pictures(notebook):
    result = [output["data"]["image/png"] for output in outputs(notebook) if "image/png" in output.get("data", {})]
    return [base64.b64decode(one) for one in result]


@pytest.mark.slow
def test_the_notebook_says_what_it_says_in_the_repository(monkeypatch):
    import nbformat

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    kept = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(kept)
    (picture,) = pictures(kept)
    assert len(picture) <= LARGEST_PICTURE
    again = refresh.executed(NOTEBOOK)
    assert said(again) == said(kept), "run: make docs"
    assert len(pictures(again)) == 1
