"""An answer on a terminal."""

import copy

from detectapi import service
from detectapi.telling import cards, terminal
from detectapi.telling.durations import HOURS
from detectapi.telling.lines import fill


def test_a_summary_fits_a_terminal_and_has_all_parts(answer):
    text = terminal.summary(answer)

    assert max(map(len, text.splitlines())) <= 78
    for part in ("50 ng/mL of norketamine", "100 % |", "Evidence: ", "Not entered", "Not a laboratory result"):
        assert part in text
    for note in answer["notes"]:
        assert note["message"].split()[0] in text


def test_a_number_stays_on_one_line_with_its_unit():
    wrapped = [fill(f"{'x' * n} 60.9 h or 5 in 100 or 35 % after", "  ") for n in range(30, 70)]

    assert all("60.9 h" in text and "5 in 100" in text and "35 %" in text for text in wrapped)
    assert max(len(line) for text in wrapped for line in text.splitlines()) <= 78


def test_a_summary_in_plain_letters(answer):
    changed = copy.deepcopy(answer)
    changed["notes"] = [{"code": "x", "message": "µg"}]
    text = terminal.summary(changed, plain=True)

    assert text.isascii()
    assert "####" in text
    assert "?" not in text


def test_the_curve_of_a_summary_falls_with_the_probability():
    times = list(range(0, 101, 10))
    probability = [1 - t / 100 for t in times]
    lines = terminal.curve({"time_h": times, "probability_positive": probability}, HOURS)
    widths = [len(line.rstrip()) for line in lines[1:9]]

    assert widths == sorted(widths)  # the top row is the shortest
    assert widths[0] < 7 + 60 / 8 + 1
    assert widths[-1] > 7 + 60 * 7 / 8 - 1


def test_several_analytes_are_told_apart(question):
    both = [{"analyte": "ketamine", "cutoff_ng_ml": 100}, {"analyte": "norketamine", "cutoff_ng_ml": 50}]
    for rule, joined, whole in (("any", "or", "any of them"), ("all", "and", "all of them")):
        text = terminal.summary(service.answer({**question, "assay": {"rule": rule, "analytes": both}}))

        assert f"at least 100 ng/mL of ketamine {joined} at least 50 ng/mL of norketamine" in " ".join(text.split())
        assert {whole, "ketamine", "norketamine"} <= {line.partition("  ")[0] for line in text.splitlines()}


def test_an_empty_history_has_a_summary(question):
    text = terminal.summary(service.answer({**question, "doses": []}))

    assert "No urine test would be positive at any time" in text


def test_lists_and_cards_are_readable():
    listed = cards.substances(service.substances())
    assays = cards.assays(service.assays())
    card = cards.card(service.substance("ketamine"))

    assert "ketamine, revision" in listed
    assert "mayo-ketau: " in assays
    assert "ketamine.clearance = " in card
    assert "assumed: " in card
