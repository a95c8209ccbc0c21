"""Notebooks are executed, and what is kept in the repository is what they say now."""

import base64
from pathlib import Path

import pytest
import refresh

ROOT = Path(__file__).parents[2]
LARGEST_PICTURE = 120_000


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def said(notebook):
    """What is printed or returned, without pictures: their bytes belong to the version of what draws them."""
    return [output.get("text") or output["data"]["text/plain"] for output in outputs(notebook)]


def pictures(notebook):
    result = [output["data"]["image/png"] for output in outputs(notebook) if "image/png" in output.get("data", {})]
    return [base64.b64decode(one) for one in result]


@pytest.mark.slow
@pytest.mark.parametrize("name", refresh.NOTEBOOKS)
def test_a_notebook_says_what_it_says_in_the_repository(monkeypatch, name):
    import nbformat

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    kept = nbformat.read(ROOT / name, as_version=4)
    nbformat.validate(kept)
    assert outputs(kept)
    assert max(map(len, pictures(kept)), default=0) <= LARGEST_PICTURE
    again = refresh.executed(ROOT / name)
    assert said(again) == said(kept), "run: make docs"
    assert len(pictures(again)) == len(pictures(kept))


def test_every_tutorial_has_a_notebook():
    for path in sorted((ROOT / "docs" / "tutorials").glob("*.md")):
        if path.stem != "index":
            assert f"docs/examples/{path.stem}.ipynb" in refresh.NOTEBOOKS, path.stem
            assert f"../examples/{path.stem}.ipynb" in path.read_text(encoding="utf-8"), path.stem
