"""Chances in words: "5 in 100" in sentences, percentages in tables. Never "0" and never "100": nothing is certain."""

from __future__ import annotations

from detectapi.telling.voice import ENGLISH

LEAST, MOST = 0.001, 0.999
"""Chances below and above are only said to be so; an answer holds three decimals."""


SENTENCES = ("%(number)s in 100", "about %(number)s in 100", "under %(number)s in 100", "over %(number)s in 100")
"""Those with a value in them."""


def in_100(probability: float, voice=ENGLISH) -> str:
    """A chance in a sentence, with two figures of the smaller side: "5 in 100", "62 in 100", "97.5 in 100"."""
    if probability < LEAST:
        return voice.say("under %(number)s in 100", number=voice.number(100 * LEAST))
    if probability > MOST:
        return voice.say("over %(number)s in 100", number=voice.number(100 * MOST))
    return voice.say("%(number)s in 100", number=voice.number(_two_figures(100 * probability)))


def _two_figures(percentage: float) -> float:
    """A percentage with a decimal near the ends and without one between."""
    smaller = min(percentage, 100 - percentage)
    return round(percentage, 1) if smaller < 9.95 else int(percentage + 0.5)


def about(probability: float, voice=ENGLISH) -> str:
    """A chance as people picture it, for the share of specimens: "about 62 in 100", "nearly all"."""
    if probability >= 0.995:
        return voice.say("nearly all")
    if probability >= 0.0095:
        return voice.say("about %(number)s in 100", number=int(100 * probability + 0.5))
    return voice.say("fewer than 1 in 100") if probability >= LEAST else voice.say("hardly any")


def share(probability: float, voice=ENGLISH) -> str:
    """The same before the noun that it is a share of, where a language may need an article: "nearly all" specimens."""
    if probability >= 0.995:
        return voice.say_in("before a noun", "nearly all")
    if probability >= LEAST:
        return about(probability, voice)
    return voice.say_in("before a noun", "hardly any")


def percent(probability: float, voice=ENGLISH) -> str:
    """A chance in a table, to a tenth of a percent as the answer has it."""
    if probability < LEAST:
        return voice.say("under %(number)s %%", number=voice.number(100 * LEAST))
    if probability > MOST:
        return voice.say("over %(number)s %%", number=voice.number(100 * MOST))
    return whole_percent(probability, voice, decimals=1)


def whole_percent(share: float, voice=ENGLISH, decimals: int = 0) -> str:
    """A share that is no chance, such as one of the spread, or the label of an axis: "35 %"."""
    return voice.say("%(number)s %%", number=voice.number(round(100 * share, decimals) + 0.0))


def probability_at(curve, hours: float, name: str = "probability_positive") -> float:
    """A chance at a time, linear between the points of a curve.

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.
    hours : float
        [h]
    name : str
        Of the curve: ``probability_positive``, ``low`` or ``high``.

    Returns
    -------
    float
        That of the last point beyond the end of the curve.
    """
    times, values = curve["time_h"], curve[name]
    for before, after, left, right in zip(times, times[1:], values, values[1:], strict=False):
        if before <= hours <= after:
            return left + (right - left) * (hours - before) / (after - before)
    return values[-1] if values else 0.0
