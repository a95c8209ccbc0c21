"""The inputs of an answer in words: what each was taken as, and where that comes from."""

from __future__ import annotations

from dataclasses import dataclass

from detectapi.telling.numbers import three_figures
from detectapi.telling.voice import ENGLISH

GIVEN = ("given", "given range")
DEFAULT = "population default"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence of the data, with the language it is in."""

    text: str
    language: str


def quoted(text: str, voice=ENGLISH) -> Quoted:
    """A sentence of the data in the reader's language where it has been translated, else in English."""
    return Quoted(voice.say(text), voice.language if voice.knows(text) else "en")


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
        quoted(detail, voice) if detail else None,
        entry["source"] in GIVEN,
    )


def in_figures(value: float, voice=ENGLISH) -> str:
    """A number of a table: three figures."""
    return voice.number(float(three_figures(value)))


def _value(entry, voice) -> str:
    value = entry["value"]
    if isinstance(value, (int, float)):
        return voice.number(value) if entry["source"] == "given" else in_figures(value, voice)
    names = {**route_names(voice), **answer_words(voice)}
    words = [value] if isinstance(value, str) else value
    return ", ".join(names.get(word, medicine(word, voice)) for word in words)


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
    return {
        "given": voice.say("as entered"),
        "given range": voice.say("as entered"),
        DEFAULT: voice.say("not entered: usual for adults"),
        "assumed": voice.say("assumed"),
        "derived": voice.say("worked out from what was entered"),
        "textbook": voice.say("as textbooks have it"),
        "measured": voice.say("measured in studies"),
    }


def answer_words(voice=ENGLISH) -> dict[str, str]:
    """The words that an input may hold."""
    return {
        "female": voice.say("female"),
        "male": voice.say("male"),
        "none": voice.say("none"),
        "A": "A",
        "B": "B",
        "C": "C",
    }


def route_names(voice=ENGLISH) -> dict[str, str]:
    """The routes as people say them."""
    return {
        "intravenous": voice.say("Into a vein (infusion, IV)"),
        "intramuscular": voice.say("Into a muscle (IM)"),
        "subcutaneous": voice.say("Under the skin (SC)"),
        "nasal-spray": voice.say("Nasal spray"),
        "intranasal-powder": voice.say("Powder through the nose"),
        "sublingual": voice.say("In the mouth (troche, lozenge, wafer)"),
        "oral": voice.say("Swallowed (tablet, liquid)"),
        "oral-extended-release": voice.say("Swallowed, slow release"),
        "rectal": voice.say("Rectal (suppository)"),
        "inhaled": voice.say("Inhaled"),
        "smoked": voice.say("Smoked"),
        "vaporised": voice.say("Vaporised"),
        "transdermal": voice.say("Through the skin (patch)"),
    }


def input_name(ident: str, voice=ENGLISH) -> str:
    """An input as people name it; a parameter of the model by its own name."""
    return _input_names(voice).get(ident, ident.replace("_", " "))


def _input_names(voice) -> dict[str, str]:
    return {
        "route": voice.say("How it was taken"),
        "weight_kg": voice.say("Body weight"),
        "height_cm": voice.say("Height"),
        "age_y": voice.say("Age"),
        "sex": voice.say("Sex"),
        "egfr_ml_min_1_73m2": voice.say("Kidney function (eGFR, mL/min per 1.73 m²)"),
        "creatinine_clearance_ml_min": voice.say("Kidney function (creatinine clearance, mL/min)"),
        "serum_creatinine_mg_dl": voice.say("Creatinine in blood, mg/dL"),
        "serum_creatinine_umol_l": voice.say("Creatinine in blood, µmol/L"),
        "ckd_stage": voice.say("Stage of kidney disease"),
        "body_surface_m2": voice.say("Body surface, m²"),
        "urine_flow_ml_h": voice.say("Urine flow, mL per hour"),
        "urine_ph": voice.say("Urine pH"),
        "void_interval_h": voice.say("Hours since urine was last passed"),
        "assay_imprecision_cv": voice.say("Imprecision of the test (fraction)"),
        "half_life_h": voice.say("Half-life"),
        "interactions": voice.say("Other medicines"),
        "hepatic_class": voice.say("Liver disease (Child-Pugh)"),
    }
