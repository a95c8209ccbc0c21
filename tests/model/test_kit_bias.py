"""The bias of a kit: the same in every specimen of a draw's knowledge row, beside imprecision, which is not."""

import numpy as np
import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation

SPREAD = 0.3


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    analytes = [{"analyte": "drug", "cutoff_ng_ml": 20}]
    toys.write(
        tmp_path,
        [toys.substance("drug", [Moiety("drug")], [toys.oral({"drug": 0.5})])],
        {"plain": toys.assay(["drug"], analytes, "immunoassay", 0.15),
         "biased": toys.assay(["drug"], analytes, "immunoassay", 0.15, kit_bias_sd=toys.quantity(SPREAD))},
    )  # fmt: skip


def ask(assay, **more):
    return service.load({"substance": "drug", "doses": [{"amount_mg": 10, "route": "oral"}], "assay": assay, **more})


def bias():
    """Factor between the readings of the two tests in each draw, and the knowledge row of each."""
    plain, biased = (Simulation(read_question(ask(name)), Draws(2, layout(2000))) for name in ("plain", "biased"))
    (component,) = plain.question.assay.components
    return biased.noise(component) / plain.noise(component), plain.selection.knowledge


def test_a_bias_is_one_factor_for_all_specimens_of_what_may_be_true():
    factor, rows = bias()

    assert all(np.ptp(factor[rows == row]) < 1e-12 for row in set(rows))
    # The rows of knowledge are stratified: their spread is that of the normal distribution to a few per cent.
    assert np.std(np.log([factor[rows == row][0] for row in sorted(set(rows))])) == pytest.approx(SPREAD, rel=0.1)


def test_a_bias_widens_what_is_not_known_and_is_told():
    plain, biased = (service.answer(ask(name, options={"draws": 1000})) for name in ("plain", "biased"))

    def width(answer):
        band = answer["window"]["median_knowledge_h"]
        return band["high"] - band["low"]

    assert width(biased) > width(plain)
    assert {"kit_bias"} == {e["name"] for e in biased["inputs_used"]} - {e["name"] for e in plain["inputs_used"]}
