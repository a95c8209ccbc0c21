"""How far curves are drawn: only so far that they can be read. A time that is asked about later is said in words."""

from __future__ import annotations

from detectapi.telling.chances import LEAST

FARTHEST = 2.0
"""Times the last time with a chance worth a name, up to which a curve is drawn."""
SHORTEST = 1.0
"""A curve is drawn to here even where no specimen is ever positive. [h]"""


def drawn_end(curve) -> float:
    """The time of the last point of a curve that is drawn; 0 where it has none. [h]

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.
    """
    times = curve["time_h"]
    positive = (time for time, chance in zip(times, curve["probability_positive"], strict=True) if chance > LEAST)
    far = max(FARTHEST * max(positive, default=0.0), SHORTEST)
    return max((time for time in times if time <= far), default=0.0)


def until(points, end: float):
    """Lists along ``time_h``, cut after a time.

    Parameters
    ----------
    points : dict of str to list
    end : float
        [h]
    """
    count = sum(time <= end for time in points["time_h"])
    return {name: values[:count] for name, values in points.items()}


def drawn_part(curve):
    """A curve without the times that are asked about long after everything is negative."""
    return until(curve, drawn_end(curve))
