"""Score forecasts of the benchmark with numpy and nothing else: python score.py predictions.csv [table.csv]

A file of predictions has one line for each number that is forecast: `id`, the quantiles 0.025, 0.05, 0.25, 0.5, 0.75, 0.95 and
0.975 in the unit of the table, and if known `fitted` (1 or 0): whether the forecaster saw the number before. Without that column,
`used` of the table stands for it. In place of quantiles it may have samples: `id`, `sample`, and a line for each. See README.md.
"""

import csv
import sys
from pathlib import Path

import numpy as np

LEVELS = np.array([0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975])
GRID = (np.arange(400) + 0.5) / 400
LINES = np.array([np.interp(GRID, LEVELS, unit) for unit in np.eye(len(LEVELS))])
"""From seven quantiles to those of a fine grid, along straight lines."""
SEED, RESAMPLES, FLOOR, FEWEST = 20261129, 1000, 1e-12, 20
ONE_SIDED = ("at-most", "at-least")
GROUPS = ("class", "quantity", "reading", "access")
HEAD = "fitted|group|numbers|publications|interval score|CRPS|in 50 %|in 90 %|in 95 %|width".split("|")


def read(file):
    """The lines of a CSV file, as a list of dict. Spreadsheets put a mark before the text."""
    with open(file, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def join(table, predictions):
    """Each forecast with its line of the table; left out are one-sided, restated and missing numbers.

    Parameters
    ----------
    table, predictions : list of dict

    Returns
    -------
    list of (dict, array, bool)
        The line of the table, the forecast (seven quantiles, or a sorted sample), whether the forecaster saw the number before.

    Raises
    ------
    ValueError
        A column is missing, an id is not in the table or occurs twice, samples are few, or quantiles are no numbers or fall.
    """
    columns = ["sample"] if predictions and "sample" in predictions[0] else [f"{level:g}" for level in LEVELS]
    missing = {"id", *columns} - set(predictions[0] if predictions else ())
    if missing:
        raise ValueError(f"no line, or columns are missing: {', '.join(sorted(missing))}")
    by_id, joined = {line["id"]: line for line in table}, []
    gathered: dict = {}
    for forecast in predictions:
        gathered.setdefault(forecast["id"], []).append(forecast)
    for name, forecasts in gathered.items():
        if name not in by_id or (len(forecasts) > 1 and columns != ["sample"]):
            raise ValueError(f"{name}: not in the table, or twice in the predictions")
        line, values = by_id[name], np.array([float(one[column]) for one in forecasts for column in columns])
        values, few = (np.sort(values), len(values) < FEWEST) if columns == ["sample"] else (values, False)
        if few or not np.isfinite(values).all() or (np.diff(values) < 0.0).any():
            raise ValueError(f"{name}: quantiles must be numbers that do not fall, samples at least {FEWEST} numbers")
        fitted = forecasts[0]["fitted"] == "1" if forecasts[0].get("fitted") else line["used"] != "aside"
        if line["low"] and not line["same_as"] and line["statistic"] not in ONE_SIDED:
            joined.append((line, values, fitted))
    return joined


def each(joined):
    """The scores of each number, on the scale ln(number + offset).

    Returns
    -------
    array, shape (n, 6)
        Interval score at 90 %, CRPS, whether it lies in the 50, 90 and 95 % interval, and the width of the 90 % interval.
    """
    return np.array([_scores(line, forecast) for line, forecast, _ in joined]).reshape(len(joined), 6)


def _scores(line, forecast):
    numbers = np.array([float(line["low"]), float(line["high"]), *forecast]) + float(line["log_offset"])
    low, high, *x = np.log(np.maximum(numbers, FLOOR))
    q, fine = (x, x @ LINES) if len(x) == len(LEVELS) else (np.quantile(x, LEVELS), x)
    grid = (np.arange(len(fine)) + 0.5) / len(fine)
    width, missed = q[5] - q[1], max(q[1] - high, 0.0) + max(low - q[5], 0.0)
    nearest = np.clip(fine, low, high)  # what is known as an interval is missed by the distance to it
    pinball = np.where(nearest >= fine, grid, grid - 1.0) * (nearest - fine)
    inside = [high >= q[i] and low <= q[-1 - i] for i in (2, 1, 0)]
    return [width + 20.0 * missed, 2.0 * pinball.mean(), *inside, width]


def summary(values, publications):
    """The means of scores, with 90 % bootstrap intervals over publications.

    Parameters
    ----------
    values : array, shape (n, 6)
    publications : list of str
        Of each number.

    Returns
    -------
    array, shape (3, 6)
        Mean, lower and upper end.
    """
    names, index = np.unique(publications, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, index, values)
    counts = np.bincount(index)
    drawn = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None]
    return np.vstack([values.mean(axis=0), np.quantile(means, [0.05, 0.95], axis=0)])


def lines(joined):
    """The table of scores: all numbers, then by class, quantity, reading and access; fitted numbers apart.

    Returns
    -------
    list of tuple of str
        In the order of ``HEAD``.
    """
    values, out = each(joined), []
    for fitted in (False, True):
        own = [i for i, item in enumerate(joined) if item[2] is fitted]
        names = {f"{key}: {joined[i][0][key]}" for key in GROUPS for i in own}
        for name in ["all", *sorted(names, key=lambda text: (GROUPS.index(text.split(":")[0]), text))]:
            key, _, value = name.partition(": ")
            chosen = [i for i in own if name == "all" or joined[i][0][key] == value]
            if chosen:
                out.append(_line("yes" if fitted else "no", name, values[chosen], [joined[i][0] for i in chosen]))
    return out


def _line(fitted, name, values, rows):
    publications = [row["publication"] for row in rows]
    mean, low, high = summary(values, publications)
    spread = [f"{mean[i]:.3g} ({low[i]:.3g} to {high[i]:.3g})" for i in (0, 1)]
    inside = [f"{values[:, i].sum():.0f} of {len(rows)} ({low[i]:.2f} to {high[i]:.2f})" for i in (2, 3, 4)]
    width = "{:.3g} ({:.3g} to {:.3g})".format(*np.exp([mean[5], low[5], high[5]]))
    return (fitted, name, str(len(rows)), str(len(set(publications))), *spread, *inside, width)


def markdown(head, rows):
    """A table in Markdown. ``head`` and each of ``rows`` are sequences of str."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    known = sys.argv[2] if len(sys.argv) > 2 else Path(__file__).with_name("table.csv")
    print(markdown(HEAD, lines(join(read(known), read(sys.argv[1])))))
