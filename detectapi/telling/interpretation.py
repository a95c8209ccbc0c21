"""What an interpretation says: balanced between accounts, never a verdict, never a probability that somebody used something."""

from __future__ import annotations

from detectapi.telling import chances, sentences
from detectapi.telling.dilute_negatives import dilute_negative
from detectapi.telling.durations import after, figure, unit_for
from detectapi.telling.evidence import grade_names
from detectapi.telling.lines import fill, finish
from detectapi.telling.numbers import two_figures
from detectapi.telling.placed_results import analyte, each_result
from detectapi.telling.retelling import quoted as quoted_sentence
from detectapi.telling.unread_specimens import are_read, unread
from detectapi.telling.voice import ENGLISH, capital

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

ALWAYS = 0.9995
"""A probability from which on nothing is said of it."""

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


def quoted(account: str, voice=ENGLISH) -> str:
    """An account by the name that the request gave it."""
    return voice.say("“%(account)s”", account=account)


def comparison(entry, voice=ENGLISH) -> str:
    """A comparison of two accounts; parameters as of `compared`."""
    return " ".join(compared(entry, voice))


def compared(entry, voice=ENGLISH) -> list[str]:
    """A comparison of two accounts, in sentences.

    Parameters
    ----------
    entry : dict
        As one of `comparisons` in an answer.
    voice : Voice
    """
    first, second = quoted(entry["first"], voice), quoted(entry["second"], voice)
    if entry["log10_lr"] is None:
        return [voice.say(
            "The model expects these results neither under %(first)s nor under %(second)s. So no ratio is given.",
            first=first, second=second,
        )]  # fmt: skip
    favoured, other = (first, second) if entry["favours"] != entry["second"] else (second, first)
    if entry["support"] == "none":
        return [voice.say(
            "These results are about as probable if %(first)s is true as if %(second)s is. They support neither over the other.",
            first=first, second=second,
        )]  # fmt: skip
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
    return [
        said,
        voice.say("This is %(support)s for %(favoured)s over %(other)s.", **values),
        voice.say("It is not the probability that %(favoured)s is true.", **values),
    ]


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


def side(entry) -> str:
    """Where a result lies after the earlier specimens: "above", "below" or "within" the range that an account gives."""
    later = entry["after_earlier"]
    between = entry.get("between_ng_ml", {})
    least = entry.get("value_ng_ml", between.get("low", 0.0))
    most = entry.get("value_ng_ml", between.get("high", entry.get("below_ng_ml")))
    if least > later["high_ng_ml"]:
        return "above"
    return "below" if most < later["low_ng_ml"] else "within"


def in_turn(entry, level: float, voice=ENGLISH) -> list[str]:
    """Which later specimens need a further use to be explained, a sentence for each.

    That one needs none is said only under an account that explains the results.

    Parameters
    ----------
    entry : dict
        As one of `accounts` in an answer.
    level : float
        Of the expected ranges.
    voice : Voice
    """
    later = [one for one in entry["results"] if "after_earlier" in one]
    and_ = voice.say(" and ")
    said = []
    for specimen in dict.fromkeys(one["specimen"] for one in later):
        above = [analyte(one, voice) for one in later if one["specimen"] == specimen and side(one) == "above"]
        values = {"specimen": specimen, "account": quoted(entry["id"], voice)}
        if above:
            said.append(voice.say(
                "For %(analytes)s, specimen %(specimen)s lies above the range that %(account)s gives after the earlier specimens."
                " Even without any further use, of each such result %(tail)s would lie above it.",
                analytes=and_.join(above), tail=chances.in_100(0.5 * (1.0 - level), voice), **values,
            ))  # fmt: skip
        elif entry["explained"]:
            said.append(voice.say(
                "Specimen %(specimen)s needs no further use to be explained: no result lies above the range that %(account)s gives"
                " after the earlier specimens. That does not show that there was none.", **values,
            ))  # fmt: skip
    return said


def joint(entry, voice=ENGLISH) -> str:
    """How usual all results together are under an account: first which of them lie below limits, then the values."""
    share, pattern = entry["joint"]["percentile"], entry["joint"]["pattern_probability"]
    same = capital(chances.share(pattern, voice))
    if share is None:
        return voice.say("%(part)s such sets of specimens would have the same results.", part=same)
    if pattern >= ALWAYS:
        return voice.say(
            "%(part)s such sets of specimens would have results that are as unusual or more so. This says nothing of other"
            " accounts.",
            part=capital(chances.share(share, voice)),
        )
    return voice.say(
        "%(same)s such sets of specimens would have the same results below limits and in screens. Of these, %(part)s would have"
        " values that are as unusual or more so. This says nothing of other accounts.",
        same=same, part=chances.about(share, voice),
    )  # fmt: skip


def last_use(entry, voice=ENGLISH) -> str:
    """When the use ended whose time is not known, if the account is true."""
    return " ".join(when_ended(entry, voice))


def when_ended(entry, voice=ENGLISH) -> list[str]:
    """The same in sentences: given the results, and before them."""
    when = entry["time_of_use"]
    unit = unit_for(max(when["high_h"], when["prior"]["high_h"]))
    low, high = figure(when["low_h"], unit, voice), after(when["high_h"], unit, voice)
    before = figure(when["prior"]["low_h"], unit, voice), after(when["prior"]["high_h"], unit, voice)
    values = {"account": quoted(entry["id"], voice), "specimen": when["before_specimen"]}
    return [
        voice.say(
            "If %(account)s is true, the use whose time is not known ended usually between %(low)s and %(high)s before specimen"
            " %(specimen)s.", low=low, high=high, **values,
        ),
        voice.say("Before the results that range was %(low)s to %(high)s.", low=before[0], high=before[1]),
    ]  # fmt: skip


def planned(entry, answer, voice=ENGLISH) -> str:
    """The chance of a positive planned test, before and after the results; parameters as of `of_account`."""
    chance = entry["planned"]
    values = {
        "account": quoted(entry["id"], voice), "after": chances.in_100(chance["probability_given_results"], voice),
        "before": chances.in_100(chance["probability_before"], voice),
    }  # fmt: skip
    tests = {one["planned"]["assay"] for one in answer["accounts"] if "planned" in one}
    if len(tests) > 1:
        return voice.say(
            "If %(account)s is true and nothing is used until then, the planned test, which is %(test)s for this account, is"
            " positive in %(after)s such cases; before the results it was %(before)s.", test=chance["assay"], **values,
        )  # fmt: skip
    return voice.say(
        "If %(account)s is true and nothing is used until then, the planned test is positive in %(after)s such cases; before the"
        " results it was %(before)s.", **values,
    )  # fmt: skip


def title(answer, voice=ENGLISH) -> str:
    """What an interpretation is about: the substances of all accounts, in one order whichever account stands first."""
    uses = sorted({one for entry in answer["accounts"] for one in entry.get("substances", [entry["substance"]])})
    if not are_read(answer["specimens"]):
        return sentences.title(answer | {"uses": uses}, voice)
    names = " + ".join(sentences.name(one, voice) for one in uses)
    return voice.say("Results of %(substance)s in urine", substance=names)


def grade(entry, voice=ENGLISH) -> str:
    """The evidence grade of an account."""
    evidence = entry["evidence"]
    word, because = evidence["grade"], evidence["because"]
    return voice.say(
        "Evidence for %(account)s: %(grade)s. %(because)s",
        account=quoted(entry["id"], voice), grade=grade_names(voice)[word],
        because=quoted_sentence(because, voice).text,
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
    said = lines(answer, voice)
    remarks = [
        text for text in (quoted_sentence(one["message"], voice).text for one in answer["notes"]) if text not in said
    ]
    parts = [
        fill(title(answer, voice)),
        "",
        *map(fill, said),
        "",
        *(fill(grade(entry, voice)) for entry in answer["accounts"]),
        "",
        *(fill(remark, "* ") for remark in remarks),
        "",
        fill(voice.say(LIMITS)),
    ]
    return finish(parts, plain)


def lines(answer, voice=ENGLISH) -> list[str]:
    """An interpretation in sentences: comparisons, then each account; else why no specimen is interpreted."""
    if not are_read(answer["specimens"]):
        return unread(answer["specimens"], voice)
    said = []
    for entry in answer["comparisons"]:
        said += [comparison(entry, voice), robustness(entry, voice)]
    for entry in answer["accounts"]:
        said += [voice.say("Under %(account)s:", account=quoted(entry["id"], voice))]
        said += [*each_result(entry, answer, voice), *of_account(entry, answer, voice)]
    return [one for one in said if one]


def of_account(entry, answer, voice=ENGLISH) -> list[str]:
    """What all results say under an account.

    Parameters
    ----------
    entry : dict
        As one of `accounts` in an answer.
    answer : dict
        The answer that it belongs to.
    voice : Voice
    """
    said = [*in_turn(entry, answer["level"], voice), joint(entry, voice)]
    said += [dilute_negative(quoted(entry["id"], voice), one, voice) for one in entry.get("dilute_negatives", ())]
    said += [last_use(entry, voice)] if "time_of_use" in entry else []
    return said + ([planned(entry, answer, voice)] if "planned" in entry else [])


def headline(answer, voice=ENGLISH) -> str:
    """The sentence that stands first: of the first comparison, else of the first account's last use, else of its results.

    Where no specimen is interpreted, it says why.
    """
    if not are_read(answer["specimens"]):
        return unread(answer["specimens"], voice)[0]
    if answer["comparisons"]:
        return compared(answer["comparisons"][0], voice)[0]
    timed = next((entry for entry in answer["accounts"] if "time_of_use" in entry), None)
    return when_ended(timed, voice)[0] if timed else joint(answer["accounts"][0], voice)
