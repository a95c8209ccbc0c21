"""`/fhir`: the same numbers as `/v1`, refusals as OperationOutcome, and nothing of a person in a log or a refusal."""

import json

import pytest
from fhir_cases import (
    ACCOUNTS,
    CANARY_ID,
    CANARY_NAME,
    PATIENT,
    RESULTS,
    medication,
    observation,
    parameters,
    quantity,
    resources_of,
)

from detectapi.fhir import accounts, windows
from detectapi.fhir.canonical import BASE
from detectapi.fhir.material import read_request
from detectapi.web import create_app

ESTIMATE, INTERPRET = "/fhir/$estimate-detection-window", "/fhir/$interpret-drug-test"
KINDS_OF_ANSWER = ("results-under-account", "planned-test", "comparison")


def percent(probability):
    """A probability of three decimals in percent, exactly."""
    return float(f"{probability:.3f}e2")


def extensions(element):
    """The values of the extensions of an element by the ends of their addresses."""
    return {
        one["url"].removeprefix(f"{BASE}/StructureDefinition/"): next(
            value for key, value in one.items() if key != "url"
        )
        for one in element["extension"]
    }


def ask(client, *resources, **values):
    response = client.post(ESTIMATE, json=parameters(*resources, **values))
    assert (200, "application/fhir+json") == (response.status_code, response.content_type)
    return response.get_json()


def same_question(client, *resources, **values):
    """The answer of `/v1` to the question that a request is read as."""
    material = read_request(parameters(*resources, **values), windows.PARAMETERS)
    (asked,) = windows.questions(material)
    return client.post("/v1/estimates", json=asked.question).get_json()


def test_the_operation_has_the_numbers_of_v1_to_the_last_digit(client):
    values = {"at": "2026-11-18T09:00:00Z", "seed": 7, "draws": 500}
    given = (medication(), PATIENT, observation("98979-8", valueQuantity=quantity(75, "mL/min/{1.73_m2}")))
    answer = same_question(client, *given, **values)
    (risk,) = resources_of(ask(client, *given, **values), "RiskAssessment")
    window, chance = risk["prediction"]
    said = extensions(window)

    assert answer["window"]["low_h"] == said["window-hours"]["low"]["value"]
    assert answer["window"]["high_h"] == said["window-hours"]["high"]["value"]
    assert answer["window"]["median_h"] == said["window-median-hours"]
    assert {"start": answer["window"]["low_at"], "end": answer["window"]["high_at"]} == window["whenPeriod"]
    (asked,) = answer["asked"]
    assert percent(asked["probability_positive"]) == chance["probabilityDecimal"]
    band = extensions(chance)["model-uncertainty"]
    assert (percent(asked["low"]), percent(asked["high"])) == (band["low"]["value"], band["high"]["value"])


def interpreted(client, *resources, **values):
    """The answer of `/v1` to the question that a request is read as, and the assessments of the operation by their kinds."""
    request = parameters(*resources, **values)
    (asked,) = accounts.questions(read_request(request, accounts.PARAMETERS))
    answer = client.post("/v1/interpretations", json=asked.question).get_json()
    response = client.post(INTERPRET, json=request)
    assert 200 == response.status_code
    risks = resources_of(response.get_json(), "RiskAssessment")
    return answer, {
        kind: [one for one in risks if one["code"]["coding"][0]["code"] == kind] for kind in KINDS_OF_ANSWER
    }


def test_an_interpretation_has_the_numbers_of_v1_to_the_last_digit(client):
    answer, risks = interpreted(client, *RESULTS, groups=ACCOUNTS, at="2026-11-22T08:00:00Z")
    for entry, risk in zip(answer["accounts"], risks["results-under-account"], strict=True):
        for one, prediction in zip(entry["results"], risk["prediction"], strict=False):
            said = extensions(prediction)
            assert one["expected"]["low_ng_ml"] == said["expected-range"]["low"]["value"]
            assert one["expected"]["high_ng_ml"] == said["expected-range"]["high"]["value"]
            assert percent(one["probability"]) == said["share-at-most-as-high"]
        assert entry["explained"] == extensions(risk)["explained"]
    (ratio,), (compared,) = answer["comparisons"], risks["comparison"]
    assert ratio["log10_lr"] == extensions(compared["prediction"][0])["log10-likelihood-ratio"]
    planned = [one["prediction"][0]["probabilityDecimal"] for one in risks["planned-test"]]
    assert [percent(one["planned"]["probability_given_results"]) for one in answer["accounts"]] == planned
    when = answer["accounts"][1]["time_of_use"]
    period = risks["results-under-account"][1]["prediction"][-1]["whenPeriod"]
    assert {"start": when["earliest_at"], "end": when["latest_at"]} == period


def test_a_ratio_is_no_probability(client):
    _, risks = interpreted(client, *RESULTS, groups=ACCOUNTS)
    for kind in ("results-under-account", "comparison"):
        for risk in risks[kind]:
            for prediction in risk["prediction"]:
                assert not {"probabilityDecimal", "probabilityRange", "qualitativeRisk"} & set(prediction)


def test_results_without_a_use_are_refused(client):
    response = client.post(INTERPRET, json=parameters(*RESULTS))

    assert 422 == response.status_code
    assert "no-known-dose" == response.get_json()["issue"][0]["details"]["coding"][0]["code"]


def test_without_a_date_the_chances_are_those_of_the_curve(client):
    answer = same_question(client, medication())
    (risk,) = resources_of(ask(client, medication()), "RiskAssessment")
    chances = [(extensions(one)["hours-after-last-dose"], one["probabilityDecimal"]) for one in risk["prediction"][1:]]
    curve = zip(answer["curve"]["time_h"], map(percent, answer["curve"]["probability_positive"]), strict=True)

    assert chances
    assert set(chances) <= set(curve)


def test_a_probability_is_a_percentage(client):
    (risk,) = resources_of(ask(client, medication()), "RiskAssessment")

    assert max(one["probabilityDecimal"] for one in risk["prediction"][1:]) > 50


def test_an_answer_names_what_it_rests_on_and_what_repeats_it(client):
    (risk,) = resources_of(ask(client, medication(), PATIENT, seed=7), "RiskAssessment")

    assert {"reference": "Patient/p1"} == risk["subject"]
    assert [{"reference": "MedicationAdministration/ma-7"}, {"reference": "Patient/p1"}] == risk["basis"]
    assert "seed 7" in risk["method"]["text"]
    assert ask(client, medication(), PATIENT, seed=7) == ask(client, medication(), PATIENT, seed=7)


def test_a_panel_that_looks_for_nothing_of_it_says_so_and_predicts_nothing(client):
    (risk,) = resources_of(ask(client, medication(), assay="hhs-panel"), "RiskAssessment")

    assert "prediction" not in risk
    assert any("does not look for" in note["text"] for note in risk["note"])


def test_labels_of_protected_data_go_along(client):
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETH"}
    other = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
    (risk,) = resources_of(ask(client, medication(meta={"security": [label, other]})), "RiskAssessment")

    assert {"security": [label]} == risk["meta"]


@pytest.mark.parametrize(
    "media_type", ["application/fhir+json", "application/json", "application/fhir+json;fhirVersion=4.0"]
)
def test_both_media_types_are_read_and_accepted(client, media_type):
    body = json.dumps(parameters(medication()))
    response = client.post(ESTIMATE, data=body, content_type=media_type, headers={"Accept": media_type})

    assert 200 == response.status_code


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (lambda c: c.get(ESTIMATE), 405, "not-supported"),
        (lambda c: c.post(ESTIMATE, data="{", content_type="application/fhir+json"), 400, "invalid"),
        (lambda c: c.post(ESTIMATE, data="<x/>", content_type="application/fhir+xml"), 415, "not-supported"),
        (lambda c: c.post(ESTIMATE, json={}, headers={"Accept": "application/fhir+xml"}), 406, "not-supported"),
        (lambda c: c.post(ESTIMATE, json={"resourceType": "Patient"}), 422, "structure"),
        (lambda c: c.post(ESTIMATE, json=[]), 422, "structure"),
        (lambda c: c.get("/fhir/Patient/p1"), 404, "not-found"),
        (lambda c: c.get("/fhir/OperationDefinition/other"), 404, "not-found"),
    ],
    ids=["GET", "not-json", "xml", "accept-xml", "Patient", "list", "no-such-resource", "no-such-operation"],
)
def test_a_refusal_is_an_operation_outcome(client, send, status, code):
    response = send(client)
    outcome = response.get_json()

    assert (status, "application/fhir+json") == (response.status_code, response.content_type)
    assert "OperationOutcome" == outcome["resourceType"]
    assert ["error", code] == [outcome["issue"][0]["severity"], outcome["issue"][0]["code"]]


def test_a_refusal_of_the_model_points_into_the_request(client):
    huge = medication(dosage={"route": {"text": "oral"}, "dose": quantity(10**9, "mg")})
    response = client.post(ESTIMATE, json=parameters(PATIENT, huge, draws=10**6))
    issues = {issue["expression"][0]: issue["code"] for issue in response.get_json()["issue"]}

    assert 422 == response.status_code
    assert "value" == issues["Parameters.parameter[1].resource.dosage.dose"]
    assert "Parameters.parameter[2].valueInteger" in issues


def test_a_bundle_is_a_request_too(client):
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": medication()}, {"resource": PATIENT}],
    }
    alone = client.post(ESTIMATE, json=bundle).get_json()
    within = client.post(
        ESTIMATE, json={"resourceType": "Parameters", "parameter": [{"name": "bundle", "resource": bundle}]}
    )

    assert resources_of(alone, "RiskAssessment") == resources_of(within.get_json(), "RiskAssessment")


@pytest.mark.parametrize("address", [ESTIMATE, INTERPRET])
@pytest.mark.parametrize(
    "changes", [{}, {"effectivePeriod": {"start": "2026-11-16T09:00:00"}}], ids=["answered", "refused"]
)
def test_names_and_identifiers_are_in_no_log_and_no_response(client, capsys, address, changes):
    given = parameters(medication(identifier=[{"value": CANARY_ID}], **changes), PATIENT, *RESULTS)
    response = client.post(address, json=given)
    captured = capsys.readouterr()
    everything = captured.out + captured.err + response.get_data(as_text=True)

    assert CANARY_NAME not in everything
    assert CANARY_ID not in everything
    assert "ketamine" not in captured.err
    assert "no-store" == response.headers["Cache-Control"]


def test_other_sites_may_call_if_they_are_listed(monkeypatch):
    monkeypatch.setenv("DETECTAPI_CORS_ORIGINS", "https://ehr.example")
    client = create_app({"TESTING": True}).test_client()
    preflight = client.options(
        ESTIMATE, headers={"Origin": "https://ehr.example", "Access-Control-Request-Method": "POST"}
    )
    posted = client.post(ESTIMATE, json=parameters(medication()), headers={"Origin": "https://ehr.example"})
    refused = client.post(ESTIMATE, json={}, headers={"Origin": "https://ehr.example"})
    other = client.post(ESTIMATE, json={}, headers={"Origin": "https://other.example"})

    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    for response in (preflight, posted, refused):
        assert "https://ehr.example" == response.headers["Access-Control-Allow-Origin"]
    assert "Access-Control-Allow-Origin" not in other.headers


def test_every_operation_of_the_capabilities_is_there_and_defined(client):
    statement = client.get("/fhir/metadata").get_json()

    assert "4.0.1" == statement["fhirVersion"]
    for operation in statement["rest"][0]["operation"]:
        name = operation["name"]
        assert operation["definition"].endswith(name)
        definition = client.get(f"/fhir/OperationDefinition/{name}").get_json()
        assert (name, False, True) == (definition["code"], definition["affectsState"], definition["system"])
        assert 422 == client.post(f"/fhir/${name}", json=parameters()).status_code


@pytest.mark.parametrize(
    ("name", "read"), [("estimate-detection-window", windows.PARAMETERS), ("interpret-drug-test", accounts.PARAMETERS)]
)
def test_a_definition_lists_the_parameters_that_are_read(client, name, read):
    definition = client.get(f"/fhir/OperationDefinition/{name}").get_json()

    assert set(read) == {one["name"] for one in definition["parameter"] if one["use"] == "in"}
