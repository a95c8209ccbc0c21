"""What a request tells about the person and the urine, input by input."""

import pytest

from detectapi.inputs.distribution import CENTRAL_90
from detectapi.inputs.known import distribution_of, read_known
from detectapi.inputs.table import INPUTS
from detectapi.knowledge import catalog

STAGES = catalog.physiology().ckd_stages
RANGED = [entry for entry in INPUTS if entry.distribution and entry.section != "model"]


def known(**request):
    return read_known(request, STAGES)


def asked(entry, value):
    return {entry.section: {entry.name: value}} if entry.section else {entry.name: value}


@pytest.mark.parametrize("entry", RANGED, ids=lambda entry: entry.path)
def test_a_range_has_the_scale_and_the_bounds_of_its_input(entry):
    low, high = entry.bounds
    a, b = (low or 1.0) * 1.01, high * 0.99
    result = known(**asked(entry, {"low": a, "high": b})).distributions[entry.distribution]

    assert (result.scale, result.low, result.high) == (entry.scale, low, high)
    assert result.source == "given range"
    middle = (a * b) ** 0.5 if entry.scale == "log" else (a + b) / 2
    assert result.centre == pytest.approx(middle)
    assert result.value(CENTRAL_90) == pytest.approx(b)


@pytest.mark.parametrize("entry", RANGED, ids=lambda entry: entry.path)
def test_a_number_is_taken_as_it_is(entry):
    value = sum(entry.bounds) / 2
    result = known(**asked(entry, value)).distributions[entry.distribution]

    assert (result.centre, result.exact, result.source) == (value, True, "given")


def test_of_nothing_nothing_is_known():
    result = known()

    assert dict(result.distributions) == {}
    assert (result.renal_measure, result.renal_method, result.hydration_measure, result.hydration_level) == (None,) * 4
    assert (result.pregnant, result.read_by_strip) == (False, False)


@pytest.mark.parametrize("entry", INPUTS.among("kidney"), ids=lambda entry: entry.name)
def test_the_measure_that_was_given_tells_the_kidney_function(entry):
    result = known(renal={entry.name: "G3a" if entry.words else 50.0})

    assert result.renal_measure == (entry.distribution or "egfr_ml_min_1_73m2")
    assert result.renal_measure in result.given


def test_a_stage_of_kidney_disease_is_its_range_of_gfr():
    low, high = STAGES["G3b"]
    result = known(renal={"ckd_stage": "G3b"}).distributions["egfr_ml_min_1_73m2"]
    value = distribution_of(INPUTS["renal.egfr_ml_min_1_73m2"], {"low": low, "high": high})

    assert (result.centre, result.spread, result.source) == (value.centre, value.spread, "derived")


def test_words_are_taken_as_they_are():
    result = known(
        person={"pregnant": "yes"}, renal={"method": "ekfc"}, hydration={"level": "low"},
        specimen={"kind": "first-morning", "read_by": "strip"},
    )  # fmt: skip

    assert (result.pregnant, result.sex) == (True, "female")
    assert (result.renal_method, result.hydration_level, result.specimen_kind) == ("ekfc", "low", "first-morning")
    assert result.read_by_strip


def test_what_is_worked_out_is_not_what_was_given():
    age = distribution_of(INPUTS["person.age_y"], 6.0)
    result = known(person={"weight_kg": 20.0}).infer(age)

    assert result.given == ("weight_kg",)
    assert list(result.distributions) == ["weight_kg", "age_y"]


def test_two_people_agree_in_structure_when_the_same_inputs_are_known_in_the_same_way():
    one, other = (known(person={"weight_kg": weight, "sex": "male"}) for weight in (60.0, 80.0))
    ranged = known(person={"weight_kg": {"low": 60.0, "high": 80.0}, "sex": "male"})

    assert one.structure == other.structure != ranged.structure
    assert one.numbers != other.numbers


def test_the_measure_of_hydration_that_was_given_is_named():
    result = known(hydration={"urine_flow_ml_h": 60.0})

    assert (result.hydration_measure, result.hydration_level) == ("urine_flow_ml_h", None)


@pytest.mark.parametrize("sex", ["male", "female"])
def test_the_sex_that_was_given_is_known_and_other_medicines_too(sex):
    result = known(person={"sex": sex, "hepatic_class": "B", "interactions": ["cyp3a4-inhibitor"]})

    assert (result.sex, result.hepatic_class, result.interactions) == (sex, "B", ("cyp3a4-inhibitor",))
