"""Ids that panels of tests had in earlier releases: understood, listed with the panel, and of no other test."""

import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.knowledge import catalog
from detectapi.values.errors import CatalogError

TEST = toys.assay(["red"], [{"analyte": "red", "cutoff_ng_ml": 40}])
PANEL = {
    "name": "Toy panel", "issuer": "Toy maker", "date": "2026", "because": "Not on the list of 2026", **toys.ASSUMED,
    "classes": [{"id": "reds", "name": "Red ones", "assays": ["red-test"]}],
}  # fmt: skip


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a folder of data whose panel has a former id."""
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))

    def written(former):
        substance = toys.substance("red", [Moiety("red")], [toys.oral({"red": 0.6})])
        panel = {**PANEL, "formerly": [former]}
        toys.write(tmp_path, [substance], {"red-test": TEST}, panels={"panels": {"toy-panel": panel}})

    return written


@pytest.mark.parametrize("former", ["old-panel", "Old panel"])
def test_a_former_id_gives_the_same_answer_and_is_listed_with_the_panel(write, former):
    write("old-panel")
    asked = {"substance": "red", "doses": [{"amount_mg": 20, "route": "oral"}], "options": {"draws": 100}}

    assert service.answer({**asked, "assay": former}) == service.answer({**asked, "assay": "toy-panel"})
    (listed,) = (panel for panel in service.assays()["panels"] if panel["id"] == "toy-panel")
    assert listed["formerly"] == ["old-panel"]


def test_a_former_id_is_no_id_of_another_test(write):
    write("red-test")

    with pytest.raises(CatalogError, match="red-test is the id of another test"):
        catalog.check()
