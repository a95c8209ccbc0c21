"""A test that a question states itself: cutoffs per creatinine and the bias of a kit, as registered tests have them."""

import pytest
import toys
from toys import Moiety
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.batch import rows
from detectapi.batch.chunk import answer as answer_rows
from detectapi.batch.options import Options
from detectapi.cli import flags, options
from detectapi.inputs.table import INPUTS
from detectapi.web.page import form

DRAWS = 200
PER_CREATININE = {"analytes": [{"analyte": "drug", "cutoff_ng_mg_creatinine": 20}]}
WITH_KIT = {"target": "drug", "cutoff_ng_ml": 20, "kit_bias_sd": 0.3}
BOTH = {"analytes": [{"analyte": "drug", "cutoff_ng_mg_creatinine": 20}], "kit_bias_sd": 0.3}
"""Of one analyte, as the flags, the columns and the form have it."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    per_ml, per_mg = ({"analyte": "drug", cutoff: 20} for cutoff in ("cutoff_ng_ml", "cutoff_ng_mg_creatinine"))
    registered = {
        "per-mg": toys.assay(["drug"], [per_mg], imprecision=0.1),
        "kit": toys.assay(["drug"], [per_ml], "immunoassay", 0.15, kit_bias_sd=toys.quantity(0.3)),
        "both": toys.assay(["drug"], [per_mg], "immunoassay", 0.15, kit_bias_sd=toys.quantity(0.3)),
    }
    toys.write(tmp_path, [toys.substance("drug", [Moiety("drug")], [toys.oral({"drug": 0.5})])], registered)


def ask(assay, **more):
    asked = {"substance": "drug", "doses": [{"amount_mg": 10, "route": "oral"}], "assay": assay, **more}
    return {**asked, "options": {"draws": DRAWS}}


@pytest.mark.parametrize(("own", "registered"), [(PER_CREATININE, "per-mg"), (WITH_KIT, "kit"), (BOTH, "both")])
def test_a_stated_test_is_answered_as_a_registered_one(own, registered):
    stated, known = service.answer(ask(own)), service.answer(ask(registered))

    for part in ("window", "serial", "curve", "analytes", "uncertainty"):
        assert stated[part] == known[part], part
    (cutoff,) = {"cutoff_ng_ml", "cutoff_ng_mg_creatinine"} & set(stated["analytes"][0])
    assert stated["analytes"][0][cutoff] == 20


def test_a_stated_bias_is_told_as_stated():
    (bias,) = (entry for entry in service.answer(ask(WITH_KIT))["inputs_used"] if entry["name"] == "kit_bias")

    assert (bias["source"], bias["value"]) == ("given", 1.0)


def test_the_command_line_asks_for_both():
    empty = {options.parameter(one): None for one in INPUTS.with_flag}
    typed = {"dose": ("10 mg oral",), "cutoff": ("drug=20 ng/mg",), "substance": "drug", "assay_kit_bias_sd": 0.3}

    assert flags.question({**empty, **typed})["assay"] == BOTH


def test_the_page_asks_for_both_and_shows_them_again():
    typed = {"substance": "drug", "route": "oral", "amount": "10", "assay": "own", "analyte": "drug",
             "cutoff_ng_ml": "", "cutoff_ng_mg_creatinine": "20", "kit_bias_sd": "0.3"}  # fmt: skip
    asked = form.to_request(form.typed(MultiDict({**form.DEFAULTS, **typed})))

    assert asked["assay"] == BOTH
    shown = form.from_request(asked)
    assert [shown[name] for name in ("assay", "cutoff_ng_ml", "cutoff_ng_mg_creatinine", "kit_bias_sd", "request")] == [
        "own", "", "20", "0.3", "",
    ]  # fmt: skip


def test_a_table_asks_for_both_and_answers_them_as_one_question_does():
    row = {"substance": "drug", "route": "oral", "amount_mg": 10, "analyte": "drug", "kit_bias_sd": 0.3}
    asked = [{**row, "cutoff_ng_mg_creatinine": cutoff} for cutoff in (10, 20)]
    good, bad = answer_rows(enumerate(asked, 1), Options(draws=DRAWS))

    assert rows.request(asked[1], {"draws": DRAWS, "seed": 1, "level": 0.9})["assay"]["kit_bias_sd"] == 0.3
    assert not bad
    assert good[1]["median_h"] == service.answer(ask(BOTH))["window"]["median_h"]
    assert good[0]["median_h"] > good[1]["median_h"]


def test_rows_with_two_cutoffs_and_rows_with_a_registered_test_beside_their_own_are_refused():
    row = {"substance": "drug", "route": "oral", "amount_mg": 10}
    two = {**row, "analyte": "drug", "cutoff_ng_ml": 1, "cutoff_ng_mg_creatinine": 1}
    _, bad = answer_rows([(1, two), (2, {**row, "assay": "kit", "kit_bias_sd": 0.3})], Options(draws=DRAWS))

    assert [(one["row"], one["pointer"], one["code"]) for one in bad] == [
        (1, "/cutoff_ng_ml", "exactly-one"), (2, "/assay", "conflict"),
    ]  # fmt: skip
