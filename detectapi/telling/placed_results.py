"""Where each result of an interpretation lies among those that an account gives, in words."""

from __future__ import annotations

from detectapi.inputs.table.results import RESULTS
from detectapi.telling import chances, sentences
from detectapi.telling.numbers import concentration, plain
from detectapi.telling.voice import ENGLISH, capital
from detectapi.telling.when import when

HIGHEST = RESULTS["specimens[].results[].value_ng_ml"].bounds[1]
"""The largest concentration that a question may have: as an upper limit it says that there is none. [ng/mL]"""


def central(level: float, voice=ENGLISH) -> str:
    """The share of specimens within a central range: "9 of 10"."""
    if abs(level - 0.9) < 1e-9:
        return voice.say("9 of 10")
    return voice.say("%(number)s of 100", number=voice.number(100.0 * level))


def analyte(entry, voice=ENGLISH) -> str:
    """The analyte of a result, and whether it was measured after hydrolysis."""
    known = sentences.name(entry["analyte"], voice)
    return voice.say("%(analyte)s after hydrolysis", analyte=known) if entry.get("hydrolysed") else known


def place(entry, answer, voice=ENGLISH) -> str:
    """Where one result lies among those that an account gives; of which specimen it is, where there are several.

    Parameters
    ----------
    entry : dict
        As one of `results` of an account in an answer.
    answer : dict
        The answer that it belongs to.
    voice : Voice
    """
    said = capital(_among_expected(entry, answer["level"], voice))
    if len(answer["specimens"]) == 1:
        return said
    return voice.say("Specimen %(specimen)s: %(said)s", specimen=_name(entry["specimen"], answer, voice), said=said)


def _name(ident: str, answer, voice) -> str:
    """A specimen by its id; by its number in time and its time, where the question gave it no id."""
    for number, one in enumerate(answer["specimens"], start=1):
        if ident == one["id"] == str(number):
            return f"{ident} ({when(one, 'collected', voice)})"
    return ident


def _among_expected(entry, level: float, voice) -> str:
    values = {
        "analyte": analyte(entry, voice),
        "low": concentration(entry["expected"]["low_ng_ml"], voice),
        "high": concentration(entry["expected"]["high_ng_ml"], voice),
        "part": chances.share(entry["probability"], voice),
        "share": central(level, voice),
    }
    if "value_ng_ml" in entry:
        return voice.say(
            "%(part)s such specimens would have at most %(value)s ng/mL of %(analyte)s; %(share)s between %(low)s and %(high)s.",
            value=plain(entry["value_ng_ml"], voice), **values,
        )  # fmt: skip
    if "below_ng_ml" in entry:
        return voice.say(
            "%(part)s such specimens would have less than %(value)s ng/mL of %(analyte)s; %(share)s between %(low)s and %(high)s.",
            value=plain(entry["below_ng_ml"], voice), **values,
        )  # fmt: skip
    limits = {name: plain(limit, voice) for name, limit in entry["between_ng_ml"].items()}
    if is_open(entry):
        return voice.say(
            "%(part)s such specimens would have at least %(value)s ng/mL of %(analyte)s; %(share)s between %(low)s and %(high)s.",
            value=limits["low"], **values,
        )  # fmt: skip
    return voice.say(
        "%(part)s such specimens would have from %(least)s to %(most)s ng/mL of %(analyte)s; %(share)s between %(low)s and"
        " %(high)s.",
        least=limits["low"], most=limits["high"], **values,
    )  # fmt: skip


def after_earlier(entry, level: float, voice=ENGLISH) -> str:
    """Where one result lies among those that an account gives after the earlier specimens."""
    later = entry["after_earlier"]
    values = {
        "part": chances.share(later["probability"], voice), "specimen": entry["specimen"], "analyte": analyte(entry, voice),
        "share": central(level, voice), "low": concentration(later["low_ng_ml"], voice),
        "high": concentration(later["high_ng_ml"], voice),
    }  # fmt: skip
    if is_open(entry):
        return voice.say(
            "Given the earlier specimens, %(part)s such specimens would have at least as much %(analyte)s as specimen"
            " %(specimen)s; %(share)s between %(low)s and %(high)s ng/mL.", **values,
        )  # fmt: skip
    if "between_ng_ml" in entry:
        return voice.say(
            "Given the earlier specimens, %(part)s such specimens would have %(analyte)s between the same limits as specimen"
            " %(specimen)s; %(share)s between %(low)s and %(high)s ng/mL.", **values,
        )  # fmt: skip
    return voice.say(
        "Given the earlier specimens, %(part)s such specimens would have no more %(analyte)s than specimen %(specimen)s; %(share)s"
        " between %(low)s and %(high)s ng/mL.", **values,
    )  # fmt: skip


def each_result(entry, answer, voice=ENGLISH) -> list[str]:
    """Where each result lies under an account.

    Parameters
    ----------
    entry : dict
        As one of `accounts` in an answer.
    answer : dict
        The answer that it belongs to.
    voice : Voice
    """
    said = []
    for one in entry["results"]:
        said.append(place(one, answer, voice))
        said += [after_earlier(one, answer["level"], voice)] if "after_earlier" in one else []
    return said


# -- in tables --------------------------------------------------------------------------------------------------------


def is_open(entry) -> bool:
    """Whether a result is only known to lie above a limit."""
    return "between_ng_ml" in entry and entry["between_ng_ml"]["high"] >= HIGHEST


def reported(entry, voice=ENGLISH) -> str:
    """What was measured: a value, the limit that it lies below or above, or two limits. [ng/mL]"""
    if "value_ng_ml" in entry:
        return plain(entry["value_ng_ml"], voice)
    if "below_ng_ml" in entry:
        return voice.say("< %(number)s", number=plain(entry["below_ng_ml"], voice))
    if is_open(entry):
        return voice.say("≥ %(number)s", number=plain(entry["between_ng_ml"]["low"], voice))
    return " – ".join(plain(entry["between_ng_ml"][end], voice) for end in ("low", "high"))


def share_beside(entry, voice=ENGLISH) -> str:
    """The share of such specimens with at most as much, for a table; of other results it says what it is a share of."""
    part = chances.about(entry["probability"], voice)
    if is_open(entry):
        return voice.say("%(part)s at least as much", part=part)
    return voice.say("%(part)s between these limits", part=part) if "between_ng_ml" in entry else part


def span(low: float, high: float, voice=ENGLISH) -> str:
    """A range of expected concentrations."""
    return f"{concentration(low, voice)} – {concentration(high, voice)}"
