"""What an interpretation says: balanced between accounts, never a verdict, never a probability that somebody used something."""

from __future__ import annotations

from detectapi.telling import chances
from detectapi.telling.durations import after, figure, unit_for
from detectapi.telling.evidence import grade_names
from detectapi.telling.lines import fill, finish
from detectapi.telling.numbers import two_figures
from detectapi.telling.sentences import capital, name
from detectapi.telling.voice import ENGLISH

LIMITS = (
    "Interpretation for information. Not a laboratory result, and no proof of use or of abstinence. A decision about a person"
    " belongs to a person who knows the whole case."
)
"""What an interpretation is not, as every answer states it."""

SUPPORT = {
    "none": "no support",
    "weak": "weak support",
    "moderate": "moderate support",
    "moderately-strong": "moderately strong support",
    "strong": "strong support",
}
"""Words for a ratio, by the word of the table."""

CHANGES = {
    "doses-halved": "all doses half as large",
    "doses-doubled": "all doses twice as large",
    "prior-uniform": "every hour of last use alike",
    "prior-log-uniform": "every factor in the hours before the specimen alike",
    "no-departures": "no specimen departs from the model altogether",
    "more-departures": "5 in 100 specimens depart from the model altogether",
    "more-scatter": "specimens scatter one and a half times as much",
    "without-analyte": "without %(analyte)s",
    "urine-not-used": "creatinine and specific gravity not used",
    "not-calibrated": "typical values as they were before calibration",
}
"""Other assumptions, by their code."""

NOTES = {
    "model-does-not-explain": (
        "The model does not expect these results under %(account)s. They may have causes outside the model. So nothing"
        " further is read from them for this account."
    ),
    "interpretation-hypothesis": (
        "What is known of this use rests on a hypothesis. So no ratio above %(largest)s is shown."
    ),
    "interpretation-extrapolated": ("No study measured exactly this use. So no ratio above %(largest)s is shown."),
    "specimen-not-interpreted": (
        "Specimen %(specimen)s would be reported as %(word)s (%(rule)s). Its results are not interpreted."
    ),
    "dilute-specimen": (
        "Specimen %(specimen)s would be reported as dilute (%(rule)s). A positive result stays positive. A negative result weighs"
        " less; the creatinine is part of the calculation."
    ),
    "screen-only": (
        "Specimen %(specimen)s has the verdict of a screen and no confirmation. Screens respond to other substances too,"
        " and that is not part of the calculation."
    ),
    "creatinine-missing": (
        "Specimen %(specimen)s has neither creatinine nor specific gravity. Its dilution is taken as it varies in the population."
    ),
    "chain-of-custody-unknown": (
        "Whether the specimens are those of this person, and the results correct, is taken for granted."
    ),
    "single-specimen-new-use": (
        "One specimen tells a further use from earlier use only by its level. Two specimens with creatinine tell more."
    ),
    "few-draws": "Few simulated cases fit these results (effective number %(number)s). The numbers are less exact than usual.",
    "dot-not-considered": (
        "In the programme of the United States Department of Transportation a medical review officer does not consider other"
        " specimens, or passive or unknowing exposure (49 CFR 40.151). What this answer says of these has no use there."
    ),
}
"""The template of each note."""


def note(code: str, voice=ENGLISH, **values) -> dict[str, str]:
    """A note as an answer holds it."""
    return {"code": code, "message": voice.say(NOTES[code], **values)}


def quoted(account: str, voice=ENGLISH) -> str:
    """An account by the name that the request gave it."""
    return voice.say("“%(account)s”", account=account)


def comparison(entry, voice=ENGLISH) -> str:
    """A comparison of two accounts.

    Parameters
    ----------
    entry : dict
        As one of `comparisons` in an answer.
    voice : Voice
    """
    first, second = quoted(entry["first"], voice), quoted(entry["second"], voice)
    if entry["log10_lr"] is None:
        return voice.say(
            "The model expects these results neither under %(first)s nor under %(second)s. So no ratio is given.",
            first=first, second=second,
        )  # fmt: skip
    favoured, other = (first, second) if entry["favours"] != entry["second"] else (second, first)
    if entry["support"] == "none":
        return voice.say(
            "These results are about as probable if %(first)s is true as if %(second)s is. They support neither over the other.",
            first=first, second=second,
        )  # fmt: skip
    values = {"favoured": favoured, "other": other, "times": voice.number(two_figures(entry["ratio"]))}
    how_much = (
        voice.say("at least %(times)s times", **values)
        if entry["at_least"]
        else voice.say("about %(times)s times", **values)
    )
    said = voice.say(
        "These results are %(how_much)s more probable if %(favoured)s is true than if %(other)s is.",
        how_much=how_much, **values,
    )  # fmt: skip
    words = SUPPORT[entry["support"]]
    values["support"] = voice.say(words)
    return " ".join([
        said,
        voice.say("This is %(support)s for %(favoured)s over %(other)s.", **values),
        voice.say("It is not the probability that %(favoured)s is true.", **values),
    ])  # fmt: skip


def robustness(entry, voice=ENGLISH) -> str:
    """How far a comparison depends on the assumptions."""
    if entry["log10_lr"] is None:
        return ""
    if entry["robust"]:
        return voice.say("The words stay the same under every other assumption that was tried.")
    return voice.say(
        "Under other assumptions that were tried, the ratio of %(first)s to %(second)s lies between %(low)s and %(high)s.",
        first=quoted(entry["first"], voice), second=quoted(entry["second"], voice),
        low=times(entry["range_log10"]["low"], voice), high=times(entry["range_log10"]["high"], voice),
    )  # fmt: skip


def times(log10: float, voice=ENGLISH) -> str:
    """A ratio by its decimal logarithm: "40", or "1/40"."""
    size = voice.number(two_figures(10.0 ** abs(log10)))
    return voice.say("1/%(number)s", number=size) if log10 < 0.0 and size != "1" else size


def place(entry, voice=ENGLISH) -> str:
    """Where one result lies among those that an account gives.

    Parameters
    ----------
    entry : dict
        As one of `results` of an account in an answer.
    voice : Voice
    """
    analyte = name(entry["analyte"], voice)
    values = {
        "analyte": voice.say("%(analyte)s after hydrolysis", analyte=analyte) if entry.get("hydrolysed") else analyte,
        "low": voice.number(entry["expected"]["low_ng_ml"]),
        "high": voice.number(entry["expected"]["high_ng_ml"]),
        "part": capital(chances.about(entry["probability"], voice)),
    }
    if "value_ng_ml" in entry:
        return voice.say(
            "%(part)s such specimens would have at most %(value)s ng/mL of %(analyte)s; 9 of 10 between %(low)s and %(high)s.",
            value=voice.number(entry["value_ng_ml"]), **values,
        )  # fmt: skip
    if "below_ng_ml" in entry:
        return voice.say(
            "%(part)s such specimens would have less than %(value)s ng/mL of %(analyte)s; 9 of 10 between %(low)s and %(high)s.",
            value=voice.number(entry["below_ng_ml"]), **values,
        )  # fmt: skip
    return voice.say(
        "%(part)s such specimens would have %(analyte)s between these limits; 9 of 10 between %(low)s and %(high)s ng/mL.",
        **values,
    )


def after_earlier(entry, voice=ENGLISH) -> str:
    """Where one result lies among those that an account gives after the earlier specimens."""
    later = entry["after_earlier"]
    return voice.say(
        "Given the earlier specimens, %(part)s specimens %(specimen)s would have no more %(analyte)s than this one; 9 of 10 between"
        " %(low)s and %(high)s ng/mL.",
        part=chances.about(later["probability"], voice), specimen=entry["specimen"], analyte=name(entry["analyte"], voice),
        low=voice.number(later["low_ng_ml"]), high=voice.number(later["high_ng_ml"]),
    )  # fmt: skip


def joint(entry, voice=ENGLISH) -> str:
    """How usual all results together are under an account."""
    share = entry["joint"]["percentile"]
    if share is None:
        return voice.say(
            "%(part)s such sets of specimens would have the same results.",
            part=capital(chances.about(entry["joint"]["pattern_probability"], voice)),
        )
    return voice.say(
        "%(part)s such sets of specimens would have results that are as unusual or more so. This says nothing of other accounts.",
        part=capital(chances.about(share, voice)),
    )


def last_use(entry, voice=ENGLISH) -> str:
    """When the use ended whose time is not known, if the account is true."""
    when = entry["time_of_use"]
    unit = unit_for(max(when["high_h"], when["prior"]["high_h"]))
    low, high = figure(when["low_h"], unit, voice), after(when["high_h"], unit, voice)
    before = figure(when["prior"]["low_h"], unit, voice), after(when["prior"]["high_h"], unit, voice)
    values = {"account": quoted(entry["id"], voice), "specimen": when["before_specimen"]}
    return " ".join([
        voice.say(
            "If %(account)s is true, the use whose time is not known ended usually between %(low)s and %(high)s before specimen"
            " %(specimen)s.", low=low, high=high, **values,
        ),
        voice.say("Before the results that range was %(low)s to %(high)s.", low=before[0], high=before[1]),
    ])  # fmt: skip


def planned(entry, voice=ENGLISH) -> str:
    """The chance of a positive planned test, before and after the results."""
    chance = entry["planned"]
    return voice.say(
        "If %(account)s is true and nothing is used until then, the planned test is positive in %(after)s such cases; before the"
        " results it was %(before)s.",
        account=quoted(entry["id"], voice), after=chances.in_100(chance["probability_given_results"], voice),
        before=chances.in_100(chance["probability_before"], voice),
    )  # fmt: skip


def title(answer, voice=ENGLISH) -> str:
    """What an interpretation is about."""
    return voice.say("Results of %(substance)s in urine", substance=name(answer["substance"], voice))


def grade(entry, voice=ENGLISH) -> str:
    """The evidence grade of an account."""
    evidence = entry["evidence"]
    word, because = evidence["grade"], evidence["because"]
    return voice.say(
        "Evidence for %(account)s: %(grade)s. %(because)s",
        account=quoted(entry["id"], voice), grade=grade_names(voice)[word], because=voice.say(because),
    )  # fmt: skip


def summary(answer, plain=False, voice=ENGLISH) -> str:
    """An interpretation for a terminal.

    Parameters
    ----------
    answer : dict
        As `schemas.InterpretationResponseSchema`.
    plain : bool
        ASCII only.

    Returns
    -------
    str
        Lines of at most 78 characters, ended by a newline.
    """
    parts = [
        fill(title(answer, voice)),
        "",
        *(fill(said) for said in lines(answer, voice)),
        "",
        *(fill(grade(entry, voice)) for entry in answer["accounts"]),
        "",
        *(fill(one["message"], "* ") for one in answer["notes"]),
        "",
        fill(voice.say(LIMITS)),
    ]
    return finish(parts, plain)


def lines(answer, voice=ENGLISH) -> list[str]:
    """An interpretation in sentences: comparisons, then each account."""
    said = []
    for entry in answer["comparisons"]:
        said += [comparison(entry, voice), robustness(entry, voice)]
    for entry in answer["accounts"]:
        said.append(voice.say("Under %(account)s:", account=quoted(entry["id"], voice)))
        for one in entry["results"]:
            said.append(place(one, voice))
            said += [after_earlier(one, voice)] if "after_earlier" in one else []
        said.append(joint(entry, voice))
        said += [last_use(entry, voice)] if "time_of_use" in entry else []
        said += [planned(entry, voice)] if "planned" in entry else []
    return [one for one in said if one]
