"""Elimination at a constant rate: doses wait in the body and go one after the other.

What waits rises with each dose and falls at the constant rate for as long as there is any. So it is a line between a few points in
time, and what forms from it in proportion to its amount is an input whose rate is a line in time.
"""

from __future__ import annotations

import numpy as np

from detectapi.exponentials import Segments
from detectapi.model.arrays import Floats


def backlog(starts: Floats, durations: Floats, amounts: Floats, rate: Floats) -> Segments:
    """What waits in the body, as lines in time.

    Parameters
    ----------
    starts, durations : array, shape (m,)
        Of each single dose; a duration of 0 is at once. [h]
    amounts : array, shape (m, n)
        Of each dose in each draw. [umol]
    rate : array, shape (n,)
        At which it is eliminated; positive. [umol/h]

    Returns
    -------
    Segments
        Its ``rate`` and ``slope`` are those of what waits. [umol], [umol/h]
    """
    ends = (starts + durations)[durations > 0.0]
    times = np.unique(np.concatenate([starts, ends]))
    waiting = np.zeros(amounts.shape[1])
    rows = []
    for i, time in enumerate(times):
        at_once = (starts == time) & (durations == 0.0)
        waiting = waiting + amounts[at_once].sum(axis=0)
        running = (starts <= time) & (time < starts + durations)
        inflow = (amounts[running] / durations[running, np.newaxis]).sum(axis=0)
        slope, gap = inflow - rate, times[i + 1] - time if i + 1 < len(times) else np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            until_empty = np.where(slope < 0.0, waiting / -slope, np.inf)
        length = np.where((waiting <= 0.0) & (slope <= 0.0), 0.0, np.minimum(gap, until_empty))
        rows.append((np.full_like(rate, time), length, waiting, slope))
        waiting = np.where(until_empty > gap, np.maximum(waiting + slope * gap if np.isfinite(gap) else 0.0, 0.0), 0.0)
    return Segments(*(np.array(part).reshape(len(rows), -1) for part in zip(*rows, strict=True)))
