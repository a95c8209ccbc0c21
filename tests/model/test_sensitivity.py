"""Shares of variance by group: against SALib, and against what must hold."""

import json

import numpy as np
import pytest
from SALib.analyze import sobol as salib
from SALib.sample import sobol as salib_sample

from detectapi import service
from detectapi.model import sensitivity
from detectapi.telling import tornado

ASKED = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    "options": {"draws": 300},
}


def ishigami(x):
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_indices_are_those_of_salib_and_of_the_closed_form():
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    points = salib_sample.sample(problem, 8192, calc_second_order=False, seed=1)
    y = ishigami(points)
    theirs = salib.analyze(problem, y, calc_second_order=False, seed=1)
    blocks = y.reshape(8192, 5)  # A, AB of each input, B
    closed = {"first": (0.3139, 0.4424, 0.0), "total": (0.5576, 0.4424, 0.2437)}

    for i in range(3):
        first, total, first_se, total_se = sensitivity.indices(blocks[:, 0], blocks[:, 4], blocks[:, 1 + i])
        assert first == pytest.approx(theirs["S1"][i], abs=0.01)
        assert total == pytest.approx(theirs["ST"][i], abs=0.01)
        # Four standard errors of 8,192 random points; these are evener than random.
        assert first == pytest.approx(closed["first"][i], abs=0.01 + 4.0 * first_se)
        assert total == pytest.approx(closed["total"][i], abs=0.01 + 4.0 * total_se)


def test_a_share_is_never_below_zero_or_above_one():
    alternating = np.tile([1.0, -1.0], 50)

    first, total, *_ = sensitivity.indices(alternating, -alternating, -alternating)
    assert 0.0 <= first <= 1.0
    assert 0.0 <= total <= 1.0
    first, *_ = sensitivity.indices(alternating, -alternating, np.roll(alternating, 1))
    assert first >= 0.0


def test_nothing_varies_nothing_matters():
    assert sensitivity.indices(np.ones(20), np.ones(20), np.ones(20)) == (0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def document():
    return service.sensitivity(ASKED)


def test_first_order_is_no_more_than_total_and_all_first_orders_no_more_than_all(document):
    groups = document["groups"]
    slack = 4.0 * np.sqrt(sum(g["first_order_se"] ** 2 for g in groups))

    assert sum(g["first_order"] for g in groups) <= 1.0 + slack
    for g in groups:
        assert g["first_order"] <= g["total"] + 4.0 * (g["first_order_se"] + g["total_se"]) + 0.005  # rounded to 0.001


def test_the_window_is_that_of_an_estimate_of_the_same_question(document):
    window = service.answer(ASKED)["window"]

    assert document["window"] == {name: window[name] for name in ("median_h", "low_h", "high_h")}


def test_groups_come_with_the_most_telling_first(document):
    totals = [g["total"] for g in document["groups"]]

    assert totals == sorted(totals, reverse=True)
    assert {g["kind"] for g in document["groups"]} == {"knowledge", "people", "specimen", "input", "assay"}


def test_an_input_that_is_given_is_no_longer_uncertain(document):
    value = service.sensitivity(ASKED | {"urine_ph": 6.2})

    assert "urine_ph" in {g["name"] for g in document["groups"]}
    assert "urine_ph" not in {g["name"] for g in value["groups"]}


def test_only_inputs_of_body_and_kidneys_tell_where_they_would_move_the_window(document):
    ends = {g["name"] for g in document["groups"] if "median_h_at_low" in g or "median_h_at_high" in g}
    shares = {g["name"] for g in document["groups"]}

    assert {"urine_ph", "urine_flow_ml_h", "specimen: urine pH", "specimen: urine flow"} <= shares
    assert ends == {"weight_kg", "height_cm", "egfr_ml_min_1_73m2"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "told",
    [
        {"hydration": {"fluid_intake_l_day": {"low": 1.0, "high": 3.0}}},
        {"hydration": {"urine_flow_ml_h": {"low": 30, "high": 120}}},
        {"urine_ph": {"low": 5.0, "high": 7.5}},
        {"specimen": {"urine_ph": {"low": 5.0, "high": 7.5}, "void_interval_h": {"low": 1.0, "high": 4.0}}},
        {"specimen": {"urine_creatinine_mg_dl": {"low": 30, "high": 90}}},
    ],
)
def test_a_range_of_an_input_about_urine_tells_its_share_only(told):
    document = service.sensitivity(ASKED | told)

    ends = {g["name"] for g in document["groups"] if "median_h_at_low" in g}
    assert ends <= {"weight_kg", "height_cm", "egfr_ml_min_1_73m2"}


def test_the_same_question_has_the_same_sensitivity(document):
    assert json.dumps(service.sensitivity(ASKED)) == json.dumps(document)


def test_the_tornado_is_words_and_paper(document):
    assert document["narrows_most"] in tornado.text(document, plain=True)
    assert tornado.text(document, plain=True).isascii()
    assert str(tornado.drawing(document)).count("<rect") > 2 * len(tornado.shown(document))


HEROIN_AND_CODEINE = {
    "uses": [
        {"substance": "heroin", "doses": [{"amount_mg": 10, "route": "intravenous"}]},
        {"substance": "codeine", "doses": [{"amount_mg": 60, "route": "oral", "start_h": -6}]},
    ],
    "options": {"draws": 100},
}


def window_of(asked):
    window = service.answer(asked)["window"]
    return {name: window[name] for name in ("median_h", "low_h", "high_h")}


@pytest.mark.slow
def test_several_uses_have_the_window_of_their_estimate_and_shares_of_both():
    asked = {**HEROIN_AND_CODEINE, "assay": "hhs-opiates-confirm"}
    shares = service.sensitivity(asked)
    names = {group["name"] for group in shares["groups"]}

    assert shares["substance"] == "heroin + codeine"
    assert shares["window"] == window_of(asked)
    assert {"people: morphine, elimination", "people: codeine, elimination"} <= names
    assert len(names) == len(shares["groups"])


def test_a_use_that_adds_nothing_changes_no_share():
    """Nothing of it is read, so that nothing of it is asked for."""
    alone = {**ASKED, "options": {"draws": 100}}
    beside = {**alone, "uses": [{"substance": "ketamine", "doses": ASKED["doses"]},
                                {"substance": "zolpidem", "doses": []}]}  # fmt: skip
    of_one, of_two = (
        service.sensitivity(asked)
        for asked in (alone, {name: beside[name] for name in beside if name not in ("substance", "doses")})
    )

    assert of_two["groups"] == of_one["groups"]
    assert of_two["window"] == of_one["window"]


@pytest.mark.slow
def test_a_panel_has_the_window_of_its_estimate_and_shares_of_all_its_classes():
    asked = {**HEROIN_AND_CODEINE, "assay": "dot-panel"}
    shares = service.sensitivity(asked)

    assert shares["window"] == window_of(asked)
    assert all(0.0 <= group["first_order"] <= 1.0 for group in shares["groups"])
    assert "knowledge" in {group["kind"] for group in shares["groups"] if group["name"] == "bias of the kit"}


def test_a_panel_that_looks_for_nothing_that_was_used_has_no_shares():
    shares = service.sensitivity({**ASKED, "assay": "dot-panel"})

    assert shares["window"] == {"median_h": 0.0, "low_h": 0.0, "high_h": 0.0}
    assert shares["groups"] == []
    assert tornado.text(shares, plain=True)
    assert tornado.drawing(shares)
