"""Contrast by WCAG 2.2, and the colours of a fragment, which never fall below it."""

import itertools
import random

import pytest

from detectapi.telling.voice import ENGLISH
from detectapi.web.page import contrast as wcag
from detectapi.web.page.look import COLOURS, FONTS, Look, read_look


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        # Published by W3C and by WebAIM's checker, to two decimals.
        ("000", "fff", 21.0),
        ("fff", "fff", 1.0),
        ("777777", "ffffff", 4.48),
        ("767676", "ffffff", 4.54),
        ("0000ff", "ffffff", 8.59),
        ("ff0000", "ffffff", 4.0),
        ("00ff00", "ffffff", 1.37),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    colours = wcag.read(one), wcag.read(other)

    assert wcag.contrast(*colours) == pytest.approx(ratio, abs=0.005)
    assert wcag.contrast(*colours) == wcag.contrast(*reversed(colours))


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("0b6470", (11, 100, 112)),
        ("#0B6470", (11, 100, 112)),
        ("#fff", (255, 255, 255)),
        ("red", None),
        ("12345", None),
        ("٠٠٠", None),
        ("", None),
        ("#", None),
    ],
)
def test_a_colour_is_read_as_style_sheets_have_it(text, colour):
    assert wcag.read(text) == colour
    assert colour is None or wcag.read(wcag.written(colour)) == colour


def test_whatever_is_chosen_every_text_can_be_read_or_the_choice_is_refused_with_a_colour_that_can():
    chance = random.Random(7)
    refused = 0
    for _ in range(400):
        names = chance.choice([*itertools.combinations(COLOURS, 1), *itertools.combinations(COLOURS, 2), COLOURS])
        args = {name: f"{chance.randrange(2**24):06x}" for name in names}
        look, problems = read_look(args, ENGLISH)
        refused += bool(problems)
        for name, words in problems:
            args[name] = words.rpartition("#")[2].rstrip(".")
        look, problems = read_look(args, ENGLISH)

        assert problems == [], args
        for one, other, ratio, least in look.contrasts():
            assert ratio >= least, (args, one, other)
    assert 100 < refused < 300  # both happen


def test_what_is_chosen_is_what_is_shown():
    look, problems = read_look({"paper": "#fff8e7", "ink": "3a2a10", "accent": "8a1c4a", "font": "serif"}, ENGLISH)

    assert problems == []
    for rule in ("--paper:#fff8e7;", "--ink:#3a2a10;", "--accent:#8a1c4a;", "color-scheme:light;", FONTS["serif"]):
        assert rule in look.style


def test_without_a_choice_a_fragment_looks_like_the_page():
    assert read_look({}, ENGLISH) == (Look({}), [])
    assert Look({}).style == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paper", "red"),
        ("ink", "#12345"),
        ("accent", "};body{display:none"),
        ("font", "Comic Sans"),
        ("size", "99"),
        ("size", "151"),
        ("size", "²00"),
        ("size", "1e2"),
    ],
)
def test_what_is_no_colour_and_no_type_is_refused_by_its_name(name, text):
    look, problems = read_look({name: text}, ENGLISH)

    assert [name] == [wrong for wrong, _ in problems]
    assert text not in problems[0][1]
    assert look.style == ""
