"""Dict in, dict out."""

import json
import math

import pytest

from detectapi import service
from detectapi.values.errors import InputError, MalformedRequest, UnknownSubstance
from schemas import EstimateResponseSchema


def test_an_answer_has_the_form_of_the_contract(question):
    question["options"]["include"] = ["concentration", "draws"]
    answer = service.answer(question)

    assert {} == EstimateResponseSchema().validate(answer)
    assert {"concentration", "draws"} < set(answer["analytes"][0])


def test_answers_of_every_kind_have_the_form_of_the_contract(question):
    clocked = {**question, "doses": [{"amount_mg": 35, "route": "iv", "start": "2026-11-23T07:20:00+01:00"}]}
    immuno = {
        **question,
        "assay": {"target": "norketamine", "cutoff_ng_ml": 50, "cross_reactivity": {"ketamine": 0.02}},
    }
    textbook = {**question, "model": {"kind": "half-life"}}
    never = {**question, "doses": []}
    for asked in (clocked, immuno, textbook, never):
        assert {} == EstimateResponseSchema().validate(service.answer(asked))
    assert service.answer(clocked)["window"]["median_at"].endswith("+01:00")


def test_an_empty_history_is_never_positive(question):
    window = service.answer({**question, "doses": []})["window"]

    assert (0, 0, 0) == (window["median_h"], window["high_h"], window["ever_positive"])


def test_a_synonym_of_a_route_is_answered_with_its_name(question):
    one = service.answer({**question, "doses": [{"amount_mg": 35, "route": "troche"}]})
    two = service.answer({**question, "doses": [{"amount_mg": 35, "route": route} for route in ("po", "snorted")]})

    assert {"name": "route", "value": "sublingual", "source": "given"} in one["inputs_used"]
    assert {"name": "route", "value": ["oral", "intranasal-powder"], "source": "given"} in two["inputs_used"]


@pytest.mark.parametrize(("height", "surface"), [({}, 2.43), ({"height_cm": 190}, 2.55)])
def test_the_body_surface_that_was_used_is_told(question, height, surface):
    asked = {**question, "person": {"weight_kg": 130, **height}, "renal": {"egfr_ml_min_1_73m2": 60}}
    used = {entry["name"]: entry for entry in service.answer(asked)["inputs_used"]}

    assert surface == used["body_surface_m2"]["value"]


def test_kidney_function_read_from_creatinine_is_told():
    asked = {
        "substance": "ketamine", "doses": [{"amount_mg": 35, "route": "iv"}], "person": {"age_y": 42, "sex": "female"},
        "renal": {"serum_creatinine_mg_dl": 1.1}, "options": {"draws": 100},
    }  # fmt: skip
    used = {entry["name"]: entry for entry in service.answer(asked)["inputs_used"]}["gfr_ml_min_1_73m2"]

    # Inker 2021 by hand: 142 (1.1/0.7)^-1.2 0.9938^42 1.012; the true one is 0.97 of it, and 0.72 to 1.39 of that.
    result = 0.97 * 142.0 * (1.1 / 0.7) ** -1.2 * 0.9938**42 * 1.012
    assert used["value"] == pytest.approx(result, rel=1e-3)
    assert (used["low"], used["high"]) == pytest.approx((0.72 * result, 1.39 * result), rel=0.01)
    assert "derived" == used["source"]


def test_what_was_not_given_says_where_the_data_have_it_from():
    asked = {"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "iv"}], "hydration": {"level": "low"}}
    used = {entry["name"]: entry for entry in service.answer(asked | {"urine_ph": 6.5})["inputs_used"]}

    assert used["weight_kg"]["origin"]["source"]["citekey"] == "nhanes2017"
    assert used["urine_flow_ml_h"]["origin"]["source"]["citekey"] == "perrier2013-bjn"
    assert used["assay_imprecision_cv"]["origin"]["reason"]
    assert "origin" not in used["urine_ph"]


def test_the_same_question_gets_the_same_bytes(question):
    first, second = (service.to_json_bytes(service.answer(question)) for _ in range(2))

    assert first == second
    assert first != service.to_json_bytes(service.answer({**question, "options": {"draws": 100, "seed": 7}}))


def test_a_refusal_has_every_problem_with_its_pointer(question):
    with pytest.raises(InputError) as caught:
        service.answer({**question, "urine_ph": 12, "dosis": 1})

    assert {("/urine_ph", "range"), ("/dosis", "unknown-field")} == {
        (problem.pointer, problem.code) for problem in caught.value.problems
    }
    assert caught.value.message == "2 fields need attention."


@pytest.mark.parametrize(
    ("change", "pointer", "allowed"),
    [
        ({"substance": "ketamin"}, "/substance", "ketamine"),
        ({"doses": [{"amount_mg": 1, "route": "transdermal"}]}, "/doses/0/route", "oral"),
        ({"doses": [{"amount_mg": 1, "route": "oral", "basis": "sulfate"}]}, "/doses/0/basis", "hydrochloride"),
        (
            {"assay": {"analytes": [{"analyte": "norketamin", "cutoff_ng_ml": 1}]}},
            "/assay/analytes/0/analyte",
            "norketamine",
        ),
        ({"assay": "mayo-keta"}, "/assay", "mayo-ketau"),
    ],
)
def test_a_word_without_meaning_is_answered_with_words_that_have_one(question, change, pointer, allowed):
    with pytest.raises(InputError) as caught:
        service.answer({**question, **change})

    assert pointer == caught.value.problems[0].pointer
    assert allowed in caught.value.problems[0].allowed


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b'{"a": 1} x', b"\xff\xfe{}", b'{"a": 1, "a": 2}', b'{"a": ' + b"1" * 5000 + b"}", b"{'a': 1}"],
)
def test_what_is_not_json_is_malformed(raw):
    with pytest.raises(MalformedRequest):
        service.read_json(raw)


def test_a_name_that_occurs_twice_is_told_as_that():
    with pytest.raises(MalformedRequest, match="twice"):
        service.read_json(b'{"a": 1, "a": 2}')


@pytest.mark.parametrize("levels", [21, 100_000])
def test_deep_nesting_is_refused(levels):
    for left, right in ((b"[", b"]"), (b'{"a":', b"}")):
        with pytest.raises(InputError) as caught:
            service.read_json(left * levels + b"1" + right * levels)
        assert "too-deep" == caught.value.code


def test_nesting_to_the_limit_is_read():
    assert service.read_json(b"[" * 20 + b"1" + b"]" * 20)


def test_a_byte_order_mark_is_read_over():
    assert {"a": 1} == service.read_json(b'\xef\xbb\xbf{"a": 1}')


def test_nan_in_json_is_refused_by_its_field(question):
    raw = json.dumps({**question, "urine_ph": math.nan}).encode()
    with pytest.raises(InputError) as caught:
        service.answer(service.read_json(raw))

    assert ("/urine_ph", "not-finite") == caught.value.problems[0][:2]


def test_a_document_is_written_compact_in_its_order():
    assert '{"b":1.0,"a":["µ",null]}\n'.encode() == service.to_json_bytes({"b": 1.0, "a": ["µ", None]})


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_document_never_holds_what_json_lacks(number):
    with pytest.raises(ValueError):
        service.to_json_bytes({"a": number})


def test_a_tag_depends_on_every_byte():
    assert service.content_tag(b"a") == service.content_tag(b"a")
    assert service.content_tag(b"a") != service.content_tag(b"b")


def test_substances_are_listed_in_short_and_shown_in_full():
    listed = {entry["id"]: entry for entry in service.substances()["items"]}

    assert {"ketamine", "esketamine"} <= set(listed)
    assert "norketamine" in listed["ketamine"]["analytes"]
    assert "intravenous" in listed["ketamine"]["routes"]
    assert "parameters" in service.substance("ketamine")
    with pytest.raises(UnknownSubstance):
        service.substance("unobtainium")


def test_every_default_assay_is_listed():
    ids = {entry["id"] for entry in service.assays()["items"]}

    assert {entry["default_assay"] for entry in service.substances()["items"]} <= ids


def test_an_answer_says_which_test_it_is_for_and_whether_it_was_asked_for():
    dose = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}], "options": {"draws": 100}}
    own = {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]}
    assumed, asked, full = (
        service.answer({**dose, **more})["assay"] for more in ({}, {"assay": "mayo-ketau"}, {"assay": own})
    )

    assert (assumed["id"], assumed["asked"]) == ("mayo-ketau", False)
    assert asked == assumed | {"asked": True}
    assert asked["issuer"] == "Mayo Medical Laboratories"
    assert full == {"id": None, "name": None, "issuer": None, "date": None, "asked": True}
