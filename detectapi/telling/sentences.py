"""What an answer says of its window, in any voice: the range before the number, and one unit of time throughout."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from detectapi.telling import chances
from detectapi.telling.drawn_part import drawn_end
from detectapi.telling.durations import DAYS, HOURS, Unit, after, figure, unit_for
from detectapi.telling.unread_specimens import are_read, unread
from detectapi.telling.voice import ENGLISH, capital, translated, zone

LIMITS = "Estimate for information. Not a laboratory result, and not evidence of use or non-use."
"""What an estimate is not, as every answer states it."""


def limits(voice=ENGLISH) -> str:
    """What an estimate is not."""
    return voice.say("Estimate for information. Not a laboratory result, and not evidence of use or non-use.")


_CONSONANTS = "[bcdfghjklmnpqrstvwxz]"
ABBREVIATION = re.compile(f"{_CONSONANTS}{{3,4}}|[aeiou]{_CONSONANTS}{{2,3}}|{_CONSONANTS}{{2,3}}[aeiou]")
"""An id that is spoken by its letters: three or four of them, without a vowel but perhaps the first or the last."""


def name(word, voice=ENGLISH) -> str:
    """The name of an analyte, a substance or a test, translated where the catalogues have it; an abbreviation in capitals."""
    known = translated(word, voice) or word
    return known.upper() if known == word and ABBREVIATION.fullmatch(word) else known


def reading(entry, voice=ENGLISH) -> str:
    """An analyte of an answer as people read it, and that conjugates are split first where they are."""
    analyte = name(entry["analyte"], voice)
    return voice.say("%(analyte)s after hydrolysis", analyte=analyte) if entry.get("hydrolysed") else analyte


def title(answer, voice=ENGLISH) -> str:
    """What an answer is about."""
    names = [name(substance, voice) for substance in answer.get("uses") or [answer["substance"]]]
    return voice.say("%(substance)s in urine", substance=capital(" + ".join(names)))


def cutoffs(answer, voice=ENGLISH) -> str:
    """What counts as positive: each analyte with its cutoff, in each stage of the test."""
    if "classes" in answer:
        tested = (one for one in answer["classes"] if one["tested"])
        return voice.say(" or ").join(
            voice.say("%(class)s: %(cutoffs)s", **{"class": name(one["name"], voice), "cutoffs": cutoffs(one, voice)})
            for one in tested
        )
    if "stages" in answer:
        screen, confirmation = (_cutoffs(stage, voice) for stage in answer["stages"])
        return voice.say(
            "%(screen)s in the screening test, and %(confirmation)s in the confirmation of the same specimen",
            screen=screen,
            confirmation=confirmation,
        )
    return _cutoffs(answer, voice)


def _cutoffs(answer, voice) -> str:
    parts = [_cutoff(entry, voice) for entry in answer["analytes"]]
    return (voice.say(" and ") if answer["rule"] == "all" else voice.say(" or ")).join(parts)


def _cutoff(entry, voice) -> str:
    analyte = reading(entry, voice)
    if "cutoff_ng_mg_creatinine" in entry:
        number = voice.number(entry["cutoff_ng_mg_creatinine"])
        return voice.say("at least %(number)s ng of %(analyte)s per mg of creatinine", analyte=analyte, number=number)
    number = voice.number(entry["cutoff_ng_ml"])
    return voice.say("at least %(number)s ng/mL of %(analyte)s", analyte=analyte, number=number)


def positive_means(answer, voice=ENGLISH) -> str:
    """What counts as positive, as a sentence."""
    if is_untested(answer):
        return voice.say("No class of this panel looks for what was used.")
    return voice.say("Positive means %(cutoffs)s.", cutoffs=cutoffs(answer, voice))


def which_test(answer, voice=ENGLISH) -> str:
    """Which test an answer is for, with its issuer and date, and whether it was assumed."""
    used = answer["assay"]
    if used["id"] is None:
        return voice.say("Test: the cutoffs that were entered.")
    test = named_test(used, voice)
    if used["asked"]:
        return voice.say("Test: %(test)s.", test=test)
    return voice.say("No test was named. Assumed test: %(test)s.", test=test)


def named_test(entry, voice=ENGLISH) -> str:
    """The name of a registered test with its issuer and date.

    Parameters
    ----------
    entry : dict
        With ``name``, ``issuer`` and ``date``, as in an answer or in the list of tests.
    voice : Voice
    """
    words = {part: name(text, voice) for part, text in entry.items() if part in ("name", "issuer")}
    date = entry["date"]
    words["date"] = voice.say("date not stated") if date == "not stated" else voice.say(date)
    return voice.say("%(name)s (%(issuer)s; %(date)s)", **words)


def unit_of(window) -> Unit:
    """The unit in which every duration of a window is said: that of its upper end."""
    shown = [window[end] for end in ("low_h", "median_h") if window[end] > 0.0]
    return unit_for(window["high_h"], min(shown, default=0.0))


def unit_of_answer(answer) -> Unit:
    """The unit of an answer's tables and pictures: that of its sentences, else of the length of its drawn curve."""
    if answer["window"]["high_h"] > 0:
        return unit_of(answer["window"])
    return unit_for(drawn_end(answer["curve"]))


def tail(window) -> float:
    """The share of specimens that are still positive at the upper end."""
    return (1 - window["level"]) / 2


def is_untested(answer) -> bool:
    """Whether the test is a panel of which no class looks for what was used."""
    return "classes" in answer and not any(one["tested"] for one in answer["classes"])


def answer_headline(answer, voice=ENGLISH) -> str:
    """What stands in large letters over an answer: that the test does not look for what was used, or the range."""
    if is_untested(answer):
        names = ", ".join(name(one["name"], voice) for one in answer["classes"])
        return voice.say("This test does not look for %(substances)s", substances=names)
    return headline(answer["window"], voice)


def is_unlikely(window) -> bool:
    """Whether a positive test is unlikely at every time."""
    return window["ever_positive"] == 0 or window["high_h"] == 0


def headline(window, voice=ENGLISH) -> str:
    """The range in large letters, before any single number.

    Parameters
    ----------
    window : dict
        As `window` in an answer.
    voice : Voice
    """
    if is_unlikely(window):
        return voice.say("A positive test is unlikely")
    unit = unit_of(window)
    low, high = _ends(window["low_h"], window["high_h"], unit, voice)
    if window["low_h"] <= 0:
        return voice.say("Usually at most %(high)s after the last dose", high=high)
    if low == figure(window["high_h"], unit, voice):
        return voice.say("Usually about %(high)s after the last dose", high=high)
    return voice.say("Usually between %(low)s and %(high)s after the last dose", low=low, high=high)


def _ends(low, high, unit, voice) -> tuple[str, str]:
    """Both ends of a range: the lower one without its unit, which follows the upper one."""
    return figure(low, unit, voice), after(high, unit, voice)


def sentences(window, voice=ENGLISH) -> list[str]:
    """What a window says after its headline.

    Parameters
    ----------
    window : dict
        As `window` in an answer.
    voice : Voice

    Returns
    -------
    list of str
    """
    ever, few = window["ever_positive"], chances.in_100(tail(window), voice)
    if ever == 0:
        return [voice.say("No urine test would be positive at any time.")]
    if is_unlikely(window):
        return [voice.say("At every time, fewer than %(few)s urine tests would be positive.", few=few)]
    said = []
    if window["low_h"] > 0:
        most = chances.in_100(1 - tail(window), voice)
        said.append(
            voice.say("In that time the chance of a positive test falls from %(most)s to %(few)s.", most=most, few=few)
        )
    said.append(_median(window, few, voice))
    if ever < 1 - tail(window):
        part = chances.in_100(ever, voice)
        said.append(voice.say("In %(part)s simulated cases the test would be positive at some time.", part=part))
    return [*said, *_uncertain_median(window, voice), *_clock(window, voice)]


def _median(window, few, voice) -> str:
    unit = unit_of(window)
    median, high = after(window["median_h"], unit, voice), after(window["high_h"], unit, voice)
    if window["median_h"] > 0:
        return voice.say(
            "A specimen taken after %(median)s is as likely positive as not; after %(high)s, %(few)s are positive.",
            median=median,
            high=high,
            few=few,
        )
    return voice.say("Of specimens taken after %(high)s, %(few)s are positive.", high=high, few=few)


def _uncertain_median(window, voice) -> list[str]:
    """How far the median time is uncertain by the model alone."""
    band, unit = window["median_knowledge_h"], unit_of(window)
    low, high = _ends(band["low"], band["high"], unit, voice)
    if window["median_h"] <= 0 or low == figure(band["high"], unit, voice):
        return []
    return [
        voice.say(
            "This middle time is itself uncertain. It could be anywhere between %(low)s and %(high)s.",
            low=low,
            high=high,
        )
    ]


def _clock(window, voice) -> list[str]:
    """The window as date and time, to the hour, where the answer has them."""
    if "median_at" not in window or window["median_h"] <= 0:
        return []
    at = {end: datetime.fromisoformat(window[f"{end}_at"]) for end in ("low", "median", "high")}
    if unit_of(window).name != "minutes":
        at = {end: (moment + timedelta(minutes=30)).replace(minute=0) for end, moment in at.items()}
    said = {end: voice.moment(moment) for end, moment in at.items()}
    return [
        voice.say("Date and time (%(zone)s): %(low)s to %(high)s; median: %(median)s.", zone=zone(at["low"]), **said)
    ]


def series(answer, voice=ENGLISH) -> list[str]:
    """What an answer says of a series in which every specimen is tested: the last positive one, the first negative one.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    voice : Voice
    """
    readings = answer["serial"]
    if is_unlikely(answer["window"]) or readings["ever_positive"] == 0:
        return []
    unit = unit_of(answer["window"])
    last, first = ((readings[name]["low_h"], readings[name]["high_h"]) for name in ("last_positive", "first_negative"))
    return [_last_positive(*last, unit, voice), _first_negative(*first, unit, voice)]


def _last_positive(low: float, high: float, unit: Unit, voice) -> str:
    words = dict(zip(("low", "high"), _ends(low, high, unit, voice), strict=True))
    if low <= 0:
        return voice.say(
            "If every specimen were tested, the last positive one, if any, would usually come within %(high)s.",
            high=words["high"],
        )
    return voice.say(
        "If every specimen were tested, the last positive one would usually come between %(low)s and %(high)s after the"
        " last dose.",
        **words,
    )


def _first_negative(low: float, high: float, unit: Unit, voice) -> str:
    words = dict(zip(("low", "high"), _ends(low, high, unit, voice), strict=True))
    if low <= 0:
        return voice.say(
            "The first negative one after a positive one would usually come within %(high)s.", high=words["high"]
        )
    return voice.say("The first negative one would usually come between %(low)s and %(high)s.", **words)


def of_answer(answer, voice=ENGLISH) -> list[str]:
    """All that an answer says after its headline: of a single specimen first, then of a series of specimens.

    Of a panel it is said of a single specimen, and what no class looks for, with the reason.
    """
    if "classes" not in answer:
        return [*sentences(answer["window"], voice), *series(answer, voice), *given_results(answer, voice)]
    untested = [one for one in answer["classes"] if not one["tested"]]
    reasons = [
        voice.say(
            "%(substance)s is not tested. %(because)s.",
            substance=capital(name(one["name"], voice)),
            because=name(one["because"], voice).rstrip("."),
        )
        for one in untested
    ]
    last = given_results(answer, voice)
    return [*reasons, *last] if is_untested(answer) else [*sentences(answer["window"], voice), *reasons, *last]


def given_results(answer, voice=ENGLISH) -> list[str]:
    """What measured results make of the window, where the answer has them."""
    part = answer.get("given_results")
    if part is None:
        return []
    if not are_read(part["specimens"]):
        return unread(part["specimens"], voice)
    if not part["explained"]:
        return [
            voice.say("The model does not expect the measured results after these doses. So they change nothing here.")
        ]
    if "window" not in part:  # a panel that looks for nothing that was used
        return []
    window = part["window"]
    if window["high_h"] <= 0:
        return [voice.say("Given the measured results, a positive test is unlikely.")]
    unit = unit_for(window["high_h"])
    low, high = _ends(window["low_h"], window["high_h"], unit, voice)
    return [
        voice.say(
            "Given the measured results: usually between %(low)s and %(high)s after the last dose, and half of urine tests"
            " would be positive after %(median)s.",
            low=low, high=high, median=after(window["median_h"], unit, voice),
        )
    ]  # fmt: skip


def asked_times(answer, voice=ENGLISH) -> list[tuple[str, str]]:
    """Each time that was asked about, and what is said of it."""
    return [(_when(entry, voice), chance_then(entry, voice)) for entry in answer["asked"]]


def _when(entry, voice) -> str:
    """A time that was asked about, in words."""
    hours = entry["time_h"]
    if "at" not in entry:
        unit = DAYS if hours >= 2.0 * DAYS.hours and hours % DAYS.hours == 0.0 else HOURS
        return voice.say("After %(time)s:", time=after(hours, unit, voice, exact=True))
    moment, unit = voice.moment(datetime.fromisoformat(entry["at"])), unit_for(hours)
    return voice.say("%(moment)s, %(time)s after the last dose:", moment=moment, time=after(hours, unit, voice))


def chance_then(entry, voice=ENGLISH) -> str:
    """The chance of a positive test at a time that was asked about.

    Parameters
    ----------
    entry : dict
        Of `asked` in an answer.
    voice : Voice
    """
    return voice.say(
        "Positive urine tests: %(words)s (%(chance)s; model uncertainty %(low)s to %(high)s).",
        words=chances.about(entry["probability_positive"], voice),
        chance=chances.percent(entry["probability_positive"], voice),
        low=chances.percent(entry["low"], voice),
        high=chances.percent(entry["high"], voice),
    )


def where_numbers_are(answer, voice=ENGLISH) -> str:
    """Where the reader finds every number of the model, on this surface."""
    shown = {
        "terminal": "detectapi show {}",
        "notebook": 'detectapi.show_substance("{}")',
        "page": "/substances/{}",
    }.get(voice.surface, "/v1/substances/{}")
    place = ", ".join(shown.format(substance) for substance in answer.get("uses") or [answer["substance"]])
    return voice.say("Every number of the model with its source: %(place)s", place=place)
