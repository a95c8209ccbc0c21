"""Laboratory results read into specimens and accounts, case by case; what cannot be read is refused with its path."""

import pytest
from fhir_cases import ACCOUNTS, PATIENT, medication, observation, parameters, quantity

from detectapi.fhir import accounts
from detectapi.fhir.material import read_request
from detectapi.values.errors import InputError

SECOND = "Parameters.parameter[1].resource"
KETAMINE, NORKETAMINE, SCREEN = "20537-7", "18322-8", "19501-6"
NEGATIVE = {"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]}
HIGH_50 = [{"high": quantity(50, "ng/mL")}]


def asked(*resources, **values):
    material = read_request(parameters(medication(), *resources, **values), accounts.PARAMETERS)
    (one,) = accounts.questions(material)
    return one.question, [code for code, _ in material.remarks.said]


def result(*resources, **values):
    question, _ = asked(*resources, **values)
    (specimen,) = question["specimens"]
    (one,) = specimen["results"]
    return {name: value for name, value in one.items() if name != "analyte"}


def remarks(*resources, **values):
    return asked(*resources, **values)[1]


def refusal(*resources, **values):
    with pytest.raises(InputError) as error:
        asked(*resources, **values)
    (problem,) = error.value.problems
    return problem.code, problem.pointer


def measured(value, unit="ng/mL", code=NORKETAMINE, **more):
    comparator = {"comparator": more.pop("comparator")} if "comparator" in more else {}
    return observation(code, valueQuantity=quantity(value, unit, **comparator), **more)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (measured(4.2), {"value_ng_ml": 4.2}),
        (measured(4.2, "ug/L"), {"value_ng_ml": 4.2}),
        (measured(0.0042, "mg/L"), {"value_ng_ml": 4.2}),
        (measured(1.0, comparator="<"), {"below_ng_ml": 1.0}),
        (measured(1000.0, comparator=">"), {"between_ng_ml": {"low": 1000.0, "high": 1e8}}),
        (measured(4.2, status="amended"), {"value_ng_ml": 4.2}),
        (observation("19555-2", valueString="x"), None),
    ],
    ids=["ng/mL", "ug/L", "mg/L", "below", "above", "amended", "other-substance"],
)
def test_a_value_in_every_form(given, expected):
    if expected is None:
        assert "no-known-dose" == refusal(given)[0]
    else:
        assert expected == result(given)


def test_moles_are_converted_by_the_molar_mass():
    assert 4.2 == pytest.approx(result(measured(4.2 / 223.7 * 1000, "nmol/L"))["value_ng_ml"], rel=1e-9)


def test_a_panel_has_its_results_in_components():
    coded = [
        {"code": observation(code)["code"], "valueQuantity": quantity(4.2, "ng/mL")} for code in (KETAMINE, NORKETAMINE)
    ]
    question, _ = asked(observation("97161-4", component=coded))

    assert ["ketamine", "norketamine"] == [one["analyte"] for one in question["specimens"][0]["results"]]


def test_results_of_one_specimen_stay_together_and_others_apart():
    question, _ = asked(
        measured(1.0, code=KETAMINE, specimen={"reference": "Specimen/a"}),
        measured(4.2, specimen={"reference": "Specimen/a"}),
        measured(2.1, specimen={"reference": "Specimen/b"}, effectiveDateTime="2026-11-21T08:00:00Z"),
    )

    assert [2, 1] == [len(specimen["results"]) for specimen in question["specimens"]]


def test_the_time_of_collection_counts_and_not_that_of_the_report():
    specimen = {"resourceType": "Specimen", "id": "a", "collection": {"collectedDateTime": "2026-11-19T08:00:00Z"}}
    question, _ = asked(measured(4.2, specimen={"reference": "Specimen/a"}, issued="2026-11-22T08:00:00Z"), specimen)

    assert "2026-11-19T08:00:00+00:00" == question["specimens"][0]["collected"]


def test_creatinine_of_the_specimen_belongs_to_it_and_other_urine_to_the_person():
    same, other = {"reference": "Specimen/a"}, {"reference": "Specimen/b"}
    question, _ = asked(
        measured(4.2, specimen=same),
        observation("2161-8", valueQuantity=quantity(88, "mg/dL"), specimen=same),
        observation("5803-2", valueQuantity=quantity(6.0, "[pH]"), specimen=same),
        observation("2161-8", valueQuantity=quantity(120, "mg/dL"), specimen=other),
    )
    (specimen,) = question["specimens"]

    assert (88.0, 6.0, "strip") == (specimen["urine_creatinine_mg_dl"], specimen["urine_ph"], specimen["read_by"])
    assert {"urine_creatinine_mg_dl": 120.0} == question["hydration"]


@pytest.mark.parametrize(
    ("value", "positive"),
    [
        ({"valueCodeableConcept": NEGATIVE}, False),
        ({"valueCodeableConcept": {"text": "Detected"}}, True),
        ({"valueCodeableConcept": {"text": "Not detected"}}, False),
        ({"valueString": "Negative"}, False),
        ({"interpretation": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "POS"}]}]}, True),
    ],
    ids=["code", "text", "negated", "string", "interpretation"],
)  # fmt: skip
def test_a_screen_has_a_verdict_and_a_cutoff(value, positive):
    question, _ = asked(observation(SCREEN, referenceRange=HIGH_50, **value))
    (specimen,) = question["specimens"]

    assert {"assay": {"target": "ketamine", "cutoff_ng_ml": 50.0}, "positive": positive} == specimen["screen"]


def test_a_cutoff_may_stand_in_words_or_be_a_registered_test():
    worded, _ = asked(observation(SCREEN, valueString="Negative", referenceRange=[{"text": "Cutoff 100 ng/mL"}]))
    named, _ = asked(observation(SCREEN, valueString="Negative"), screen="taiwan-screen")

    assert 100.0 == worded["specimens"][0]["screen"]["assay"]["cutoff_ng_ml"]
    assert "taiwan-screen" == named["specimens"][0]["screen"]["assay"]


def test_a_screen_and_a_confirmation_of_one_specimen_are_both_kept():
    question, _ = asked(observation(SCREEN, valueString="Positive", referenceRange=HIGH_50), measured(4.2))
    (specimen,) = question["specimens"]

    assert {"collected", "results", "screen"} == set(specimen)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([measured(4.2, "mg")], ("unknown-unit", f"{SECOND}.valueQuantity.code")),
        ([measured(0)], ("no-limit", f"{SECOND}.valueQuantity.value")),
        ([measured(4.2, effectiveDateTime="2026-11-20T08:00:00")], ("no-offset", f"{SECOND}.effectiveDateTime")),
        ([measured(4.2, effectiveDateTime=None)], ("required", f"{SECOND}.effectiveDateTime")),
        ([observation(SCREEN, valueString="Negative")], ("no-limit", SECOND)),
        ([measured(4.2), measured(8.4, id="o-2")], ("conflict", "Parameters.parameter[2].resource")),
    ],
    ids=["unit", "zero", "no-zone", "no-time", "no-cutoff", "contradiction"],
)
def test_a_result_that_cannot_be_read_is_refused_where_it_stands(given, expected):
    assert expected == refusal(*given)


def test_a_result_that_is_reported_twice_counts_once():
    assert {"value_ng_ml": 4.2} == result(measured(4.2), measured(4.4, id="o-2"))


def test_a_confirmation_without_a_number_is_below_its_cutoff():
    said = observation(KETAMINE, valueString="None Detected", referenceRange=HIGH_50)

    assert {"below_ng_ml": 50.0} == result(said)


@pytest.mark.parametrize(
    ("given", "remark"),
    [
        (measured(4.2, status="preliminary"), "preliminary"),
        (measured(4.2, code=KETAMINE, effectiveDateTime="2026-11-20"), "day-only"),
        (observation(NORKETAMINE, valueQuantity={"value": 4.2, "unit": "ng/ml"}), "unit-by-text"),
        (
            {
                **measured(4.2),
                "code": {"coding": [{"system": "http://loinc.org", "code": "99999-9"}], "text": "Norketamine, urine"},
            },
            "analyte-by-text",
        ),
        (
            {
                **measured(4.2),
                "code": {"coding": [{"system": "http://loinc.org", "code": "20514-6"}], "text": "Norketamine"},
            },
            "deprecated-code",
        ),
    ],
    ids=["preliminary", "day", "unit", "unknown-code", "deprecated"],
)
def test_what_was_assumed_is_said(given, remark):
    assert remark in remarks(given)


def test_where_title_and_code_disagree_the_code_counts():
    """As in an example of the profiles for medicolegal deaths: the text says one substance, the code another."""
    wrong = measured(4.2, code=KETAMINE)
    wrong["code"]["text"] = "Phencyclidine, urine"
    question, said = asked(wrong)

    assert "ketamine" == question["specimens"][0]["results"][0]["analyte"]
    assert "title-disagrees" in said


def test_a_result_of_a_class_or_of_blood_is_no_quantity_of_a_substance():
    other = {"resourceType": "Specimen", "id": "b", "type": {"text": "Serum"}}
    said = remarks(
        measured(4.2),
        observation("8150-5", id="o-2", valueQuantity=quantity(900, "ng/mL")),
        measured(70, id="o-3", code=KETAMINE, specimen={"reference": "Specimen/b"}),
        other,
    )

    assert "class-result" in said
    assert {"value_ng_ml": 4.2} == result(
        measured(4.2), measured(70, id="o-3", code=KETAMINE, specimen={"reference": "Specimen/b"}), other
    )


def test_what_was_ordered_is_a_second_account_and_never_the_first():
    ordered = medication(
        resourceType="MedicationRequest", id="mr-1", status="active", intent="order", authoredOn="2026-11-17T09:00:00Z",
        effectivePeriod=None, dosage=None,
        dosageInstruction=[{
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "count": 2}},
            "route": {"text": "oral"}, "doseAndRate": [{"doseQuantity": quantity(50, "mg")}],
        }],
    )  # fmt: skip
    question, _ = asked(measured(4.2), ordered)

    assert ["recorded", "ordered"] == [account["id"] for account in question["accounts"]]
    assert [1, 2] == [len(account["doses"]) for account in question["accounts"]]


def test_accounts_of_the_request_are_compared():
    question, _ = asked(measured(4.2), PATIENT, groups=ACCOUNTS, at="2026-11-22T08:00:00Z")

    assert [["again", "earlier"]] == question["compare"]
    assert {"at": "2026-11-22T08:00:00+00:00"} == question["planned"]
    assert {"amount_mg", "route", "earliest", "latest"} == set(question["accounts"][1]["further_use"])


def test_one_planned_test_a_request():
    values = parameters(medication(), measured(4.2))
    values["parameter"] += [{"name": "at", "valueDateTime": f"2026-11-2{day}T08:00:00Z"} for day in (2, 3)]
    with pytest.raises(InputError, match="One planned test"):
        accounts.questions(read_request(values, accounts.PARAMETERS))
