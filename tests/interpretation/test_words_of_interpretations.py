"""What an interpretation says: in three languages, on a terminal, with the level that was asked for."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from every import every

from detectapi import service
from detectapi.cli.main import cli
from detectapi.knowledge.interpretation import rules
from detectapi.telling import interpretation, interpretation_notes, placed_results
from detectapi.telling.interpretation_picture import chart
from detectapi.telling.interpretation_summary import summarize
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.telling.retelling import quoted

OTHERS = [language for language in LANGUAGES if language != "en"]


def on_a_terminal(question, language):
    command = ["interpret", "--summary", "--language", language, "-"]
    return " ".join(CliRunner().invoke(cli, command, input=json.dumps(question)).output.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_speaks_the_language_that_was_asked_for(one, language):
    one["options"] = {"draws": 100}
    voice, shown = TranslatedVoice("terminal", language), on_a_terminal(one, language)
    answer = service.interpret(one)

    for said in (*interpretation.lines(answer, voice), voice.say(interpretation.LIMITS)):
        assert " ".join(said.split()) in shown
    for note in answer["notes"]:
        assert " ".join(quoted(note["message"], voice).text.split()) in shown


def test_the_json_is_the_same_in_every_language(one):
    one["options"] = {"draws": 100}
    written = {
        CliRunner().invoke(cli, ["interpret", "--language", language, "-"], input=json.dumps(one)).stdout_bytes
        for language in LANGUAGES
    }

    assert len(written) == 1


VALUES = {
    "account": "“reported”", "largest": "10", "number": "31", "specimen": "A", "word": "adulterated",
    "rule": "pH below 4 or at least 11", "called": "cannabinoids", "medicines": "raltegravir 16.4 (8.7 to 28.2)", "kit": "K",
    "analyte": "6-acetylmorphine",
}  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("code", interpretation_notes.NOTES)
def test_every_note_is_said_in_every_language_with_its_values(code, language):
    names = re.findall(r"%\((\w+)\)s", interpretation_notes.NOTES[code])
    note = interpretation_notes.note(code, **{name: VALUES[name] for name in names})
    said = quoted(note["message"], TranslatedVoice("page", language))

    assert said.language == language
    assert all(word not in said.text for word in ("adulterated", "below"))


@pytest.mark.parametrize("language", OTHERS)
def test_what_has_to_be_known_beside_the_numbers_is_said_in_every_language(language):
    voice = TranslatedVoice("page", language)

    assert [row.code for row in rules().preconditions if quoted(row.message, voice).language != language] == []
    assert [row.locator for row in rules().validity if quoted(row.locator, voice).language != language] == []


def test_the_range_of_a_result_is_said_with_the_level_that_was_asked_for(one):
    one["options"] = {"draws": 100, "level": 0.8}

    assert [said for said in service.interpret(one)["words"] if "80 of 100 between" in said]


LATER = {"low_ng_ml": 2.0, "median_ng_ml": 5.0, "high_ng_ml": 10.0, "probability": 0.5}


@pytest.mark.parametrize(
    ("level", "side"),
    [
        ({"value_ng_ml": 11.0}, "above"), ({"value_ng_ml": 10.0}, "within"), ({"value_ng_ml": 1.0}, "below"),
        ({"below_ng_ml": 1.0}, "below"), ({"below_ng_ml": 20.0}, "within"),
        ({"between_ng_ml": {"low": 11.0, "high": 12.0}}, "above"), ({"between_ng_ml": {"low": 9.0, "high": 12.0}}, "within"),
    ],
)  # fmt: skip
def test_a_result_lies_above_the_range_only_with_all_that_it_may_be(level, side):
    assert interpretation.side({"after_earlier": LATER, **level}) == side


def account(*levels):
    results = [{"specimen": "B", "analyte": "norketamine", "after_earlier": LATER, **level} for level in levels]
    return {"id": "earlier", "explained": True, "results": results}


def test_a_later_specimen_that_needs_further_use_is_named_with_how_often_chance_does_the_same():
    (said,) = interpretation.in_turn(account({"value_ng_ml": 11.0}), 0.9)

    assert "For norketamine, specimen B lies above the range that “earlier” gives" in said
    assert "of each such result 5 in 100 would lie above it" in said
    both = account({"value_ng_ml": 11.0}, {"value_ng_ml": 12.0, "analyte": "ketamine"})
    assert "For norketamine and ketamine, specimen B lies" in interpretation.in_turn(both, 0.9)[0]


def test_a_later_specimen_that_needs_none_does_not_show_that_there_was_none():
    (said,) = interpretation.in_turn(account({"value_ng_ml": 3.0}, {"below_ng_ml": 1.0}), 0.9)

    assert "needs no further use" in said
    assert "does not show that there was none" in said
    assert interpretation.in_turn(account({"value_ng_ml": 3.0}) | {"explained": False}, 0.9) == []


@pytest.mark.slow
def test_no_later_specimen_with_what_an_account_never_forms_is_said_to_need_no_further_use():
    morphine = {"analyte": "morphine", "value_ng_ml": 100}
    specimens = [
        {"id": "A", "collected_h": 0, "results": [morphine | {"value_ng_ml": 400}]},
        {"id": "B", "collected_h": 5, "results": [morphine, {"analyte": "6-acetylmorphine", "value_ng_ml": 20}]},
    ]
    accounts = [
        {"id": "M", "substance": "morphine", "doses": [{"amount_mg": 10, "route": "oral", "start_h": -6}]},
        {"id": "H", "substance": "heroin", "doses": [{"amount_mg": 10, "route": "intravenous", "start_h": -6}]},
    ]
    options = {"draws": 100, "in_turn": True}
    answer = service.interpret({"specimens": specimens, "accounts": accounts, "options": options})
    under_morphine, under_heroin = answer["accounts"]

    assert not [one for one in under_morphine["results"] if "after_earlier" in one]
    assert [one["specimen"] for one in under_heroin["results"] if "after_earlier" in one] == ["B", "B"]
    assert "needs no further use" not in " ".join(answer["words"])


def test_a_title_names_the_substances_of_all_accounts_in_one_order():
    accounts = [{"substance": "morphine"}, {"substance": "heroin", "substances": ["heroin", "codeine"]}]
    answer = {"specimens": [{"interpreted": True}], "substance": "morphine"}

    for order in (accounts, accounts[::-1]):
        assert interpretation.title(answer | {"accounts": order}) == "Results of codeine + heroin + morphine in urine"


def test_the_planned_test_is_named_where_it_is_not_the_same_for_every_account():
    one, other, same = (
        {"id": test, "planned": {"assay": test, "probability_before": 0.5, "probability_given_results": 0.2}}
        for test in ("first-test", "other-test", "first-test")
    )

    assert "which is first-test for this account" in interpretation.planned(one, {"accounts": [one, other]})
    assert "the planned test is positive" in interpretation.planned(one, {"accounts": [one, same]})


def test_the_programme_that_considers_no_other_specimen_is_noted_also_where_none_is_interpreted(one):
    one["specimens"][0]["urine_ph"] = 2.5
    answer = service.interpret(one | {"programme": "dot"})

    assert [note["code"] for note in answer["notes"]] == ["specimen-not-interpreted", "dot-not-considered"]


@every("language, mark", [("de", "„H“"), ("es", "«H»")])
def test_notes_put_the_marks_of_the_language_around_the_name_of_an_account(language, mark):
    note = interpretation_notes.note("model-does-not-explain", account=interpretation.quoted("H"))

    assert mark in quoted(note["message"], TranslatedVoice("page", language)).text


def test_concentrations_are_written_without_an_exponent():
    expected = {"low_ng_ml": 5.21e-05, "high_ng_ml": 5e7}
    (said,) = placed({"value_ng_ml": 2.5e-05}, A, expected=expected)
    (german,) = placed({"value_ng_ml": 2.5e-05}, A, expected=expected, language="de")

    assert "at most 0.000025 ng/mL" in said
    assert "between less than 0.001 and 50,000,000." in said
    assert "zwischen weniger als 0,001 und 50.000.000." in german
    assert placed_results.reported({"below_ng_ml": 5e7}) == "< 50,000,000"
    assert placed_results.span(0.0, 1e6) == "0 – 1,000,000"


def test_no_number_stands_beside_the_name_of_a_specimen_as_if_it_were_counted():
    _, later = placed({"value_ng_ml": 20.0}, A | {"id": "2"}, B, after_earlier=LATER)

    assert "about 50 in 100 such specimens would have no more norketamine than specimen 2;" in later


def test_the_first_sentence_is_that_of_the_comparison_else_of_the_last_use(answer_of_pair, answer_of_one):
    assert interpretation.headline(answer_of_pair) in answer_of_pair["words"][0]
    assert "ended usually between" in interpretation.headline(answer_of_one)
    assert [said for said in answer_of_one["words"] if said.startswith(interpretation.headline(answer_of_one))]


def test_the_arithmetic_shown_to_readers_is_right():
    page = (Path(__file__).parents[2] / "docs" / "likelihood-ratio.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\d,]+) to ([\d,]+) \| ([\d/]+) \| ([\d,]+) to ([\d,]+) \|$", page, re.MULTILINE)
    assert len(rows) == 5
    for row in rows:
        a, b, ratio, c, d = (Fraction(number.replace(",", "")) for number in row)
        assert a / b * ratio == c / d


def test_results_below_limits_and_in_screens_are_told_apart_from_values():
    def said(pattern, percentile):
        return interpretation.joint({"joint": {"pattern_probability": pattern, "percentile": percentile}})

    assert said(0.002, 0.4).startswith(
        "Fewer than 1 in 100 such sets of specimens would have the same results below limits"
    )
    assert "Of these, about 40 in 100 would have values" in said(0.002, 0.4)
    assert said(1.0, 0.4).startswith("About 40 in 100 such sets")
    assert said(0.2, None) == "About 20 in 100 such sets of specimens would have the same results."


def placed(level, *specimens, language="en", **of_result):
    """The sentences of a result of the first of some specimens."""
    entry = {
        "specimen": specimens[0]["id"], "analyte": "norketamine", "probability": 0.36,
        "expected": {"low_ng_ml": 5.0, "high_ng_ml": 90.0}, **level, **of_result,
    }  # fmt: skip
    answer = {"level": 0.9, "specimens": list(specimens)}
    return placed_results.each_result({"results": [entry]}, answer, TranslatedVoice("page", language))


A, B = {"id": "A", "collected_h": 0.0}, {"id": "B", "collected_h": 96.0}
ALONE = "About 36 in 100 such specimens would have at most 20 ng/mL of norketamine; 9 of 10 between 5 and 90."


@every(
    "specimens, begins",
    [
        ([A], ""),
        ([A, B], "Specimen A: "),
        ([{"id": "1", "collected_h": 7.5}, B], "Specimen 1 (hour 7.5): "),
        (
            [{"id": "1", "collected": "2026-11-24T08:00:00+01:00"}, B],
            "Specimen 1 (24 November 2026, 08:00 (UTC+01:00)): ",
        ),
    ],
)
def test_a_sentence_about_a_result_names_its_specimen_where_there_are_several(specimens, begins):
    assert placed({"value_ng_ml": 20.0}, *specimens) == [begins + ALONE]


@every(
    "low, high, said, table",
    [
        (5.0, 20.0, "About 36 in 100 such specimens would have from 5 to 20 ng/mL of norketamine; 9 of 10", "5 – 20"),
        (20.0, 1e8, "About 36 in 100 such specimens would have at least 20 ng/mL of norketamine; 9 of 10", "≥ 20"),
    ],
)
def test_a_result_between_two_limits_is_said_with_both_unless_the_upper_is_none(low, high, said, table):
    level = {"between_ng_ml": {"low": low, "high": high}}
    (alone,) = placed(level, A)
    _, later = placed(level, A, after_earlier=LATER)

    assert alone.startswith(said)
    assert "no more norketamine" not in later
    assert placed_results.reported(level) == table


def test_nearly_all_and_hardly_any_have_the_article_of_the_noun_that_follows():
    level = {"value_ng_ml": 20.0}

    assert placed(level, A, language="es", probability=1.0)[0].startswith("Casi todas las muestras así")
    assert placed(level, A, language="es", probability=0.0)[0].startswith("Muy pocas muestras así")
    assert placed(level, A, B, language="es")[0].startswith("Muestra A. Cerca de 36 de cada 100 muestras así")
    assert placed(level, A, language="de", probability=1.0)[0].startswith("Fast alle solchen Proben")


def test_every_surface_has_the_same_sentences_of_the_results_of_several_specimens(answer_of_pair):
    sentences = [
        said for entry in answer_of_pair["accounts"] for said in placed_results.each_result(entry, answer_of_pair)
    ]
    surfaces = {
        "terminal": interpretation.summary(answer_of_pair),
        "answer": " ".join(answer_of_pair["words"]),
        "picture": " ".join(chart(entry, answer_of_pair).description for entry in answer_of_pair["accounts"]),
        "page and report": " ".join(said for one in summarize(answer_of_pair).accounts for said in one.each),
    }

    assert any("Specimen B: " in said for said in sentences)
    for surface, text in surfaces.items():
        for said in sentences:
            assert said in " ".join(text.split()), surface
