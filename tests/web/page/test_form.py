"""From what was typed to the contract and back."""

import pytest
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.values.errors import InputError
from detectapi.web.page import form
from detectapi.web.page.choices import presets
from detectapi.web.page.typed import quantity


def request_of(**typed):
    return form.to_request(form.typed(MultiDict({**form.DEFAULTS, **typed})))


@pytest.mark.parametrize(
    ("typed", "read"),
    [("35", 35), (" 1,1 ", 1.1), ("0.9-1.3", {"low": 0.9, "high": 1.3}), ("5 to 7", {"low": 5, "high": 7}),
     ("0,9 bis 1,3", {"low": 0.9, "high": 1.3}), ("lots", "lots"), ("1e3", 1000), ("-5", -5), ("1-2-3", "1-2-3")],
)  # fmt: skip
def test_numbers_and_ranges_as_people_type_them(typed, read):
    assert quantity(typed) == read


def test_the_form_as_it_stands_is_a_whole_question():
    assert service.answer(form.to_request(form.typed(MultiDict())))["window"]["median_h"] > 0


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset["id"])
def test_presets_survive_the_form(preset):
    values = form.from_request(preset["request"])

    assert not values["request"]
    assert form.to_request(values) == preset["request"]
    service.load(preset["request"])


def test_everything_known_survives_the_form():
    asked = {
        "substance": "ketamine",
        "doses": [
            {"route": "oral", "amount_mg_per_kg": {"low": 0.4, "high": 0.6}, "basis": "hydrochloride",
             "repeat": {"every_h": 30, "count": 4}}
        ],
        "person": {"weight_kg": 68, "age_y": 42, "sex": "female", "interactions": ["grapefruit"]},
        "renal": {"ckd_stage": "G3a"},
        "hydration": {"fluid_intake_l_day": 2},
        "urine_ph": {"low": 5.6, "high": 6.8},
        "specimen": {"urine_creatinine_mg_dl": 95},
        "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
        "model": {"adjust": {"ketamine.clearance": {"scale": 0.8}}},
        "options": {"draws": 500, "seed": 7, "level": 0.8},
    }  # fmt: skip
    values = form.from_request(asked)

    assert not values["request"]
    assert form.to_request(values) == asked
    service.load(asked)


@pytest.mark.parametrize(
    ("frequency", "days", "every_h"), [("monthly", "60.875", ""), ("twice-weekly", "10", ""), ("every", "7.5", "36.5")]
)
def test_days_of_use_hold_as_many_doses_as_in_a_pattern(frequency, days, every_h):
    """Doses per kilogram are repeated doses, for which the form counts; a pattern is counted by the library."""
    asked = request_of(frequency=frequency, for_days=days, every_h=every_h, amount_unit="mg_per_kg", amount="0.5")
    every, count = asked["doses"][0]["repeat"].values()

    assert (count - 1) * every < float(days) * 24 <= count * every


@pytest.mark.parametrize("days", ["0", "-3", "1e300", "many"])
def test_days_that_cannot_be_are_told_at_a_field(days):
    values = form.typed(MultiDict({**form.DEFAULTS, "frequency": "every", "every_h": "30", "for_days": days}))
    with pytest.raises(InputError) as caught:
        service.answer(form.to_request(values))

    assert ["count"] == [form.place(problem.pointer, values) for problem in caught.value.problems]


def test_what_the_form_has_no_place_for_stays_as_json():
    asked = {"substance": "ketamine", "doses": [{"amount_mg": 1, "route": "oral"}, {"amount_mg": 2, "route": "rectal"}]}

    assert form.from_request(asked)["request"]
    assert form.from_request({"substance": 5})["request"]
    assert form.from_request([])["request"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"amount": ""}, "amount"), ({"amount": "lots"}, "amount"), ({"urine_ph": "12"}, "urine_ph"),
     ({"kidney_kind": "serum_creatinine_mg_dl", "kidney_value": "1"}, "age_y"),
     ({"kidney_kind": "egfr_ml_min_1_73m2", "kidney_value": "x"}, "kidney_value"),
     ({"frequency": "every", "every_h": "", "count": "3"}, "every_h"), ({"frequency": "daily"}, "count"),
     ({"assay": "own", "analyte": "norketamine", "cutoff_ng_ml": "0"}, "cutoff_ng_ml"), ({"level": "2"}, "level"),
     ({"adjust_name_1": "ketamine.clearance", "adjust_how_1": "scale", "adjust_value_1": "much"}, "adjust_value_1"),
     ({"urine_ph": "7-6"}, "urine_ph"), ({"specimen_urine_ph": "1"}, "specimen_urine_ph")],
)  # fmt: skip
def test_a_problem_is_told_at_its_field(typed, field):
    values = form.typed(MultiDict({**form.DEFAULTS, **typed}))
    with pytest.raises(InputError) as caught:
        service.answer(form.to_request(values))

    assert field in {form.place(problem.pointer, values) for problem in caught.value.problems}
