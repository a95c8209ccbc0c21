"""An answer in words: sentences that the terminal, the notebook and any page share."""

LONG_H = 48.0  # from here on people think in days


def span(hours):
    """A length of time as people say it: "40 minutes", "38 hours", "4.3 days", "23 days", "9 weeks".

    Parameters
    ----------
    hours : float
        [h]
    """
    if hours < 1.5:
        return f"{hours * 60:.0f} minutes"
    if hours < 10:
        return f"{hours:.1f} hours"
    if hours < LONG_H:
        return f"{hours:.0f} hours"
    days = hours / 24
    if days < 10:
        return f"{days:.1f} days"
    return f"{days:.0f} days" if days < 60 else f"{days / 7:.0f} weeks"


def moment(hours):
    """A time after the last dose: as people say it, with the hours behind it where those differ."""
    return f"{span(hours)} ({hours:g} h)" if hours >= LONG_H else span(hours)


def share(probability):
    """A share as people say it: "1 in 20" for small round ones, else as "62%"."""
    if 0 < probability < 0.2 and abs(1 / probability - round(1 / probability)) < 1e-6:
        return f"1 in {round(1 / probability)}"
    return f"{100 * probability:.3g}%"


def window_sentences(window):
    """What a window says, the range before the number.

    Parameters
    ----------
    window : dict
        As `window` in an answer.

    Returns
    -------
    list of str
    """
    ever, tail = window["ever_positive"], (1 - window["level"]) / 2
    low, median, high = window["low_h"], window["median_h"], window["high_h"]
    if ever == 0 or high == 0:
        few = "No specimen" if ever == 0 else f"Fewer than {share(tail)} specimens"
        return [f"{few} would be expected to test positive at any time."]
    if low > 0:
        sentences = [
            f"The last positive specimen is most likely between {moment(low)} and {moment(high)} after the last dose."
        ]
    else:
        sentences = [f"Most likely positive for at most {moment(high)} after the last dose, and in some people never."]
    if ever < 1 - tail:
        sentences.append(f"{share(ever).capitalize()} of people would have a positive specimen at some time.")
    if median > 0:
        sentences.append(
            f"Half of specimens would still test positive at {moment(median)}, {share(tail)} at {moment(high)}."
        )
    else:
        sentences.append(f"{share(tail).capitalize()} would still test positive at {moment(high)}.")
    return sentences


def probability_at(curve, hours):
    """Probability that a specimen is positive at a time, linear between the curve's points.

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.
    hours : float
        [h]

    Returns
    -------
    float
        The last point's beyond the curve's end.
    """
    times, values = curve["time_h"], curve["probability_positive"]
    for before, after, left, right in zip(times, times[1:], values, values[1:], strict=False):
        if before <= hours <= after:
            return left + (right - left) * (hours - before) / (after - before)
    return values[-1] if values else 0.0
