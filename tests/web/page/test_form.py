"""From what was typed to the contract and back."""

import re

import pytest
from every import every
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.inputs.typed import is_two_way, quantity
from detectapi.values.errors import InputError
from detectapi.web.page import form, one_dose
from detectapi.web.page.choices import presets


def request_of(**typed):
    return form.to_request(form.typed(MultiDict({**form.DEFAULTS, **typed})))


@pytest.mark.parametrize(
    ("typed", "read"),
    [("35", 35), (" 1,1 ", 1.1), ("0.9-1.3", {"low": 0.9, "high": 1.3}), ("5 to 7", {"low": 5, "high": 7}),
     ("0,9 bis 1,3", {"low": 0.9, "high": 1.3}), ("lots", "lots"), ("1e3", 1000), ("-5", -5), ("1-2-3", "1-2-3")],
)  # fmt: skip
def test_numbers_and_ranges_as_people_type_them(typed, read):
    assert quantity(typed) == read


@pytest.mark.parametrize("typed", ["1,000", "1.000", "12,345", "999.999", "1,000-2,000", "1.000 bis 2.000"])
def test_a_number_that_may_be_a_thousand_or_one_stays_text(typed):
    assert quantity(typed) == typed
    assert is_two_way(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("1,000,000", 1_000_000), ("1.000.000", 1_000_000), ("1,000.5", 1000.5), ("1.000,5", 1000.5), ("1 000", 1000),
     ("1\u202f000", 1000), ("1'000,5", 1000.5), ("0,050", 0.05), (".050", 0.05), ("1.1250", 1.125), ("1000,125", 1000.125),
     ("\uff11\uff10", 10), ("500-1,000", {"low": 500, "high": 1000}), ("2\u20133", {"low": 2, "high": 3}),
     ("2\u22123", {"low": 2, "high": 3}), ("1,00,000", "1,00,000"), ("1,000.000.5", "1,000.000.5")],
)  # fmt: skip
def test_marks_for_thousands_are_read_where_they_have_one_meaning(typed, read):
    assert quantity(typed) == read


@pytest.mark.parametrize("typed", ["1,015", "1.015"])
def test_the_bounds_of_a_field_tell_how_a_number_is_meant(typed):
    asked = request_of(specimen_specific_gravity=f"{typed}-1,020", draws=typed)

    assert asked["specimen"]["specific_gravity"] == {"low": 1.015, "high": 1.02}
    assert asked["options"]["draws"] == 1015  # nobody types a count with decimals


def test_a_number_with_three_decimals_survives_the_form():
    dose = {"amount_mg": 1.125, "route": "oral", "repeat": {"every_h": 12.375, "count": 2}}
    asked = {"substance": "ketamine", "doses": [dose], "specimen": {"specific_gravity": 1.015}}

    assert form.to_request(form.from_request(asked)) == asked


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
    ("frequency", "days", "every_h"),
    [
        ("monthly", "60.8750", ""),
        ("twice-weekly", "10", ""),
        ("every", "7.5", "36.5"),
        ("every", "1", "0.5"),
        ("every", "2", "1.5"),
    ],
)
def test_days_of_use_hold_as_many_doses_as_in_a_pattern(frequency, days, every_h):
    """Doses per kilogram are repeated doses, for which the form counts; a pattern is counted by the library."""
    asked = request_of(frequency=frequency, for_days=days, every_h=every_h, amount_unit="mg_per_kg", amount="0.5")
    every, count = asked["doses"][0]["repeat"].values()

    assert (count - 1) * every < float(days) * 24 <= count * every


@pytest.mark.parametrize(("every_h", "days", "count"), [("0.5", "1", 48), ("1.5", "2", 32), ("1,5", "2", 32)])
def test_an_interval_that_is_no_whole_number_of_hours_holds_as_many_doses_as_begin_within_the_days(
    every_h, days, count
):
    asked = request_of(frequency="every", every_h=every_h, for_days=days, amount="10")

    assert asked["doses"][0]["repeat"]["count"] == count


@pytest.mark.parametrize("days", ["0", "-3", "1e300", "many"])
def test_days_that_cannot_be_are_told_at_a_field(days):
    values = form.typed(MultiDict({**form.DEFAULTS, "frequency": "every", "every_h": "30", "for_days": days}))
    with pytest.raises(InputError) as caught:
        service.answer(form.to_request(values))

    assert ["count"] == [form.place(problem.pointer, values) for problem in caught.value.problems]


def test_what_the_form_has_no_place_for_stays_as_json():
    asked = {"substance": "ketamine", "doses": [{"amount_mg": 1, "route": "oral"}, {"amount_mg": 2, "route": "rectal"}]}
    repeated = {
        "amount_mg": 1,
        "route": "oral",
        "start": "2026-11-16T09:00:00+01:00",
        "repeat": {"every_h": 9, "count": 2},
    }

    assert form.from_request(asked)["request"]
    assert form.from_request({"substance": "ketamine", "doses": [repeated, repeated]})["request"]
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


NUMBER_FIELDS = [
    "amount", "duration_min", "every_h", "count", "for_days", "cutoff_ng_ml", "half_life_h", "dose_amount_0", "worn_h",
    "use_amount_0", "use_days_0", "use_lasts_0",
    *(f"adjust_value_{i}" for i in range(form.ADJUSTMENTS)), *(f"{choice.form.name}_value" for choice in form.CHOICES),
    *(entry.form.name for entry in form.PLAIN if entry.is_number),
]  # fmt: skip
FURTHER = {"use_substance_0": "alcohol", "use_route_0": "oral", "use_amount_0": "20"}
BESIDE = {
    "duration_min": {"route": "intravenous"}, "every_h": {"frequency": "every", "count": "2"}, "count": {"frequency": "daily"},
    "for_days": {"frequency": "daily"}, "half_life_h": {"model_kind": "half-life"},
    "kidney_value": {"kidney_kind": "egfr_ml_min_1_73m2"},
    "cutoff_ng_ml": {"assay": "own", "analyte": "norketamine"}, "hydration_value": {"hydration_kind": "urine_flow_ml_h"},
    "worn_h": {"route": "transdermal"},
    "dose_amount_0": {"frequency": "dates", "dose_at_0": "2026-11-16T09:00"},
    "use_amount_0": FURTHER, "use_days_0": {**FURTHER, "use_frequency_0": "daily"}, "use_lasts_0": FURTHER,
    **{f"adjust_value_{i}": {f"adjust_name_{i}": "ketamine.clearance"} for i in range(form.ADJUSTMENTS)},
}  # fmt: skip


def numbers_in(value):
    """Every number of a request."""
    if isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        return [number for one in inner for number in numbers_in(one)]
    return [value] if isinstance(value, (int, float)) else []


@every("typed", ["1,000", "1.000", "1,000-2,000", "0.5-1.000", "1.000 bis 5", "1,000 a 1.500"])
@every("name", NUMBER_FIELDS)
def test_no_number_field_reads_a_thousand_as_one(name, typed):
    asked = request_of(**{"amount": "35", **BESIDE.get(name, {}), name: typed})

    assert 1 not in numbers_in(asked)


def test_every_number_field_of_the_form_is_among_those(client):
    page = client.get("/").get_data(as_text=True)
    shown = {
        name.replace("_1", "_0").replace("_2", "_0")
        for name in re.findall(r'name="(\w+)"[^>]*inputmode="decimal"', page)
    }

    assert shown - {"since"} <= {name.replace("_1", "_0").replace("_2", "_0") for name in NUMBER_FIELDS}


@pytest.mark.parametrize("name", ["amount", "duration_min", "every_h", "count", "for_days"])
@pytest.mark.parametrize("typed", ["1,000", "1.000"])
def test_the_fragment_never_reads_a_thousand_as_one(client, name, typed):
    address = {"substance": "ketamine", "route": "intravenous", "amount": "35", **BESIDE.get(name, {}), name: typed}
    response = client.get("/embed", query_string=address)

    assert response.status_code == 422 or name == "count"
    if response.status_code == 200:
        thousand = client.get("/embed", query_string=address | {name: "1000"})
        assert "<article" in response.text
        assert response.text.partition("<article")[2] == thousand.text.partition("<article")[2]


def test_a_patch_gives_its_amount_over_the_hours_that_it_was_worn(client):
    worn = {"substance": "fentanyl", "route": "transdermal", "amount": "3.6", "duration_min": "40"}
    asked = request_of(**worn, worn_h="72")

    assert asked["doses"][0]["duration_min"] == 72 * 60
    assert form.to_request(form.from_request(asked)) == asked
    assert form.from_request(asked)["worn_h"] == "72"
    response = client.post("/", data=worn)
    assert response.status_code == 422
    assert 'id="worn_h-fault"' in response.get_data(as_text=True)
    assert client.get("/embed", query_string=worn).status_code == 422


def test_a_patch_in_a_row_has_its_hours_too():
    rows = {"frequency": "dates", "dose_at_0": "2026-11-16T09:00", "dose_route_0": "transdermal"}
    asked = request_of(substance="fentanyl", route="intravenous", amount="1", duration_min="5", worn_h="72", **rows)

    assert asked["doses"][0]["duration_min"] == 72 * 60


@pytest.mark.parametrize("unit", one_dose.UNITS)
def test_an_amount_in_another_unit_keeps_it(unit):
    asked = request_of(amount="0.5", amount_unit=unit, route="oral", duration_min="")

    assert asked["doses"] == [{"route": "oral", "amount": 0.5, "unit": unit}]
    assert form.to_request(form.from_request(asked)) == asked
