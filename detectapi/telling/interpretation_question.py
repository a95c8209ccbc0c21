"""The question of an interpretation in words: what was measured in each specimen, and what each account says was used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from detectapi.telling import interpretation as telling
from detectapi.telling import question, sentences
from detectapi.telling.placed_results import reported
from detectapi.telling.voice import ENGLISH
from detectapi.telling.when import when
from schemas.timestamp import Timestamp


@dataclass(frozen=True, slots=True)
class SpecimenRow:
    """A specimen: its name, when it was collected, what was measured in it, what was measured of the urine itself."""

    name: str
    collected: str
    measured: str
    urine: str


def specimens(asked, answer, voice=ENGLISH) -> tuple[SpecimenRow, ...]:
    """The specimens in order of time.

    Parameters
    ----------
    asked : dict
        A request that was answered.
    answer : dict
    voice : Voice
    """
    named = {one["id"]: one for one in asked["specimens"] if "id" in one}
    unnamed = iter(sorted((one for one in asked["specimens"] if "id" not in one), key=_time))
    rows = []
    for entry in answer["specimens"]:
        one = named.get(entry["id"]) or next(unnamed)
        rows.append(SpecimenRow(entry["id"], when(one, "collected", voice), _measured(one, voice), _urine(one, voice)))
    return tuple(rows)


def account(entry, voice=ENGLISH) -> tuple[str, ...]:
    """What an account of a request says was used, a line for each dose or series of doses."""
    if "extends" in entry:
        use = entry["further_use"]
        between = voice.say(
            "between %(earliest)s and %(latest)s",
            earliest=when(use, "earliest", voice),
            latest=when(use, "latest", voice),
        )
        base = telling.quoted(entry["extends"], voice)
        what = f"{sentences.name(use['substance'], voice)}: " if "substance" in use else ""
        return voice.say(
            "As %(account)s, and one more use:", account=base
        ), f"{what}{question.one_dose(use, voice)}; {between}"
    lines = question.doses(entry, voice)
    last = entry.get("last_use")
    return (*lines, _last(last, voice)) if last else lines


def _last(last, voice) -> str:
    if "at" in last or "at_h" in last:
        return voice.say("Last use: %(time)s", time=when(last, "at", voice))
    earliest, latest = (when(last, name, voice) for name in ("earliest", "latest"))
    if latest:
        return voice.say("Last use between %(earliest)s and %(latest)s", earliest=earliest, latest=latest)
    return voice.say("Last use between %(earliest)s and the first specimen", earliest=earliest)


def _time(specimen) -> datetime | float:
    return Timestamp().read(specimen["collected"]) if "collected" in specimen else specimen["collected_h"]


def _measured(specimen, voice) -> str:
    parts = [
        f"{sentences.name(str(one['analyte']), voice)} {reported(one, voice)} ng/mL"
        for one in specimen.get("results", ())
    ]
    screen = specimen.get("screen")
    if screen:
        parts.append(voice.say("screen positive") if screen["positive"] else voice.say("screen negative"))
    return "; ".join(parts)


def _urine(specimen, voice) -> str:
    parts = []
    for key, words in (
        ("urine_creatinine_mg_dl", voice.say("creatinine %(value)s mg/dL")),
        ("specific_gravity", voice.say("specific gravity %(value)s")),
        ("urine_ph", voice.say("pH %(value)s")),
    ):
        value = specimen.get(key)
        if isinstance(value, (int, float)):
            parts.append(words % {"value": voice.number(value, ".5g")})
        elif value:
            parts.append(
                words % {"value": f"{voice.number(value['low'], '.5g')} – {voice.number(value['high'], '.5g')}"}
            )
    return "; ".join(parts)
