"""The sentences of the report and the page, in any voice, the range before the number."""

from detectapi.telling.voice import ENGLISH

LONG_H = 48.0  # from here on people think in days


def span(hours, voice=ENGLISH):
    """A length of time as people say it: "40 minutes", "38 hours", "4.3 days", "23 days", "9 weeks".

    Parameters
    ----------
    hours : float
        [h]
    voice : Voice
        Says it.
    """
    if hours < 1.5:
        return voice.say("%(number)s minutes", number=voice.number(hours * 60, ".0f"))
    if hours < LONG_H:
        return voice.say("%(number)s hours", number=voice.number(hours, ".1f" if hours < 10 else ".0f"))
    days = hours / 24
    if days < 60:
        return voice.say("%(number)s days", number=voice.number(days, ".1f" if days < 10 else ".0f"))
    return voice.say("%(number)s weeks", number=voice.number(days / 7, ".0f"))


def moment(hours, voice=ENGLISH):
    """A time as people say it, with the hours of the answer behind it."""
    if hours < LONG_H:
        return voice.say("%(number)s hours", number=voice.number(hours))
    return voice.say("%(span)s (%(number)s h)", span=span(hours, voice), number=voice.number(hours))


def clock(window):
    """The window's clock times where the answer has them, as people write them; else nothing."""
    moments = [window[name] for name in ("low_at", "median_at", "high_at") if name in window]
    return [f"{moment[:10]} {moment[11:16]} (UTC{moment[19:]})".replace("(UTCZ)", "(UTC)") for moment in moments]


def share(probability, voice=ENGLISH):
    """A share as people say it: "1 in 20" for small round ones, else a percentage."""
    if 0 < probability < 0.2 and abs(1 / probability - round(1 / probability)) < 1e-6:
        return voice.say("1 in %(number)s", number=voice.number(round(1 / probability)))
    return voice.say("%(number)s %%", number=voice.number(100 * probability, ".3g"))


def sentences(window, voice=ENGLISH):
    """What a window says beyond its headline.

    Parameters
    ----------
    window : dict
        As `window` in an answer.
    voice : Voice
        Says it.

    Returns
    -------
    list of str
    """
    ever, rest = window["ever_positive"], (1 - window["level"]) / 2
    median, high = moment(window["median_h"], voice), moment(window["high_h"], voice)
    few = share(rest, voice)
    if ever == 0:
        return [voice.say("No specimen would be expected to test positive at any time.")]
    if window["high_h"] == 0:
        return [voice.say("Fewer than %(few)s specimens would be expected to test positive at any time.", few=few)]
    said = []
    if window["median_h"] > 0:
        values = {"median": median, "few": few, "high": high}
        said.append(
            voice.say("Half of specimens would still test positive at about %(median)s, %(few)s at %(high)s.", **values)
        )
    else:
        said.append(voice.say("%(few)s would still test positive at %(high)s.", few=capital(few), high=high))
    if ever < 1 - rest:
        part = share(ever, voice)
        said.append(voice.say("%(part)s of people would have a positive specimen at some time.", part=part))
    band = window["median_knowledge_h"]
    if band["high"] > band["low"]:
        said.append(
            voice.say(
                "What is not known well could move the half point to anywhere from %(low)s to %(high)s.",
                low=span(band["low"], voice),
                high=span(band["high"], voice),
            )
        )
    return said


def headline(window, voice=ENGLISH):
    """The range in large letters, before any single number."""
    if window["ever_positive"] == 0 or window["high_h"] == 0:
        return voice.say("A positive test is not to be expected")
    if window["low_h"] <= 0:
        return voice.say("Most likely for at most about %(high)s", high=span(window["high_h"], voice))
    return voice.say(
        "Most likely between about %(low)s and %(high)s",
        low=span(window["low_h"], voice),
        high=span(window["high_h"], voice),
    )


def capital(sentence):
    """With a capital letter first, the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def in_ten(probability, voice=ENGLISH):
    """A probability as people picture it: "about 6 in 10"."""
    if probability >= 0.995:
        return voice.say("nearly all")
    if probability >= 0.95:
        return voice.say("about %(number)s in 100", number=round(100 * probability))
    if probability >= 0.095:
        return voice.say("about %(number)s in 10", number=min(round(10 * probability), 9))
    if probability >= 0.0095:
        return voice.say("about %(number)s in 100", number=round(100 * probability))
    if probability >= 0.001:
        return voice.say("fewer than 1 in 100")
    return voice.say("hardly any")


def percent(probability, voice=ENGLISH):
    """A probability as the answer has it, to a tenth of a percent."""
    return voice.say("%(number)s %%", number=voice.number(round(100 * probability, 1)))


def tail(window, voice=ENGLISH):
    """The share still positive at the upper end: "1 in 20"."""
    return share((1 - window["level"]) / 2, voice)


def cutoffs(answer, voice=ENGLISH):
    """What counts as positive: each analyte with its cutoff."""
    parts = [
        voice.say(
            "%(analyte)s from %(number)s ng/mL",
            analyte=analyte(entry["analyte"], voice),
            number=voice.number(entry["cutoff_ng_ml"]),
        )
        for entry in answer["analytes"]
    ]
    return (voice.say(" and ") if answer["rule"] == "all" else voice.say(" or ")).join(parts)


def analyte(name, voice=ENGLISH):
    """An analyte or a substance as people read it; the catalogues have the names of the data."""
    return voice.say(name)


def table_rows(curve, most=13):
    """Times of the curve to read off: some of its own points, so that the numbers are those of the answer.

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.
    most : int
        Rows at most.

    Returns
    -------
    list of tuple
        (hours, probability, low, high)
    """
    rows = list(zip(curve["time_h"], curve["probability_positive"], curve["low"], curve["high"], strict=True))
    step = -(-len(rows) // most) if rows else 1
    chosen = rows[::step]
    return chosen if not rows or chosen[-1] is rows[-1] else [*chosen, rows[-1]]


SOURCES = ("people", "specimen", "knowledge", "inputs", "assay")


def share_words(voice=ENGLISH):
    """What each source of spread means."""
    return {
        "people": voice.say("People differ in how their bodies handle the substance"),
        "specimen": voice.say("Urine differs from one visit to the toilet to the next"),
        "knowledge": voice.say("What science does not know well"),
        "inputs": voice.say("What was not entered, or only roughly"),
        "assay": voice.say("The measurement in the laboratory"),
    }


def grade_words(voice=ENGLISH):
    """What each grade of evidence means."""
    return {
        "validated": voice.say("Checked: the model was compared with measurements it had not seen."),
        "calibrated": voice.say("Fitted: the model was set so that it agrees with measurements like this one."),
        "extrapolated": voice.say(
            "Carried over: no study measured this directly; the answer is built from related studies."
        ),
        "hypothesis": voice.say("A hypothesis: very few people were studied. Take the range as a rough guide."),
    }


def grade_names(voice=ENGLISH):
    """The grades' names."""
    return {
        "validated": voice.say("validated"),
        "calibrated": voice.say("calibrated"),
        "extrapolated": voice.say("extrapolated"),
        "hypothesis": voice.say("hypothesis"),
    }


def limits(voice=ENGLISH):
    """What an estimate is not; in English the words of the answer itself."""
    return voice.say("Estimate for information. Not a laboratory result, and not evidence of use or non-use.")
