"""The form about results: from what was typed to a request, and from a problem to the field beside which it is said."""

import html
import re

import pytest
from every import every

from detectapi import service
from detectapi.web.page import results_form, results_rows

NAMES = ("as reported", "one more use")


def typed(**changes):
    """What was typed for the worked example, with changes."""
    return results_form.typed(results_form.example() | changes, NAMES)


def request(**changes):
    return results_form.to_request(typed(**changes)).request


def test_the_worked_example_is_the_report_that_it_tells():
    assert request() == {
        "substance": "ketamine",
        "specimens": [
            {
                "id": "A", "collected": "2026-11-20T08:00:00+00:00", "urine_creatinine_mg_dl": 88, "urine_ph": 6.1,
                "stored_days": 3, "imprecision_cv": 0.1,
                "results": [
                    {"analyte": "ketamine", "below_ng_ml": 1},
                    {"analyte": "norketamine", "value_ng_ml": 4.2},
                    {"analyte": "dehydronorketamine", "value_ng_ml": 61},
                ],
            },
            {
                "id": "B", "collected": "2026-11-24T08:00:00+00:00", "results": [],
                "screen": {"assay": "taiwan-screen", "positive": True},
            },
        ],
        "accounts": [
            {
                "id": "as reported", "last_use": {"at": "2026-11-16T09:40:00+00:00"},
                "doses": [{"route": "intravenous", "amount_mg": {"low": 20, "high": 60}, "duration_min": 40}],
            },
            {
                "id": "one more use", "extends": "as reported",
                "further_use": {
                    "amount_mg": {"low": 30, "high": 150}, "route": "intranasal-powder",
                    "earliest": "2026-11-20T08:00:00+00:00", "latest": "2026-11-24T08:00:00+00:00",
                },
            },
        ],
        "compare": [["one more use", "as reported"]],
        "planned": {"at": "2026-12-01T08:00:00+00:00", "assay": "mayo-ketau"},
        "options": {"in_turn": True},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("61", {"value_ng_ml": 61}), ("4,2", {"value_ng_ml": 4.2}), ("<1", {"below_ng_ml": 1}), ("< 0.5", {"below_ng_ml": 0.5}),
        ("<= 1", {"below_ng_ml": 1}), ("≤1", {"below_ng_ml": 1}), ("0.5-1", {"between_ng_ml": {"low": 0.5, "high": 1}}),
        ("nothing", {"value_ng_ml": "nothing"}), ("1,000", {"value_ng_ml": "1,000"}),
    ],
)  # fmt: skip
def test_a_result_is_typed_as_a_report_has_it(text, level):
    assert results_form.measured(text) == level


def test_what_is_empty_is_left_out():
    asked = request(
        a1_amount="", a1_earliest="", a1_latest="", s1_collected="", s1_screen="", s1_verdict="", planned_at=""
    )

    assert [one["id"] for one in asked["specimens"]] == ["A"]
    assert [one["id"] for one in asked["accounts"]] == ["as reported"]
    assert not {"compare", "planned", "options"} & set(asked)


def test_nothing_that_was_typed_is_dropped():
    asked = request(s1_collected="", s1_screen="")

    assert asked["specimens"][1] == {"id": "B", "screen": {"positive": True}, "results": []}


def test_a_series_of_doses_with_a_range_for_the_last_one():
    asked = request(
        a0_at="", a0_earliest="2026-11-01T08:00", a0_prior="log-uniform", a0_frequency="daily", a0_for_days="60",
        a1_amount="", a1_earliest="", a1_latest="",
    )  # fmt: skip
    account = asked["accounts"][0]

    assert account["last_use"] == {"earliest": "2026-11-01T08:00:00+00:00", "prior": "log-uniform"}
    assert account["pattern"]["frequency"] == "daily"
    assert account["pattern"]["for_days"] == 60


def test_a_person_is_told_as_on_the_main_page():
    asked = request(age_y="71", sex="female", kidney_kind="egfr_ml_min_1_73m2", kidney_value="30-40", draws="500")

    assert asked["person"] == {"age_y": 71, "sex": "female"}
    assert asked["renal"] == {"egfr_ml_min_1_73m2": {"low": 30, "high": 40}}
    assert asked["options"] == {"draws": 500, "in_turn": True}


def test_an_account_may_be_of_another_substance_and_medicines_are_told():
    asked = request(a0_substance="esketamine", a1_amount="", a1_earliest="", a1_latest="", interactions=["rifampicin"])

    assert asked["accounts"][0]["substance"] == "esketamine"
    assert asked["person"] == {"interactions": ["rifampicin"]}


ALCOHOL = {"a0_u0_substance": "alcohol", "a0_u0_route": "oral", "a0_u0_amount": "3", "a0_u0_amount_unit": "drink-us"}
AFTER, BEFORE = "2026-11-16T20:00", "2026-11-15T20:00"
RANGE = {"a0_at": "", "a0_earliest": "2026-11-01T08:00", "a1_amount": "", "a1_earliest": "", "a1_latest": ""}
DRINKS = {"route": "oral", "amount": 3, "unit": "drink-us"}
INFUSED = {"route": "intravenous", "amount_mg": {"low": 20, "high": 60}, "duration_min": 40}
DATED = {"doses": [{**INFUSED, "start": "2026-11-16T09:00:00+00:00"}]}
USES = [
    ({}, DATED, {"pattern": {"frequency": "once", **DRINKS}}, {"at": "2026-11-16T09:40:00+00:00"}),
    ({"a0_u0_at": AFTER}, DATED, {"doses": [{**DRINKS, "start": "2026-11-16T20:00:00+00:00"}]},
     {"at": "2026-11-16T20:00:00+00:00"}),
    ({"a0_u0_at": BEFORE, "a0_u0_frequency": "daily", "a0_u0_for_days": "3"}, DATED,
     {"doses": [{**DRINKS, "repeat": {"every_h": 24, "count": 3}, "start": "2026-11-13T20:00:00+00:00"}]},
     {"at": "2026-11-16T09:40:00+00:00"}),
    ({"a0_u0_frequency": "every", "a0_u0_every_h": "8", "a0_u0_count": "4", "a0_u0_duration_min": "60"}, DATED,
     {"doses": [{**DRINKS, "duration_min": 60, "repeat": {"every_h": 8, "count": 4}, "start": "2026-11-15T08:40:00+00:00"}]},
     {"at": "2026-11-16T09:40:00+00:00"}),
    ({**RANGE, "a0_u0_frequency": "every", "a0_u0_every_h": "8", "a0_u0_count": "4"},
     {"pattern": {"frequency": "once", **INFUSED}}, {"doses": [{**DRINKS, "repeat": {"every_h": 8, "count": 4}, "start_h": -24}]},
     {"earliest": "2026-11-01T08:00:00+00:00", "prior": "uniform"}),
    ({**RANGE, "a0_u0_frequency": "daily", "a0_u0_for_days": "10"}, {"pattern": {"frequency": "once", **INFUSED}},
     {"pattern": {"frequency": "daily", **DRINKS, "for_days": 10}}, {"earliest": "2026-11-01T08:00:00+00:00", "prior": "uniform"}),
]  # fmt: skip
"""What is typed of a second use; the first use, the second, and the last use as the contract has them."""


@every(("changes", "first", "second", "last_use"), USES)
def test_a_further_use_ends_when_it_says_else_with_the_last_dose_of_all(changes, first, second, last_use):
    asked = request(**ALCOHOL, **{"a1_substance": "alcohol", "a1_route": "oral"}, **changes)

    assert asked["accounts"][0] == {
        "id": "as reported",
        "uses": [{"substance": "ketamine", **first}, {"substance": "alcohol", **second}],
        "last_use": last_use,
    }
    service.check_interpretation(asked)


def test_one_more_use_of_several_substances_says_of_which_it_is():
    account = request(**ALCOHOL, a1_substance="alcohol")["accounts"][1]
    again = request(**ALCOHOL | {"a0_u0_substance": "ketamine", "a0_u0_amount_unit": "mg"})["accounts"][1]

    assert account["further_use"]["substance"] == "alcohol"
    assert "substance" not in account
    assert again["further_use"]["substance"] == "ketamine"  # there is no other


@every(
    ("typed", "amount"),
    [
        ({"amount": "0.1", "amount_unit": "g"}, 100), ({"amount": "30-150", "amount_unit": "ug"}, {"low": 0.03, "high": 0.15}),
        ({"amount": "2", "amount_unit": "mg/h", "route": "intravenous", "duration_min": "90"}, 3),
        ({"amount": "lots", "amount_unit": "g"}, "lots"),
    ],
)  # fmt: skip
def test_the_amount_of_one_more_use_is_asked_in_mg_whatever_its_unit(typed, amount):
    use = request(**{f"a1_{name}": text for name, text in typed.items()})["accounts"][1]["further_use"]

    assert use["amount_mg"] == amount
    assert not {"amount", "unit"} & set(use)


def test_empty_rows_of_uses_are_left_out_and_leave_no_gap():
    second = {name.replace("u0", "u2"): text for name, text in ALCOHOL.items()}
    asked = results_form.to_request(typed(a0_u1_frequency="daily", a0_u1_route="oral", **second))

    assert [use["substance"] for use in asked.request["accounts"][0]["uses"]] == ["ketamine", "alcohol"]
    for pointer, name in {
        "/accounts/0/uses/0/doses/0/amount_mg/low": "a0_amount", "/accounts/0/uses/0/substance": "a0_substance",
        "/accounts/0/uses/1/pattern/amount": "a0_u2_amount", "/accounts/0/uses/1/substance": "a0_u2_substance",
        "/accounts/0/uses/1/pattern/unit": "a0_u2_amount", "/accounts/0/uses/1/doses/0/start": "a0_u2_at",
        "/accounts/0/uses/1": "a0_u2_amount", "/accounts/0/uses": "a0_amount", "/accounts/0/last_use/at": "a0_at",
        "/accounts/1/further_use/substance": "a1_substance",
    }.items():  # fmt: skip
        assert results_form.place(pointer, asked) == name, pointer
    assert "uses" not in request(a0_u1_frequency="daily")["accounts"][0]


WRONG_USES = [
    ("substance", {"substance": ""}), ("amount", {"amount": ""}), ("route", {"route": ""}), ("for_days", {"for_days": "5"}),
    ("at", {"at": "soon"}), ("worn_h", {"route": "transdermal"}), ("every_h", {"every_h": "8"}),
    ("for_days", {"frequency": "every", "every_h": "8"}), ("count", {"frequency": "daily", "count": "lots"}),
]  # fmt: skip
"""The field of a row that is wrong, and what is typed otherwise."""


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_mistakes_in_rows_of_uses_are_told_beside_their_fields_and_nothing_typed_is_lost(client, language):
    drinks = {name.removeprefix("a0_u0_"): text for name, text in ALCOHOL.items()}
    rows = [{**drinks, **changes} for _, changes in WRONG_USES]
    data = {f"a0_u{i}_{name}": text for i, row in enumerate(rows) for name, text in row.items()}
    response = client.post(f"/interpret?lang={language}", data=results_form.example() | data)
    text = response.get_data(as_text=True)

    assert response.status_code == 422
    for i, (name, _) in enumerate(WRONG_USES):
        (fault,) = re.findall(rf'id="a0_u{i}_{name}-fault"><strong>[^<]*</strong>([^<]*)<', text)
        assert f'<a href="#a0_u{i}_{name}">' in text
        own = re.split("Auf Englisch:|En inglés:", html.unescape(fault))[0]
        assert language == "en" or not re.search(r"\b(must|enter|this|the)\b", own.lower())
    assert text.count('<option value="drink-us" data-for="alcohol" selected>') == len(rows)
    assert 'id="a1_substance-fault"' in text  # one more use, of which of them?


def test_one_more_use_of_an_amount_per_hour_needs_its_length(client):
    data = results_form.example() | {"a1_amount_unit": "mg/h", "a1_route": "transdermal"}
    text = client.post("/interpret", data=data).get_data(as_text=True)

    assert 'id="a1_worn_h-fault"' in text
    assert 'id="a1_amount-fault"' not in text


def test_a_range_of_times_is_that_of_all_uses_together(client):
    text = client.post("/interpret", data=results_form.example() | ALCOHOL | RANGE | {"a0_u0_at": AFTER}).get_data(
        as_text=True
    )

    assert 'id="a0_u0_at-fault"' in text


def test_a_use_is_added_without_script_and_an_account_that_is_not_there_gets_none(client):
    text = client.post("/interpret", data=results_form.example() | ALCOHOL | {"action": "use-0"}).get_data(as_text=True)

    assert re.search(r'id="a0_u1_substance"[^>]* autofocus', text)
    assert re.search(r'id="a0_u0_amount"[^>]* value="3"', text)
    assert 'id="a1_u0_substance"' not in text
    assert client.post("/interpret", data={"action": "use-99"}).status_code == 422


@pytest.mark.parametrize(
    ("more", "name"),
    [("s", "s2_id"), ("a", "a2_id"), ("c", "c1_first"), ("r0", "s0_r4_value"), ("u0", "a0_u0_amount")],
)
def test_a_row_can_be_added_and_there_is_an_end(more, name):
    values = results_form.typed(results_form.example(), NAMES, more)
    assert name in values
    assert name not in typed()

    full = {f"s{i}_collected": "x" for i in range(10)} | {f"a{i}_amount": "1" for i in range(6)}
    full |= {f"c{i}_first": "1" for i in range(10)} | {f"s0_r{i}_value": "1" for i in range(12)}
    full |= {f"a0_u{i}_amount": "1" for i in range(9)}
    sizes = results_form.typed(full, NAMES, more)["sizes"]
    assert sizes[more] == results_rows.MOST[more[0]]


def test_a_field_with_a_number_beyond_the_rows_is_ignored():
    assert results_rows.counts({"s99_collected": "x", "s0_r99_value": "1", "a77_amount": "3"})["s"] == 10


PLACES = [
    ("/specimens/0/results/1/value_ng_ml", "s0_r1_value"), ("/specimens/0/results/1/analyte", "s0_r1_analyte"),
    ("/specimens/0/results/1", "s0_r1_value"), ("/specimens/0/results/1/below_ng_ml", "s0_r1_value"),
    ("/specimens/1", "s1_collected"), ("/specimens/1/id", "s1_id"), ("/specimens", "s0_collected"),
    ("/specimens/1/screen/positive", "s1_verdict"), ("/specimens/1/screen/assay", "s1_screen"),
    ("/specimens/0/urine_creatinine_mg_dl", "s0_urine_creatinine_mg_dl"), ("/specimens/0/urine_ph/low", "s0_urine_ph"),
    ("/accounts/0/doses/0/amount_mg", "a0_amount"), ("/accounts/0/doses/0/route", "a0_route"),
    ("/accounts/0/doses/0/duration_min", "a0_duration_min"), ("/accounts/0/doses/0/repeat/count", "a0_count"),
    ("/accounts/0/doses/0/repeat/every_h", "a0_every_h"),
    ("/accounts/0/last_use/at", "a0_at"), ("/accounts/0/last_use/earliest", "a0_earliest"),
    ("/accounts/1/further_use", "a1_extends"), ("/accounts/1/further_use/latest", "a1_latest"),
    ("/accounts/1/further_use/amount_mg/low", "a1_amount"), ("/accounts/1/extends", "a1_extends"),
    ("/accounts/1/substance", "a1_substance"), ("/compare/0", "c0_first"),
     ("/planned/at", "planned_at"), ("/planned/assay", "planned_assay"),
    ("/options/draws", "draws"), ("/options/in_turn", "draws"), ("/programme", "programme"), ("/substance", "substance"),
    ("", "substance"), ("/person/age_y", "age_y"), ("/renal/egfr_ml_min_1_73m2", "kidney_value"),
]  # fmt: skip


@every(("pointer", "name"), PLACES)
def test_a_problem_has_its_field(pointer, name):
    values = typed()

    assert results_form.place(pointer, results_form.to_request(values)) == name
    assert name in values


WRONG = {
    "s0_r1_value": "lots", "s0_urine_creatinine_mg_dl": "1,000", "s0_urine_ph": "77", "s0_collected": "soon", "s1_verdict": "",
    "s1_collected": "", "a0_amount": "", "a0_at": "", "a1_latest": "", "a0_route": "teleport", "a0_duration_min": "forever",
    "planned_at": "some day", "draws": "7", "age_y": "200", "s1_id": "A", "s0_r1_analyte": "cotinine",
    "a1_substance": "cocaine", "a1_at": "2026-11-22T08:00", "a1_frequency": "daily",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(client, name, language):
    response = client.post(
        f"/interpret?lang={language}", data=results_form.example() | {"draws": "100", name: WRONG[name]}
    )
    text = response.get_data(as_text=True)

    assert response.status_code == 422
    assert f'id="{name}-fault"' in text
    assert f'<a href="#{name}">' in text
    assert 'value="4.2"' in text or name.startswith("s0_r1")
    (fault,) = re.findall(rf'id="{name}-fault"><strong>[^<]*</strong>([^<]*)<', text)
    assert "ng_ml" not in fault
    own = re.split("Auf Englisch:|En inglés:", html.unescape(fault))[0]  # what is not translated follows as English
    assert language == "en" or not re.search(r"\b(must|enter|this|the)\b", own.lower())


def test_results_are_needed(client):
    response = client.post(
        "/interpret", data={"a0_amount": "50", "a0_at": "2026-11-16T09:40", "s0_collected": "2026-11-20T08:00"}
    )

    assert response.status_code == 422
    assert 'id="s0_r0_value-fault"' in response.get_data(as_text=True)


def test_the_request_of_the_form_is_one_that_the_contract_takes():
    service.check_interpretation(request())
