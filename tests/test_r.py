"""The page about R: its pieces of R are run by the test of the pages, where R is installed."""

from pathlib import Path

import pytest
import refresh

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_what_the_page_about_r_shows_is_run_where_r_is_installed():
    text = (ROOT / "docs" / "r.md").read_text(encoding="utf-8")
    pieces = [body for kind, body in refresh.FENCE.findall(text) if kind == "r"]
    if not refresh.can_run_r("library(httr2)"):
        pytest.skip("R or its package httr2 is not installed (Debian: apt-get install r-base-core r-cran-httr2)")

    assert [piece for piece in pieces if not refresh.can_run_r(piece)] == [
        piece for piece in pieces if "library(arrow)" in piece and not refresh.can_run_r("library(arrow)")
    ]
