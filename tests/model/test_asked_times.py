"""The chance at a time that is asked about: computed at that time, and the same whatever is asked beside it."""

from datetime import UTC, datetime

import pytest

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.values.errors import InputError

DOSE = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
QUESTION = {
    "substance": "ketamine",
    "doses": [DOSE],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
}
TIMES = [240_000, 0, 36.5, 24, 47.3, 300, 61]
DATED = {**QUESTION, "doses": [{**DOSE, "start": "2026-01-01T08:00:00Z"}]}  # ends at 08:40


def ask(question=QUESTION, **options):
    return service.answer({**question, "options": {"draws": 500, **options}})


def test_a_time_has_the_same_answer_whatever_is_asked_beside_it():
    together = ask(times_h=TIMES, include=["concentration"])
    curves = together["analytes"][0]["concentration_asked"]

    for i, time in enumerate(TIMES):
        alone = ask(times_h=[time], include=["concentration"])
        assert together["asked"][i] == alone["asked"][0]
        assert {name: [values[i]] for name, values in curves.items()} == alone["analytes"][0]["concentration_asked"]


def test_a_time_has_the_chance_that_a_batch_gives_it():
    row = {
        "substance": "ketamine", "amount_mg": 35, "route": "intravenous", "duration_min": 40,
        "analyte": "norketamine", "cutoff_ng_ml": 50,
    }  # fmt: skip
    (answer,), _ = chunk.answer([(1, row)], Options(draws=500, times_h=tuple(map(float, TIMES))))

    assert answer["probability"] == [one["probability_positive"] for one in ask(times_h=TIMES)["asked"]]


def test_beyond_the_curve_a_chance_is_computed_and_the_curve_reaches_it():
    before, after = ask(), ask(times_h=[240_000, 400])

    assert after["asked"][0] == {"time_h": 240_000.0, "probability_positive": 0.0, "low": 0.0, "high": 0.0}
    assert before["curve"]["probability_positive"][-1] > 0.0  # which was once said of every later time
    assert after["curve"]["time_h"] == [*before["curve"]["time_h"], 400.0, 240_000.0]
    assert after["curve"]["probability_positive"][:-2] == before["curve"]["probability_positive"]
    assert after["window"] == before["window"]


def test_a_time_on_the_curve_is_answered_as_the_curve_has_it():
    curve = ask()["curve"]
    asked = ask(times_h=curve["time_h"][3:6])["asked"]

    assert [one["probability_positive"] for one in asked] == curve["probability_positive"][3:6]
    assert [one["low"] for one in asked] == pytest.approx(curve["low"][3:6], abs=0.002)


def test_a_date_is_a_time_after_the_last_dose():
    at = ["2026-01-02T08:40:00Z", "2026-01-03T10:40:00+02:00"]
    by_date, by_hours = ask(DATED, at=at)["asked"], ask(DATED, times_h=[24, 48])["asked"]

    assert [datetime.fromisoformat(one.pop("at")) for one in by_date] == [
        datetime(2026, 1, 2, 8, 40, tzinfo=UTC), datetime(2026, 1, 3, 8, 40, tzinfo=UTC),
    ]  # fmt: skip
    assert by_date == by_hours


@pytest.mark.parametrize(
    ("question", "options", "pointer", "code"),
    [
        (QUESTION, {"at": ["2026-01-02T08:40:00Z"]}, "/options/at/0", "no-dates"),
        (DATED, {"at": ["2026-01-02T08:40:00Z", "2026-01-01T08:30:00Z"]}, "/options/at/1", "range"),
        (DATED, {"at": ["2026-01-02 08:40:00"]}, "/options/at/0", "no-offset"),
        (QUESTION, {"times_h": [-1]}, "/options/times_h/0", "range"),
        (QUESTION, {"times_h": [5, 5]}, "/options/times_h", "duplicate"),
        (QUESTION, {"times_h": list(range(101))}, "/options/times_h", "length"),
    ],
)
def test_a_time_that_cannot_be_answered_is_refused_at_its_place(question, options, pointer, code):
    with pytest.raises(InputError) as caught:
        ask(question, **options)

    assert [(problem.pointer, problem.code) for problem in caught.value.problems] == [(pointer, code)]


def test_without_a_time_nothing_is_asked():
    answer = ask(include=["concentration"])

    assert answer["asked"] == []
    assert "concentration_asked" not in answer["analytes"][0]
