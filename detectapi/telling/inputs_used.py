"""The inputs of an answer in words: what each was taken as, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from detectapi.inputs.table import INPUTS
from detectapi.telling.evidence import bases, with_access
from detectapi.telling.numbers import three_figures
from detectapi.telling.retelling import Quoted, quoted
from detectapi.telling.voice import ENGLISH

WORDED = ("doses[].route", "person.sex", "person.hepatic_class")
"""Inputs whose words an answer repeats."""

GIVEN = ("given", "given range")
DEFAULT = "population default"


@dataclass(frozen=True, slots=True)
class Input:
    """An input in words.

    Attributes
    ----------
    name : str
    value : str
        With its unit.
    spread : str
        The 90 % range of its values, empty where it has none.
    origin : str
    detail : Quoted or None
        More about the origin.
    given : bool
        Whether the question has it.
    """

    name: str
    value: str
    spread: str
    origin: str
    detail: Quoted | None
    given: bool


def input_used(entry, voice=ENGLISH) -> Input:
    """An entry of `inputs_used` in words.

    Parameters
    ----------
    entry : dict
        As in `inputs_used` of an answer.
    voice : Voice
    """
    unit, detail = entry.get("unit", "-"), entry.get("detail") or because(entry.get("origin"))
    unit = {"-": "", "years": voice.say("years")}.get(unit, unit)
    spread = ""
    if "low" in entry:
        spread = " – ".join(in_figures(entry[end], voice) for end in ("low", "high"))
    return Input(
        input_name(entry["name"], voice),
        f"{_value(entry, voice)} {unit}".strip(),
        spread,
        origins(voice).get(entry["source"], entry["source"]),
        detail_in_words(detail, voice) if detail else None,
        entry["source"] in GIVEN,
    )


def detail_in_words(detail: str, voice) -> Quoted:
    """A detail in the reader's language; of a citation, how it was consulted."""
    said = quoted(detail, voice)
    return Quoted(with_access(said.text, voice), said.language)


def in_figures(value: float, voice=ENGLISH) -> str:
    """A number of a table: three figures."""
    return voice.number(float(three_figures(value)))


def _value(entry, voice) -> str:
    value = entry["value"]
    if isinstance(value, (int, float)):
        return voice.number(value) if entry["source"] == "given" else in_figures(value, voice)
    names = {word: said for path in WORDED for word, said in said_words(path, voice).items()}
    words = [value] if isinstance(value, str) else value
    if entry["name"] == "basis":
        return ", ".join(salt(word, voice) for word in words)
    return ", ".join(names.get(word, medicine(word, voice)) for word in words)


def salt(basis: str, voice=ENGLISH) -> str:
    """What an amount is of: the free base, or a salt of the data."""
    return voice.say("the base, without the salt") if basis == "base" else voice.say(basis)


def medicine(ident: str, voice=ENGLISH) -> str:
    """A medicine or food of the data, as people read it."""
    return voice.say(ident.replace("-", " "))


def because(origin) -> str | None:
    """Where the data have a number from, in a line; None where there is nothing to say."""
    if origin is None:
        return None
    return origin["reason"] if "reason" in origin else f"{origin['source']['citation']}: {origin['locator']}"


def origins(voice=ENGLISH) -> dict[str, str]:
    """What each source of an input is called."""
    return bases(voice) | {
        "given": voice.say("as entered"),
        "given range": voice.say("as entered"),
        DEFAULT: voice.say("not entered: usual for adults"),
        "derived": voice.say("worked out from what was entered"),
        "textbook": voice.say("as textbooks have it"),
    }


def said_words(path: str, voice=ENGLISH) -> dict[str, str]:
    """The words that an input may hold, each with what people say for it."""
    return {word: voice.say(said) if said else word for word, said in INPUTS[path].words.items()}


def input_name(ident: str, voice=ENGLISH) -> str:
    """An input as people name it; a parameter of the model is named as such.

    Parameters
    ----------
    ident : str
        As `name` in `inputs_used` of an answer.
    voice : Voice
    """
    name, _, place = ident.partition("/")  # such as amount/doses/0
    if name == "amount" and place:
        return voice.say("Amount of dose %(number)s", number=int(place.rpartition("/")[2]) + 1)
    called = _worked_out(voice).get(ident) or voice.say(_called().get(ident, ""))
    if not called and "." in ident:
        return voice.say("Number of the model: %(name)s", name=ident)
    return called or ident.replace("_", " ")


def _worked_out(voice) -> dict[str, str]:
    """What people call the numbers of an answer that are no inputs."""
    return {
        "body_surface_m2": voice.say("Body surface, m²"),
        "gfr_ml_min_1_73m2": voice.say("Kidney function that this stands for (GFR, mL/min per 1.73 m²)"),
        "gfr_estimation_error": voice.say("How far the estimate of kidney function may be off"),
        "pregnancy_gfr_factor": voice.say("How much more the kidneys filter in pregnancy"),
        "hydrolysis_yield": voice.say("Share of conjugates that the laboratory splits"),
        "kit_bias": voice.say("Factor by which the kit may read too high or too low"),
    }


@cache
def _called() -> dict[str, str]:
    """What people call each input of an answer, in English."""
    names = ((entry.distribution or entry.column or entry.path.rpartition(".")[2], entry) for entry in INPUTS)
    return {name: entry.called for name, entry in names if entry.called} | {
        "assay_imprecision_cv": INPUTS["assay.imprecision_cv"].called
    }
