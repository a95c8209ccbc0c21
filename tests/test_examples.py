"""The questions of docs/examples/, answered sensibly: ranges, not exact values."""

import json
from pathlib import Path

import pytest

from detectapi.service import answer

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
DAY = 24.0


def read(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def asked(name):
    return answer(read(name))


def part(answered, analyte):
    return next(p["window"] for p in answered["analytes"] if p["analyte"] == analyte)


def codes(answered):
    return {note["code"] for note in answered["notes"]}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_states_an_ordered_interval_and_its_limits(path):
    answered = asked(path.stem)
    window = answered["window"]

    assert window["low_h"] <= window["median_h"] <= window["high_h"]
    assert window["median_knowledge_h"]["low"] <= window["median_h"] <= window["median_knowledge_h"]["high"]
    assert answered["limits"]
    assert answered["evidence"]["because"]


def test_one_infusion_shows_norketamine_for_about_a_day_and_a_half():
    window = asked("one-infusion")["window"]

    assert 24.0 < window["median_h"] < 60.0
    assert window["high_h"] > 1.6 * window["median_h"]


def test_six_infusions_in_three_weeks_last_hardly_longer_than_one():
    one, six = asked("one-infusion")["window"], asked("six-infusions-in-three-weeks")["window"]

    assert one["median_h"] <= six["median_h"] <= 1.15 * one["median_h"]


def test_esketamine_in_kidney_disease():
    answered = asked("esketamine-spray-kidney-disease")

    assert 30.0 < answered["window"]["median_h"] < 90.0
    assert answered["provenance"]["assay"] == answered["assay"]["id"] == "mayo-ketau"


def test_the_lowest_traces_of_one_swallowed_dose():
    answered = asked("one-oral-dose-lowest-traces")

    assert 3.5 * DAY <= part(answered, "ketamine")["median_h"] <= 7 * DAY
    assert 5 * DAY <= part(answered, "norketamine")["median_h"] <= 9 * DAY
    assert 8 * DAY <= part(answered, "dehydronorketamine")["median_h"] <= 14 * DAY
    assert answered["window"]["high_h"] > 1.7 * answered["window"]["median_h"]


def test_a_daily_troche():
    answered = asked("daily-troche")

    assert 1.0 * DAY < answered["window"]["median_h"] < 4.0 * DAY
    assert part(answered, "norketamine")["median_h"] > part(answered, "ketamine")["median_h"]


def test_heavy_daily_use_lasts_weeks_to_months_and_rests_on_a_hypothesis():
    answered = asked("heavy-daily-powder")

    assert 7 * DAY < answered["window"]["low_h"] < 30 * DAY
    assert answered["window"]["high_h"] > 60 * DAY
    assert answered["evidence"]["grade"] == "hypothesis"


def test_a_test_with_a_lower_cutoff_stays_positive_for_longer():
    low, usual, high = (asked(name)["window"] for name in ("infusion-cutoff-10", "one-infusion", "infusion-cutoff-100"))

    for end in ("low_h", "median_h", "high_h"):
        assert low[end] > usual[end] > high[end]


def test_kidney_disease_and_weight_change_the_median_by_less_than_the_range_is_wide():
    usual = asked("one-infusion")["window"]
    for name in ("infusion-kidney-disease", "infusion-at-50-kg", "infusion-at-110-kg"):
        assert usual["low_h"] < asked(name)["window"]["median_h"] < usual["high_h"]


def varied(analyte, **change):
    """The answer to one infusion, looked at through an analyte, with a change of the question."""
    question = read("one-infusion")
    question["assay"]["analytes"][0]["analyte"] = analyte
    return answer({**question, **change})


def test_the_effect_of_urine_ph_has_its_direction_and_is_said_to_be_extrapolated():
    acid, usual, alkaline = (varied("ketamine", urine_ph=ph) for ph in (5, 6, 8))

    assert acid["window"]["median_h"] > usual["window"]["median_h"] > alkaline["window"]["median_h"]
    assert acid["window"]["median_h"] < 10.0 * alkaline["window"]["median_h"]
    for answered in (acid, usual, alkaline):
        assert "ph-extrapolated" in codes(answered)


def test_urine_flow_changes_the_time_of_dehydronorketamine_by_less_than_in_proportion():
    low, high = (varied("dehydronorketamine", hydration={"level": level})["window"] for level in ("low", "high"))

    assert 1.1 < low["median_h"] / high["median_h"] < 100.0 / 42.0  # flows differ 2.4-fold


def test_a_strip_of_high_cutoff_shows_an_anaesthetic_dose_for_hours():
    assert 3.0 < asked("anaesthetic-dose-strip")["window"]["median_h"] < 24.0


def test_an_empty_history_has_probability_zero():
    answered = asked("empty-history")

    assert 0.0 == answered["window"]["ever_positive"] == answered["window"]["high_h"]
    assert set(answered["curve"]["probability_positive"]) == {0.0}
    assert {"no-dose"} == codes(answered)
