"""Medications and observations read into questions about windows, case by case; what is not understood is refused with its path."""

import pytest
from fhir_cases import medication, observation, parameters, quantity

from detectapi.fhir import windows
from detectapi.fhir.material import read_request
from detectapi.values.errors import InputError

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
FIRST = "Parameters.parameter[0].resource"


def asked(*resources, recalled=False, **values):
    material = read_request(parameters(*resources, **values), windows.PARAMETERS)
    return windows.questions(material, recalled), [code for code, _ in material.remarks.said]


def dose(*resources, **values):
    (one,), _ = asked(*resources, **values)
    return one.question["doses"][0]


def refusal(*resources, **values):
    with pytest.raises(InputError) as error:
        asked(*resources, **values)
    (problem,) = error.value.problems
    return problem.code, problem.pointer


def coded(code, text=None):
    return {"coding": [{"system": RXNORM, "code": code}], **({"text": text} if text else {})}


def test_an_infusion_is_a_dose_with_its_length():
    assert {
        "start": "2026-11-16T09:00:00+00:00", "duration_min": 40.0, "amount_mg": 35.0, "route": "intravenous",
    } == dose(medication())  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dosage": {"route": {"text": "oral"}, "dose": quantity(0.05, "g")}}, {"amount_mg": 50.0}),
        ({"dosage": {"route": {"text": "oral"}, "dose": quantity(500, "ug")}}, {"amount_mg": 0.5}),
        ({"dosage": {"route": {"text": "oral"}, "dose": quantity(0.5, "mg/kg")}}, {"amount_mg_per_kg": 0.5}),
        (
            {"dosage": {"route": {"text": "iv"}, "rateQuantity": quantity(0.5, "mg/min")}},
            {"amount": 30.0, "unit": "mg/h"},
        ),
        (
            {"effectivePeriod": None, "effectiveDateTime": "2026-11-16T10:00:00+01:00"},
            {"start": "2026-11-16T10:00:00+01:00"},
        ),
        (
            {"effectivePeriod": None, "occurenceDateTime": "2026-11-16T09:00:00Z"},
            {"start": "2026-11-16T09:00:00+00:00"},
        ),
        (
            {
                "effectivePeriod": None,
                "occurencePeriod": {"start": "2026-11-16T09:00:00Z", "end": "2026-11-16T09:30:00Z"},
            },
            {"duration_min": 30.0},
        ),
    ],
    ids=["grams", "micrograms", "per-kilogram", "rate", "one-time", "R5-time", "R5-period"],
)
def test_amounts_and_times_in_every_spelling(changes, expected):
    read = dose(medication(**changes))

    assert expected.items() <= read.items()


def test_a_period_of_a_tablet_is_no_length():
    tablet = medication(dosage={"route": {"text": "oral"}, "dose": quantity(50, "mg")})

    assert "duration_min" not in dose(tablet)


@pytest.mark.parametrize(
    "changes",
    [
        {"medicationCodeableConcept": None, "medication": {"concept": {"text": "ketamine"}}},
        {"medicationCodeableConcept": None, "medicationReference": {"display": "Ketamine hydrochloride injection"}},
        {
            "medicationCodeableConcept": None,
            "medicationReference": {"reference": "#m"},
            "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "ketamine"}}],
        },
        {
            "medicationCodeableConcept": None,
            "medication": {"reference": {"reference": "#m"}},
            "contained": [{"resourceType": "Medication", "id": "m", "code": coded("238083")}],
        },
        {"medicationCodeableConcept": coded("238083", "a text that names nothing")},
    ],
    ids=["R5-concept", "display", "contained", "R5-reference", "product"],
)
def test_a_substance_is_known_wherever_it_stands(changes):
    (one,), _ = asked(medication(**changes))

    assert "ketamine" == one.question["substance"]


def test_the_mirror_form_is_a_substance_of_its_own():
    (one,), _ = asked(medication(medicationCodeableConcept={"text": "esketamine"}))

    assert "esketamine" == one.question["substance"]


def test_a_tablet_takes_its_strength_from_the_data_and_not_from_the_text():
    read = dose(
        medication(
            medicationCodeableConcept=coded("884386", "dextroamphetamine sulfate 500 MG tablet"),
            effectivePeriod=None,
            effectiveDateTime="2026-11-16T09:00:00Z",
            dosage={"dose": quantity(2, "{tbl}")},
        )
    )

    assert (10.0, "sulfate", "oral") == (read["amount_mg"], read["basis"], read["route"])


def test_a_recalled_code_counts_only_where_the_operator_allows_it():
    given = medication(
        medicationCodeableConcept=coded("6816"), dosage={"route": {"text": "oral"}, "dose": quantity(10, "mg")}
    )

    assert "no-known-dose" == refusal(given)[0]
    (one,), _ = asked(given, recalled=True)
    assert "methamphetamine" == one.question["substance"]


def test_what_was_not_taken_is_no_dose():
    _, remarks = asked(medication(), medication(status="not-done"), medication(status="entered-in-error"))

    assert ["matched-by-text", "not-taken", "not-taken"] == remarks


def test_an_order_is_no_dose_of_a_window():
    ordered = medication(
        resourceType="MedicationRequest", status="active", authoredOn="2026-11-15T09:00:00Z", intent="order"
    )

    assert "no-known-dose" == refusal(ordered)[0]


def test_a_statement_repeats_by_its_timing():
    timing = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    stated = medication(
        resourceType="MedicationStatement",
        status="completed",
        effectivePeriod={"start": "2026-11-01T08:00:00Z", "end": "2026-11-03T08:00:00Z"},
        dosage=[{"timing": timing, "route": {"text": "oral"}, "doseAndRate": [{"doseQuantity": quantity(50, "mg")}]}],
    )
    (one,), remarks = asked(stated)

    assert {"every_h": 12.0, "count": 5} == one.question["doses"][0]["repeat"]
    assert "2026-11-03T08:00:00+00:00" == one.last_dose.isoformat()
    assert "stated-use" in remarks


def test_a_supply_that_was_handed_out_is_used_by_its_timing():
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    dosage = {"route": {"text": "oral"}, "doseAndRate": [{"doseQuantity": quantity(50, "mg")}]}
    handed_out = medication(
        resourceType="MedicationDispense", effectivePeriod=None, whenHandedOver="2026-11-01T08:00:00Z", dosage=None,
        daysSupply=quantity(10, "d"), dosageInstruction=[{**dosage, "timing": timing}],
    )  # fmt: skip
    (one,), _ = asked(handed_out)

    assert {"every_h": 24.0, "count": 10} == one.question["doses"][0]["repeat"]
    assert "no-known-dose" == refusal({**handed_out, "dosageInstruction": [dosage]})[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"effectivePeriod": {"start": "2026-11-16T09:00:00"}}, ("no-offset", f"{FIRST}.effectivePeriod.start")),
        ({"effectivePeriod": None}, ("required", f"{FIRST}.effectiveDateTime")),
        (
            {"effectivePeriod": {"start": "2026-11-16T09:00:00Z", "end": "2026-11-15T09:00:00Z"}},
            ("conflict", f"{FIRST}.effectivePeriod.end"),
        ),
        (
            {"dosage": {"route": {"text": "osmosis"}, "dose": quantity(1, "mg")}},
            ("unknown-route", f"{FIRST}.dosage.route"),
        ),
        ({"dosage": {"dose": quantity(1, "mL")}}, ("unknown-unit", f"{FIRST}.dosage.dose.code")),
        ({"dosage": {"dose": quantity(1, "{tbl}")}}, ("unknown-unit", f"{FIRST}.dosage.dose")),
        ({"dosage": {"dose": {"value": "35", "unit": "mg"}}}, ("type", f"{FIRST}.dosage.dose.value")),
        (
            {"medicationCodeableConcept": {"text": "codeine and morphine"}},
            ("ambiguous", f"{FIRST}.medicationCodeableConcept"),
        ),
    ],
    ids=["no-zone", "no-time", "end-before-start", "route", "unit", "tablets", "text-for-number", "two-substances"],
)
def test_a_dose_that_cannot_be_read_is_refused_where_it_stands(changes, expected):
    assert expected == refusal(medication(**changes))


def test_a_day_without_a_time_is_taken_at_noon_and_said():
    (one,), remarks = asked(medication(effectivePeriod=None, effectiveDateTime="2026-11-16"))

    assert "2026-11-16T12:00:00+00:00" == one.question["doses"][0]["start"]
    assert "day-only" in remarks


def test_resources_of_two_people_are_refused():
    other = medication(subject={"reference": "Patient/p2"})

    assert ("several-people", "Parameters.parameter[1].resource.subject") == refusal(medication(), other)


def test_the_newest_measure_of_the_kidneys_counts():
    old = observation(
        "98979-8", valueQuantity=quantity(40, "mL/min/{1.73_m2}"), effectiveDateTime="2026-01-01T08:00:00Z"
    )
    new = observation("98979-8", valueQuantity=quantity(90, "mL/min/{1.73_m2}"))
    (one,), _ = asked(medication(), old, new)

    assert {"egfr_ml_min_1_73m2": 90.0} == one.question["renal"]


def test_serum_creatinine_needs_sex_and_age():
    creatinine = observation("2160-0", valueQuantity=quantity(97.24, "umol/L"))
    _, remarks = asked(medication(), creatinine)
    (one,), _ = asked(
        medication(), creatinine, {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1984-05-02"}
    )

    assert "creatinine-without-age-or-sex" in remarks
    assert 1.1 == pytest.approx(one.question["renal"]["serum_creatinine_mg_dl"], abs=1e-3)
    assert {"sex": "female", "age_y": 42.5} == one.question["person"]


def test_weight_and_urine_are_read_in_their_units():
    (one,), _ = asked(
        medication(),
        observation("29463-7", valueQuantity=quantity(150, "[lb_av]")),
        observation("2161-8", valueQuantity=quantity(10, "mmol/L")),
        observation("2756-5", valueQuantity=quantity(6.5, "[pH]")),
    )

    assert 68.04 == pytest.approx(one.question["person"]["weight_kg"], abs=0.01)
    assert 113.12 == pytest.approx(one.question["hydration"]["urine_creatinine_mg_dl"], abs=0.01)
    assert 6.5 == one.question["urine_ph"]


def test_results_that_are_not_final_are_left_out():
    _, remarks = asked(medication(), observation("29463-7", status="entered-in-error", valueQuantity=quantity(1, "kg")))

    assert "not-final" in remarks


def test_several_substances_are_several_questions_unless_a_test_is_named():
    codeine = medication(
        medicationCodeableConcept={"text": "codeine"}, dosage={"route": {"text": "oral"}, "dose": quantity(30, "mg")}
    )
    apart, _ = asked(medication(), codeine)
    together, _ = asked(medication(), codeine, assay="hhs-panel")

    assert ["ketamine", "codeine"] == [one.question["substance"] for one in apart]
    assert [["ketamine", "codeine"]] == [[use["substance"] for use in one.question["uses"]] for one in together]


def test_a_parameter_that_is_not_known_is_refused():
    assert ("unknown-field", "Parameters.parameter[2].name") == refusal(medication(), dates="2026-11-20T08:00:00Z")
