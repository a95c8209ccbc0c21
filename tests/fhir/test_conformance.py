"""Everything that is written is valid R4, by three validators that share no code with each other or with this project."""

import fhir_oracles
import pytest
from fhir_cases import ACCOUNTS, PATIENT, RESULTS, medication, observation, parameters, quantity

from detectapi.fhir import definitions, estimates, interpretations, outcomes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(fhir_oracles.why_not()), reason=fhir_oracles.why_not() or ""),
]


def written():
    """Resources of every form that an answer has, by name."""
    given = (medication(), PATIENT, observation("98979-8", valueQuantity=quantity(75, "mL/min/{1.73_m2}")))
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"}
    bundles = {
        "window": estimates.operation(parameters(*given)),
        "window-at-dates": estimates.operation(parameters(*given, at="2026-11-18T09:00:00Z")),
        "labelled": estimates.operation(parameters(medication(meta={"security": [label]}, id=None, subject=None))),
        "untested": estimates.operation(parameters(*given, assay="hhs-panel")),
        "results": interpretations.operation(parameters(*given, *RESULTS, report=True)),
        "accounts": interpretations.operation(parameters(*RESULTS, groups=ACCOUNTS, at="2026-11-22T08:00:00Z")),
        "report": estimates.operation(parameters(*given, report=True)),
    }
    return {
        **bundles,
        **{f"{name} {i}": entry["resource"] for name, one in bundles.items() for i, entry in enumerate(one["entry"])},
        "capabilities": definitions.capability_statement(),
        **{name: definitions.operation_definition(name) for name in definitions.OPERATIONS},
        "refusal": outcomes.from_problem(
            {
                "status": 422,
                "detail": "d",
                "errors": [{"pointer": "Bundle", "code": "range", "detail": "d", "allowed": [1]}],
            }
        ),
        "failure": outcomes.from_problem({"status": 500, "detail": "d"}),
    }


def test_three_validators_accept_everything():
    resources = written()
    complaints = fhir_oracles.complaints(list(resources.values()))

    assert {} == {name: said for name, said in zip(resources, complaints, strict=True) if any(said.values())}


def test_no_answer_is_an_observation():
    assert not [one for one in written().values() if one["resourceType"] == "Observation"]


@pytest.mark.parametrize(
    ("wrong", "notices"),
    [
        ({"status": "bogus", "subject": {"display": "x"}}, "fhirjs"),
        ({"status": "final", "subject": {"display": "x"}, "prediction": [{"probabilityDecimal": 101}]}, "medplum"),
        ({"status": "final", "subject": {"display": "x"}, "predictions": []}, "fhir.resources"),
    ],
)
def test_each_validator_notices_what_another_misses(wrong, notices):
    (said,) = fhir_oracles.complaints([{"resourceType": "RiskAssessment", **wrong}])

    assert said[notices]
