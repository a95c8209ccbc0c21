"""An answer in words: sentences that the terminal, the notebook and any page share."""

from detectapi.voice import ENGLISH

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
    """A time after the last dose: as people say it, with the hours behind it where those differ."""
    if hours < LONG_H:
        return span(hours, voice)
    return voice.say("%(span)s (%(number)s h)", span=span(hours, voice), number=voice.number(hours))


def share(probability, voice=ENGLISH):
    """A share as people say it: "1 in 20" for small round ones, else a percentage."""
    if 0 < probability < 0.2 and abs(1 / probability - round(1 / probability)) < 1e-6:
        return voice.say("1 in %(number)s", number=voice.number(round(1 / probability)))
    return voice.say("%(number)s %%", number=voice.number(100 * probability, ".3g"))


def window_sentences(window, voice=ENGLISH):
    """What a window says, the range before the number.

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
    ever, tail = window["ever_positive"], (1 - window["level"]) / 2
    low, median, high = (moment(window[name], voice) for name in ("low_h", "median_h", "high_h"))
    few = share(tail, voice)
    if ever == 0:
        return [voice.say("No specimen would be expected to test positive at any time.")]
    if window["high_h"] == 0:
        return [voice.say("Fewer than %(few)s specimens would be expected to test positive at any time.", few=few)]
    if window["low_h"] > 0:
        sentences = [
            voice.say(
                "The last positive specimen is most likely between %(low)s and %(high)s after the last dose.",
                low=low,
                high=high,
            )
        ]
    else:
        sentences = [
            voice.say(
                "Most likely positive for at most %(high)s after the last dose, and in some people never.", high=high
            )
        ]
    if ever < 1 - tail:
        sentences.append(
            voice.say("%(part)s of people would have a positive specimen at some time.", part=share(ever, voice))
        )
    if window["median_h"] > 0:
        sentences.append(
            voice.say(
                "Half of specimens would still test positive at %(median)s, %(few)s at %(high)s.",
                median=median,
                few=few,
                high=high,
            )
        )
    else:
        sentences.append(voice.say("%(few)s would still test positive at %(high)s.", few=few.capitalize(), high=high))
    return sentences


def probability_at(curve, hours, name="probability_positive"):
    """Probability that a specimen is positive at a time, linear between the curve's points.

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.
    hours : float
        [h]
    name : str
        Which line of the curve; its ``low`` and ``high`` are the band.

    Returns
    -------
    float
        The last point's beyond the curve's end.
    """
    times, values = curve["time_h"], curve[name]
    for before, after, left, right in zip(times, times[1:], values, values[1:], strict=False):
        if before <= hours <= after:
            return left + (right - left) * (hours - before) / (after - before)
    return values[-1] if values else 0.0
