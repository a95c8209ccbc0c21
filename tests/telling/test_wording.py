"""An answer in words, for terminal and notebook."""

import copy

import pytest

from detectapi import service
from detectapi.telling import terminal
from detectapi.telling.wording import moment, probability_at, share, span, window_sentences

WINDOW = {"median_h": 61.5, "low_h": 38.0, "high_h": 104.0, "level": 0.9, "ever_positive": 0.998}


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.5, "30 minutes"),
        (2.25, "2.2 hours"),
        (38.0, "38 hours"),
        (104, "4.3 days"),
        (550, "23 days"),
        (1500, "9 weeks"),
    ],
)
def test_a_span_as_people_say_it(hours, words):
    assert words == span(hours)


def test_a_moment_has_its_hours_behind_it_when_they_differ():
    assert "38 hours" == moment(38.0)
    assert "4.3 days (104 h)" == moment(104.0)


@pytest.mark.parametrize(
    ("probability", "words"), [(0.05, "1 in 20"), (0.005, "1 in 200"), (0.62, "62%"), (0.07, "7%")]
)
def test_a_share_as_people_say_it(probability, words):
    assert words == share(probability)


def test_the_range_comes_before_the_number():
    first, second = window_sentences(WINDOW)

    assert "between 38 hours and 4.3 days" in first
    assert "Half of specimens would still test positive at 2.6 days (61.5 h), 1 in 20 at 4.3 days" in second


def test_a_window_that_some_never_have():
    first, second, third = window_sentences({**WINDOW, "low_h": 0.0, "median_h": 0.0, "ever_positive": 0.4})

    assert "at most 4.3 days" in first
    assert second.startswith("40% of people")
    assert "1 in 20 would" in third


@pytest.mark.parametrize("ever", [0.0, 0.01])
def test_a_window_that_hardly_anyone_has(ever):
    (only,) = window_sentences({**WINDOW, "low_h": 0.0, "median_h": 0.0, "high_h": 0.0, "ever_positive": ever})

    assert "would be expected to test positive" in only


def test_a_probability_between_two_points():
    curve = {"time_h": [0.0, 2.0, 4.0], "probability_positive": [1.0, 0.5, 0.1]}

    assert 0.75 == probability_at(curve, 1.0)
    assert 0.1 == probability_at(curve, 99.0)
    assert 0.0 == probability_at({"time_h": [], "probability_positive": []}, 1.0)


def test_a_summary_fits_a_terminal_and_has_all_parts(answer):
    text = terminal.summary(answer)

    assert max(map(len, text.splitlines())) <= 80
    for part in ("norketamine 50 ng/mL", "100% |", "Evidence: ", "population's was used", "Not a laboratory result"):
        assert part in text
    for note in answer["notes"]:
        assert note["message"].split()[0] in text


def test_a_number_stays_on_one_line_with_its_hours():
    wrapped = [terminal.fill(f"{'x' * n} 2.5 days (60.9 h) after", "  ") for n in range(30, 70)]

    assert all("(60.9 h)" in text and max(map(len, text.splitlines())) <= 78 for text in wrapped)


def test_a_summary_in_plain_letters(answer):
    changed = copy.deepcopy(answer)
    changed["notes"] = [{"code": "x", "message": "µg"}]
    text = terminal.summary(changed, plain=True)

    assert text.isascii()
    assert "####" in text


def test_the_curve_of_a_summary_falls_with_the_probability():
    times = list(range(0, 101, 10))
    probability = [1 - t / 100 for t in times]
    lines = terminal.curve({"time_h": times, "probability_positive": probability})
    widths = [len(line.rstrip()) for line in lines[1:9]]

    assert widths == sorted(widths)  # the top row is the shortest
    assert widths[0] < 6 + 60 / 8 + 1
    assert widths[-1] > 6 + 60 * 7 / 8 - 1


def test_several_analytes_are_told_apart(question):
    both = [{"analyte": "ketamine", "cutoff_ng_ml": 100}, {"analyte": "norketamine", "cutoff_ng_ml": 50}]
    for rule, joined in (("any", " or "), ("all", " and ")):
        answer = service.answer({**question, "assay": {"rule": rule, "analytes": both}})
        text = terminal.summary(answer)
        assert f"ketamine 100 ng/mL{joined}norketamine 50 ng/mL" in text
        assert 2 == text.count("half at")


def test_an_empty_history_has_a_summary(question):
    text = terminal.summary(service.answer({**question, "doses": []}))

    assert "No specimen would be expected to test positive" in text


def test_lists_and_cards_are_readable():
    listed = terminal.substances(service.substances())
    assays = terminal.assays(service.assays())
    card = terminal.card(service.substance("ketamine"))

    assert "ketamine, revision" in listed
    assert "mayo-ketau: " in assays
    assert "ketamine.clearance = " in card
    assert "assumed: " in card
