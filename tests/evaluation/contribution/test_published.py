"""Published figures of the data against the typical person."""

import pytest

from detectapi.evaluation.contribution import published
from detectapi.knowledge import catalog, published_figures
from detectapi.values.errors import CatalogError

MOST = 0.9
"""The share of all figures that the typical person must meet."""


@pytest.fixture(scope="module")
def figures():
    return [figure for substance_id in published_figures.substances() for figure in published.figures(substance_id)]


def test_figures_are_of_substances_that_exist():
    assert set(published_figures.substances()) <= set(catalog.ids())


@pytest.mark.slow
def test_most_figures_hold(figures):
    assert sum(figure.holds for figure in figures) >= MOST * len(figures)


@pytest.mark.slow
def test_every_figure_that_does_not_hold_says_why_and_no_other_does(figures):
    for figure in figures:
        assert figure.holds == ("exception" not in figure.check), figure.words


def test_a_mistake_in_a_file_is_refused_with_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(published_figures, "FOLDER", tmp_path)
    published_figures.read.cache_clear()
    (tmp_path / "ketamine.toml").write_text('schema_version = 1\nsubstance = "ketamine"\n[[checks]]\nid = "half"\n')

    with pytest.raises(CatalogError, match=r"checks/ketamine.toml: .*quantity"):
        published_figures.read("ketamine")
    published_figures.read.cache_clear()


def test_the_area_of_an_infusion_that_has_ended_is_its_amount_over_the_clearance():
    """Ketamine's clearance of 88 L/h at the reference person: an area by quadrature over 60 days, to 2 %."""
    item = {"quantity": "auc", "analytes": ["ketamine"], "doses": [{"amount_mg": 88.0, "route": "intravenous"}]}
    computed = published.COMPUTE["auc"](item, published._simulate(catalog.substance("ketamine"), item))

    assert computed == pytest.approx(1000.0, rel=0.02)
