"""Colours of sRGB and the contrast between two of them, as WCAG 2.2 defines it."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]
"""Red, green and blue. [0 to 255]"""

LARGEST = 21.0
"""The contrast of black and white."""
TEXT = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3, level AA)."""
PART = 3.0
"""The least contrast of a line or an edge that has a meaning (1.4.11)."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
HEXADECIMAL = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
STEPS = 64


def read(text: str) -> Colour | None:
    """The colour of a text such as ``0b6470``, ``#0B6470`` or ``#fff``; None where it is none."""
    match = HEXADECIMAL.fullmatch(text)
    if not match:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return red, green, blue


def written(colour: Colour) -> str:
    """A colour as style sheets have it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    shares = (part / 255.0 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of one colour and the rest of another one."""
    red, green, blue = (round(share * a + (1.0 - share) * b) for a, b in zip(one, other, strict=True))
    return red, green, blue


def better(colours: tuple[Colour, ...], ground: Colour) -> Colour:
    """The colour with the highest contrast to a ground."""
    return max(colours, key=lambda colour: contrast(colour, ground))


def raised(colour: Colour, ground: Colour, least: float, share: float = 0.0, towards: Colour | None = None) -> Colour:
    """A colour mixed with so much of another one that its contrast to a ground suffices, and no more.

    Parameters
    ----------
    colour, ground : Colour
    least : float
        The contrast that is needed.
    share : float
        Of the other colour, to begin with.
    towards : Colour, optional
        The other colour; black or white, whichever stands out more, where it is left out.
    """
    other = better((BLACK, WHITE), ground) if towards is None else towards
    tried = (mixed(other, colour, step / STEPS) for step in range(round(share * STEPS), STEPS + 1))
    return next((one for one in tried if contrast(one, ground) >= least), other)
