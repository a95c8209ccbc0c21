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
ONE_SIDED, GROUPS = ("at-most", "at-least"), ("class", "quantity", "reading", "access")
FITTED = {"0": False, "0.0": False, "1": True, "1.0": True}
HEAD = "fitted|group|numbers|publications|interval score|CRPS|in 50 %|in 90 %|in 95 %|width".split("|")


def read(file):
    """The lines of a CSV file, as a list of dict. Spreadsheets put a mark before the text."""
    with open(file, encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def join(table, predictions):
    """Each forecast with its line of the table; left out are one-sided, restated and missing numbers.

    ``table`` and ``predictions`` are lists of dict. It returns a list of tuples: the line of the table, the forecast (seven
    quantiles, or a sorted sample), whether the forecaster saw the number before. It raises ValueError, with the id, where a
    column is missing, an id is unknown or occurs twice, samples are few, quantiles are no numbers or fall, or `fitted` is wrong.
    """
    columns = ["sample"] if predictions and "sample" in predictions[0] else [f"{level:g}" for level in LEVELS]
    missing = {"id", *columns} - set(predictions[0] if predictions else ())
    if missing:
        raise ValueError(f"no line, or columns are missing: {', '.join(sorted(missing))}")
    by_id, joined, gathered = {line["id"]: line for line in table}, [], {}
    for forecast in predictions:
        gathered.setdefault(forecast["id"], []).append(forecast)
    for name, forecasts in gathered.items():
        if name not in by_id:
            raise ValueError(f"{name}: the table has no such id")
        if len(forecasts) > 1 and columns != ["sample"]:
            raise ValueError(f"{name}: this id is on {len(forecasts)} lines of the predictions")
        line, values = by_id[name], np.array([_number(one, column) for one in forecasts for column in columns])
        values, few = (np.sort(values), len(values) < FEWEST) if columns == ["sample"] else (values, False)
        if few or (np.diff(values) < 0.0).any():
            raise ValueError(f"{name}: quantiles must not fall, samples must be at least {FEWEST} numbers")
        stated = {(one.get("fitted") or "").strip() for one in forecasts} - {""}
        if len(stated) > 1 or stated - set(FITTED):
            raise ValueError(f"{name}: fitted must be 0 or 1, the same on each line")
        if is_scored(line):
            joined.append((line, values, FITTED[stated.pop()] if stated else line["used"] != "aside"))
    return joined


def _number(forecast, column):
    try:
        value = float(forecast[column] or "")
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{forecast['id']}: column {column} must be a number")
    return value


def is_scored(line):
    """Whether a line of the table has a number that forecasts are scored on."""
    return bool(line["low"]) and not line["same_as"] and line["statistic"] not in ONE_SIDED


def each(joined):
    """The scores of each number, on the scale ln(number + offset), as an array of shape (n, 6).

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
    """The means of scores, shape (n, 6), with 90 % bootstrap intervals over publications, of which each number has one.

    Returns an array of shape (3, 6): mean, lower and upper end.
    """
    names, index = np.unique(publications, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, index, values)
    counts = np.bincount(index)
    drawn = np.random.default_rng(SEED).integers(len(names), size=(RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)[:, None]
    return np.vstack([values.mean(axis=0), np.quantile(means, [0.05, 0.95], axis=0)])


def lines(joined):
    """The table of scores, as tuples of str: all numbers, then by class, quantity, reading and access; fitted numbers apart."""
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


def printed(table, predictions):
    """The table of scores as Markdown, and how many of the numbers were forecast. Parameters as in `join`."""
    joined = join(table, predictions)
    count = f"{len(joined)} of the {sum(map(is_scored, table))} numbers that are scored were forecast."
    return f"{markdown(HEAD, lines(joined))}\n\n{count}"


def markdown(head, rows):
    """A table in Markdown. ``head`` and each of ``rows`` are sequences of str."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    known = sys.argv[2] if len(sys.argv) > 2 else Path(__file__).with_name("table.csv")
    try:
        print(printed(read(known), read(sys.argv[1])))
    except ValueError as error:
        sys.exit(str(error))
