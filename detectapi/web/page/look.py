"""How a fragment looks on another site: its colours and its type, as the address says.

Three colours may be chosen. All others are made from them, so that every text has the contrast that WCAG 2.2 asks for. A choice
that has not is refused with words, and with the nearest colour that has.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detectapi.web.page.contrast import (
    BLACK,
    PART,
    TEXT,
    WHITE,
    Colour,
    better,
    contrast,
    luminance,
    mixed,
    raised,
    read,
    written,
)

COLOURS = ("paper", "ink", "accent")
FONTS = {
    "system": 'system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif',
    "sans": 'Arial,Helvetica,"Liberation Sans",sans-serif',
    "serif": 'Georgia,"Times New Roman","Liberation Serif",serif',
}
"""Type that readers have already: nothing is loaded for it."""
SIZES = (100, 150)
"""Percent of the reader's own size of type, at least and at most."""
NAMES = (*COLOURS, "font", "size")
"""Parts of an address that say how a fragment looks."""

LIGHT: dict[str, Colour] = {"paper": WHITE, "ink": (29, 43, 54), "accent": (11, 100, 112), "warn": (138, 60, 0)}
DARK: dict[str, Colour] = {
    "paper": (18, 25, 30),
    "ink": (230, 235, 238),
    "accent": (99, 195, 205),
    "warn": (255, 178, 122),
}
FAULT = (161, 21, 42)
"""The colour of errors, before it is raised."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a fragment looks.

    Attributes
    ----------
    colours : dict of str to Colour
        By name of the style sheet; empty for those of the page, light or dark as the reader likes.
    font : str
        One of `FONTS`, or empty.
    size : int
        Percent of the reader's own size.
    """

    colours: Mapping[str, Colour]
    font: str = ""
    size: int = 100

    @property
    def style(self) -> str:
        """The rules of a style sheet; empty where nothing was chosen."""
        rules = ""
        if self.colours:
            scheme = "light" if luminance(self.colours["paper"]) >= luminance(self.colours["ink"]) else "dark"
            values = "".join(f"--{name}:{written(colour)};" for name, colour in self.colours.items())
            rules += f"@media screen{{:root{{color-scheme:{scheme};{values}}}}}"
        if self.font:
            rules += f"body,.chart{{font-family:{FONTS[self.font]}}}"
        if self.size != 100:
            rules += f"html{{font-size:{self.size}%}}"
        return rules

    @property
    def style_hash(self) -> str:
        """What the content security policy allows the rules by."""
        return "sha256-" + base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()

    def contrasts(self) -> list[tuple[str, str, float, float]]:
        """The pairs of colours that meet: their names, their contrast, and the least that is needed."""
        pairs = (
            *((name, "paper", TEXT) for name in ("ink", "accent", "quiet", "warn", "fault")),
            *(("ink", name, TEXT) for name in ("tint", "warn-tint")),
            ("accent-ink", "accent", TEXT),
            ("edge", "paper", PART),
        )
        return [
            (one, other, contrast(self.colours[one], self.colours[other]), least)
            for one, other, least in pairs
            if self.colours
        ]


def read_look(args: Mapping[str, str], voice: Any) -> tuple[Look, list[tuple[str, str]]]:
    """How an address wants a fragment to look.

    Parameters
    ----------
    args : mapping of str to str
        Parts of the address.
    voice : Voice

    Returns
    -------
    look : Look
        That of the page for what is wrong.
    problems : list of (str, str)
        The name of each part that cannot be used, and why.
    """
    wrong, chosen = [], {}
    for name in COLOURS:
        if args.get(name):
            colour = read(args[name])
            if colour:
                chosen[name] = colour
            else:
                wrong.append((name, voice.say("A colour has three or six digits from 0 to f, such as 0b6470.")))
    font, size = args.get("font", ""), args.get("size", "") or "100"
    if font and font not in FONTS:
        wrong.append(("font", voice.say("This is not known here.")))
    low, high = SIZES
    if not (size.isascii() and size.isdigit() and len(size) <= 3 and low <= int(size) <= high):
        ends = {"low": voice.number(low), "high": voice.number(high)}
        wrong.append(("size", voice.say("Enter a number from %(low)s to %(high)s.") % ends))
    colours = completed(chosen) if chosen and not wrong else {}
    wrong += too_faint(chosen, colours, voice) if colours else []
    if wrong:
        return Look({}), wrong
    return Look(colours, font, int(size)), []


def completed(chosen: Mapping[str, Colour]) -> dict[str, Colour]:
    """All colours of the style sheet, from those that were chosen."""
    scheme = max(
        (LIGHT, DARK), key=lambda one: contrast(chosen.get("ink", one["ink"]), chosen.get("paper", one["paper"]))
    )
    paper = chosen.get("paper", scheme["paper"])
    ink = chosen.get("ink") or raised(scheme["ink"], paper, TEXT)
    accent = chosen.get("accent") or raised(scheme["accent"], paper, TEXT)
    return {
        "ground": paper,
        "paper": paper,
        "ink": ink,
        "accent": accent,
        "quiet": raised(paper, paper, TEXT, 0.75, ink),
        "edge": raised(paper, paper, PART, 0.5, ink),
        "rule": mixed(ink, paper, 0.18),
        "accent-ink": better((paper, ink, BLACK, WHITE), accent),
        "tint": tinted(accent, paper, ink),
        "warn": raised(scheme["warn"], paper, TEXT),
        "warn-tint": tinted(scheme["warn"], paper, ink),
        "fault": raised(FAULT, paper, TEXT),
    }


def tinted(colour: Colour, paper: Colour, ink: Colour) -> Colour:
    """A ground with a touch of a colour, on which the ink is still read."""
    shares = (0.1, 0.05, 0.02)
    tries = (mixed(colour, paper, share) for share in shares)
    return next((one for one in tries if contrast(ink, one) >= TEXT), paper)


def too_faint(chosen: Mapping[str, Colour], colours: Mapping[str, Colour], voice: Any) -> list[tuple[str, str]]:
    """Colours that were chosen and are too close to the ground, each with its contrast and the nearest that suffices."""
    wrong, paper = [], colours["paper"]
    for name in ("ink", "accent"):
        ratio = contrast(colours[name], paper)
        if name in chosen and ratio < TEXT:
            words = voice.say(
                "The contrast to %(paper)s is %(ratio)s and must be %(least)s or more. The nearest colour that has it: %(colour)s.",
                paper=written(paper),
                ratio=voice.number(int(ratio * 100) / 100),
                least=voice.number(TEXT),
                colour=written(raised(colours[name], paper, TEXT)),
            )
            wrong.append((name, words))
    return wrong
