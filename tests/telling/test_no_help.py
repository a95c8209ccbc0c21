# ruff: noqa: E501 - a pattern stands on one line
"""No sentence that a reader meets helps to change a result: forbidden patterns in English, German and Spanish.

Science may name what moves a result where a reader looks for the equations (`docs/method.md`, `docs/renal-model.md`, validation,
observations). Nothing else may: no page, note, card, reason, summary, preset, example, help of a command or guide.
"""

import json
import re
from pathlib import Path

import pytest
import translations
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.telling import terminal
from detectapi.telling.languages import LANGUAGES
from detectapi.web.page.choices import presets

ROOT = Path(__file__).parents[2]
SCIENCE = {"method.md", "renal-model.md", "validation", "project", "api", "conf.py"}

FORBIDDEN = {
    "en": [
        r"\b(drink(ing)?|drank|water|fluids?|liquids?)\b[^.]*\b(dilut|flush|faster|sooner|shorten|lower|remov|wash|out of)",
        r"\b(dilut|flush|wash|clean|detox|purg|mask|adulterat|tamper|spik)\w*\b[^.]*\b(your|the) (urine|specimen|sample|system|body|result)\b",
        r"\b(acid|alkalin|basic)\w*\b[^.]*\b(longer|shorter|faster|slower|half-life|sooner|excret|keeps?|leaves?)\b",
        r"\bpass(ing)? (a|the|your|any)\b[^.]*\b(test|screen)",
        r"\b(beat|cheat|evade|fool|defeat|trick)\w*\b[^.]*\b(test|screen|result|laborator)",
        r"\b(negative|positive)\b[^.]*\b(if you|by) (drink|wait|stop|avoid|tak)",
        r"\b(wait|stop|abstain|skip)\w*\b[^.]*\b(before|until)\b[^.]*\btest\b[^.]*\b(negative|pass)",
        r"\b(vinegar|bicarbonate|baking soda|bleach|cranberry|niacin|vitamin c|ascorbic|diuretic|synthetic urine|zinc)\b",
        r"\b(can stay|stays|remain|be) negative\b[^.]*\b(split|hydroly|kit|brand)",
        r"\b(tablet|pill|medicine|powder)\b[^.]*\bin (the|a) (cup|specimen|sample)\b",
        r"\bto (lower|shorten|reduce|avoid|escape|prevent)\b[^.]*\b(detection|positive|window|concentration)",
    ],
    "de": [
        r"\b(trink|wasser|flüssigkeit)\w*\b[^.]*\b(verdünn|spül|schneller|früher|verkürz|senk|entfern)",
        r"\b(verdünn|spül|reinig|entgift|maskier|verfälsch|manipulier)\w*\b[^.]*\b(ihren?|den|die|das) (urin|probe|körper|ergebnis)\b",
        r"\b(saure[rnm]?|sauer|alkalisch\w*|basisch\w*)\b[^.]*\b(länger|kürzer|schneller|langsamer|halbwertszeit|ausgeschieden)",
        r"\b(test|screening)\w*\b[^.]*\b(bestehen|austricksen|umgehen|täuschen|überlisten)",
        r"\bdamit\b[^.]*\b(test|ergebnis|probe)\b[^.]*\bnegativ",
        r"\b(essig|natron|bleichmittel|cranberry|ascorbin|vitamin c|entwässer|kunsturin|zink)\w*\b",
        r"\bum\b[^.]*\b(nachweis|positiv\w*|fenster)\b[^.]*\bzu (vermeiden|verkürzen|senken|umgehen)",
    ],
    "es": [
        r"\b(beb(er|a|iendo)|agua|líquidos?)\b[^.]*\b(dilu|elimin|más rápido|antes|acort|baj|limpi)",
        r"\b(diluy|dilui|lav|limpi|desintoxic|enmascar|adulter|manipul)\w*\b[^.]*\b(su|la|el) (orina|muestra|cuerpo|resultado)\b",
        r"\b(ácid|alcalin|básic)[ao]s?\b[^.]*\b(más tiempo|menos tiempo|más rápido|más lento|semivida|excret)",
        r"\b(pasar|superar|burlar|engañar|evadir|eludir)\b[^.]*\b(prueba|análisis|control|cribado)",
        r"\bpara que\b[^.]*\b(prueba|muestra|resultado)\b[^.]*\bnegativ",
        r"\b(vinagre|bicarbonato|lejía|arándano|ascórbic|vitamina c|diurético|orina sintética|zinc)\w*\b",
        r"\bpara (evitar|acortar|reducir|bajar|eludir)\b[^.]*\b(detección|positiv|ventana|concentración)",
    ],
}  # fmt: skip
REFUSALS = re.compile(
    r"\bno help to defeat\b|\bThe service gives no such advice\b|\bwill not help anyone\b", re.IGNORECASE
)
"""Paragraphs that say what the project does not do."""

PATTERNS = {language: re.compile("|".join(several), re.IGNORECASE) for language, several in FORBIDDEN.items()}

HELP = {
    "en": [
        "Drinking a lot of water dilutes the urine.", "Acid urine keeps the half-life short.", "How to pass a urine test.",
        "You can flush your system.", "It is negative if you wait two days.", "Bleach destroys it.",
        "A screen can stay negative because it does not split the conjugate.", "A tablet dropped in the cup looks the same.",
        "Stop three days before, until the test is negative.", "Use this to shorten the detection window.",
    ],
    "de": [
        "Viel Wasser trinken verdünnt den Urin.", "In saurem Urin wird es schneller ausgeschieden.", "So können Sie einen Test bestehen.",
        "Essig hilft.", "Warten Sie, damit der Test negativ wird.", "Um einen positiven Nachweis zu vermeiden, warten Sie.",
    ],
    "es": [
        "Beber agua ayuda a eliminar la droga.", "La orina ácida la excreta antes.", "Cómo superar la prueba.", "Lejía en el vaso.",
        "Espere para que la prueba sea negativa.", "Para evitar la detección, espere.",
    ],
}  # fmt: skip


def sentences():
    """Every sentence for people in each language, with where it stands."""
    for name, entries in translations.collected().items():
        for message, _ in entries:
            for text in [message] if isinstance(message, str) else message:
                yield "en", str(name), text
        for language in translations.languages():
            for message in translations.catalogue(language, name):
                for text in [message.string] if isinstance(message.string, str) else message.string:
                    yield language, str(name), text


def pages():
    """The texts of documentation, examples and guides that are no science."""
    files = [ROOT / "README.md", ROOT / "VISION.md", *sorted((ROOT / "docs").rglob("*"))]
    for file in files:
        parts = set(file.relative_to(ROOT).parts)
        if file.suffix in (".md", ".json", ".ipynb") and not parts & SCIENCE:
            yield file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")


def paragraphs(text):
    """A text as paragraphs on one line each; rows of tables and items of lists apart."""
    for block in re.split(r"\n\s*\n|\n(?=\s*[-|*#])", text):
        yield " ".join(block.split())


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, several in HELP.items() for text in several])
def test_the_patterns_find_what_they_are_for(language, text):
    assert PATTERNS[language].search(text)


def test_every_language_has_patterns():
    assert set(PATTERNS) == set(LANGUAGES)


def test_no_sentence_of_any_surface_helps_to_change_a_result():
    assert [(name, text) for language, name, text in sentences() if PATTERNS[language].search(text)] == []


def test_no_page_of_the_documentation_helps_to_change_a_result():
    texts = [(name, part) for name, text in pages() for part in paragraphs(text)]

    assert len(texts) > 100
    assert [(name, part) for name, part in texts if PATTERNS["en"].search(part) and not REFUSALS.search(part)] == []


def test_no_help_of_a_command_and_no_summary_helps_to_change_a_result():
    helps = [CliRunner().invoke(cli, [command, "--help"]).output for command in cli.commands]
    answers = [terminal.summary(service.answer(preset["request"])) for preset in presets()[:3]]

    assert [text for text in [*helps, *answers] if PATTERNS["en"].search(" ".join(text.split()))] == []


def test_no_preset_and_no_example_varies_urine():
    asked = [preset["request"] for preset in presets()]
    asked += [json.loads(file.read_text()) for file in sorted((ROOT / "docs" / "examples").glob("*.json"))]

    assert [one for one in asked if {"hydration", "urine_ph", "specimen"} & set(one)] == []
