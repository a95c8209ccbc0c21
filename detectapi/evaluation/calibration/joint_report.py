"""The report of the joint fit: what it learned, how studies are forecast before and after, and where the misses lie."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detectapi.evaluation.benchmark.score import FLOOR
from detectapi.evaluation.benchmark.table import LOG_OFFSET, fitted_by
from detectapi.evaluation.validation import departures, rules
from detectapi.knowledge import DATA, catalog, observations
from detectapi.telling.numbers import three_figures as number
from detectapi.values.observation import Observation

REPORT = "between-studies.md"
WAYS = {
    "assumed": "departures as `validation.toml` assumes them; people of whom nothing is known",
    "described": "the same, with people as the words of the study's population describe them",
    "learned": "people as described, and departures as learned",
}
COMMON = {
    "common factor, relative to what was assumed": "common_factor",
    "how unequal kinds are": "kinds",
    "how unequal substances are": "substances",
    "how unequal publications are": "publications",
    "variance that rows of one kind and one publication share": "shared",
}
FEWEST = 4
"""Publications of a quantity, to say whether its forecasts lean."""
PRIOR_SEED, PRIOR_DRAWS = 1, 20_000
LIES_IN = {
    "parameter": "the model, or a value of it, does not hold for this study",
    "spread": "studies of this differ by so much, and no parameter is known to be wrong",
    "observation": "how the number was made is not known, or it is in doubt",
}


class Forecast(NamedTuple):
    """One number with its forecasts: seven quantiles for each way."""

    label: str
    row: Observation
    observed: tuple[float, float]
    quantiles: Mapping[str, Sequence[float]]

    def scores(self, way: str) -> tuple[float, ...]:
        """In 50, 90 and 95 %, the width of the 90 % interval and the interval score, on the scale of the benchmark."""
        offset = LOG_OFFSET.get(self.row.quantity, 0.0)
        q = np.log(np.maximum(np.array(self.quantiles[way]) + offset, FLOOR))
        low, high = np.log(np.maximum(np.array(self.observed) + offset, FLOOR))
        missed = max(q[1] - high, 0.0) + max(low - q[5], 0.0)
        inside = [float(high >= q[i] and low <= q[-1 - i]) for i in (2, 1, 0)]
        return *inside, float(q[5] - q[1]), float(q[5] - q[1] + 20.0 * missed)

    def inside(self, way: str) -> bool:
        """Whether the 90 % interval holds the number."""
        return bool(self.scores(way)[1])


def write(folder: Path) -> Path:
    """Write the report from what the fit wrote beside the data.

    Returns
    -------
    Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text(text(), encoding="utf-8", newline="\n")
    return folder / REPORT


def text() -> str:
    """The report in Markdown."""
    about = json.loads((DATA / f"{departures.NAME}.json").read_text(encoding="utf-8"))
    forecasts = _forecasts(about)
    aside = [one for one in forecasts if _is_aside(one.row)]
    parts = [
        "# How far studies depart from each other",
        "Written by `detectapi calibrate --joint`; do not edit. [calibration.md](../calibration.md) explains it.",
        "## In short",
        "\n".join(_in_short(aside)),
        "## Convergence",
        "\n".join(_convergence(about)),
        "## What was learned",
        _learned(about),
        "## Before and after",
        _before_and_after(forecasts),
        "## Do forecasts lean?",
        _leanings(forecasts),
        "## Where the misses lie",
        _misses(forecasts),
        "## Numbers that it was learned from",
        _teachers(about),
    ]
    return "\n\n".join(parts) + "\n"


def _forecasts(about: Mapping[str, Any]) -> list[Forecast]:
    rows = {row.id: row for row in observations.observations()}
    return [
        Forecast(label, rows[line["row"]], tuple(line["observed"]), line) for label, line in about["forecasts"].items()
    ]


def _is_primary(row: Observation) -> bool:
    return row.status == "read" and row.evidence.startswith("primary") and row.same_as is None


def _is_aside(row: Observation) -> bool:
    """Read in a primary source; no calibration was fitted to it, and no typical value was chosen by it."""
    return _is_primary(row) and not row.tuned and row.id not in fitted_by()


def _in_short(aside: Sequence[Forecast]) -> Iterator[str]:
    largest = Counter(_family(one.row) for one in aside).most_common(1)[0][0]
    for words, some in (
        (f"Of {len(aside)} numbers read in a primary source that informed nothing", aside),
        (f"Of those of {largest}", [one for one in aside if _family(one.row) == largest]),
    ):
        before, after = (np.array([one.scores(way) for one in some]) for way in ("assumed", "learned"))
        of, wider = f"of {len(some)}", after[:, 3].mean() / before[:, 3].mean()
        yield (
            f"- {words}, {before[:, 1].sum():.0f} {of} ({before[:, 1].mean():.0%}) lie in the 90 % interval of a forecast with what"
            f" was assumed of studies, and {after[:, 1].sum():.0f} ({after[:, 1].mean():.0%}) with what was learned of others."
            f" Width (upper over lower end): {np.exp(before[:, 3].mean()):.2f} before and {np.exp(after[:, 3].mean()):.2f} after,"
            f" by a factor of {wider:.2f} on the logarithm. Interval score: {before[:, 4].mean():.2f} before and"
            f" {after[:, 4].mean():.2f} after."
        )
    yield (
        "- None of these numbers was used: departures are learned from rows that calibrations were fitted to, each forecast without"
        " its publication."
    )
    out = Counter(_lies_in(one) for one in aside if not one.inside("learned"))
    places = "; ".join(f"{name}: {count}" for name, count in sorted(out.items()))
    yield f"- {sum(out.values())} are still outside. Where the misses lie: {places}."


def _convergence(about: Mapping[str, Any]) -> Iterator[str]:
    method = about["method"]
    yield (
        f"- {method['sampler']}, {method['walkers']} walkers, {method['burn']} steps before {method['steps']} kept, seed"
        f" {method['seed']}; acceptance {number(method['acceptance'])}."
    )
    yield (
        f"- {len(about['effective_size'])} parameters: effective sample size {min(about['effective_size'])} to"
        f" {max(about['effective_size'])}; split R-hat at most {max(about['split_r_hat']):.3f}; autocorrelation"
        f" {number(max(about['autocorrelation_time']))} steps at most."
    )
    size = sum((DATA / f"{departures.NAME}{end}").stat().st_size for end in (".npz", ".json"))
    yield (
        f"- {method['draws']} joint draws are shipped, {size / 1e6:.1f} MB with the draws of each calibration without one"
        " publication and the forecasts below."
    )
    few = {name: size for name, size in about["unseen"].items() if size < 200}
    yield (
        f"- {len(about['unseen'])} forecasts of a publication by a calibration without it; of"
        f" {', '.join(few)} less than 200 effective draws were left, and the calibration was sampled again."
    )


def _learned(about: Mapping[str, Any]) -> str:
    scales, kinds = departures.learned().scales, departures.read()["kinds"]
    size = len(kinds) + departures.OTHERS + len(about["substances"])
    prior = departures.scales(np.random.default_rng(PRIOR_SEED).standard_normal((PRIOR_DRAWS, size)))
    rows = {row.id: row for row in observations.observations()}
    placed = departures.kinds()
    teach = [
        (source, placed[_row_of(label, rows).quantity]) for source, some in about["rows"].items() for label in some
    ]
    lines = [
        "Log standard deviations, as median (5 to 95 %). The median of the prior is what was assumed before.",
        "",
        "| kind of statistic | prior | learned | numbers | publications |",
        "|---|---|---|---|---|",
    ]
    for i, kind in enumerate(kinds):
        own = [source for source, place in teach if place == i]
        each = f"{_middle(prior.kind[:, i])} | {_middle(scales.kind[:, i])}"
        lines.append(f"| {kind['words']} | {each} | {len(own)} | {len(set(own))} |")
    lines += ["", "| of all kinds | prior | learned |", "|---|---|---|"]
    for words, name in COMMON.items():
        lines.append(f"| {words} | {_middle(getattr(prior, name))} | {_middle(getattr(scales, name))} |")
    lines += [
        "",
        "The factor of each substance is drawn towards 1, the more so the less is known.",
        "",
        "| substance | factor |",
        "|---|---|",
    ]
    for i, members in enumerate(about["substances"]):
        names = ", ".join(catalog.substance(member).name for member in members)
        lines.append(f"| {names} | {_middle(np.exp(scales.of_substance[:, i]))} |")
    return "\n".join(lines)


def _row_of(label: str, rows: Mapping[str, Observation]) -> Observation:
    return rows[label] if label in rows else rows[label.rpartition(",")[0] or label.rpartition(" at ")[0]]


def _middle(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _before_and_after(forecasts: Sequence[Forecast]) -> str:
    used = fitted_by()
    lines = [
        "Every number is forecast by a calibration that has not seen its publication, where one was fitted to it. *Width*: the"
        " geometric mean of upper over lower end of the 90 % intervals. Scores as in the [benchmark](../benchmark/README.md).",
        "",
        *(f"- {way}: {words}" for way, words in WAYS.items()),
        "",
        "| numbers, read in a primary source | way | n | in 50 % | in 90 % | in 95 % | width | interval score |",
        "|---|---|---|---|---|---|---|---|",
    ]
    primary = [one for one in forecasts if _is_primary(one.row) and not one.row.tuned]
    families = Counter(_family(one.row) for one in primary if one.row.id not in used)
    largest = families.most_common(1)[0][0]
    groups: dict[str, Callable[[Forecast], bool]] = {
        "informed nothing": lambda one: one.row.id not in used,
        f"informed nothing, of {largest}": lambda one: one.row.id not in used and _family(one.row) == largest,
        "informed nothing, of others": lambda one: one.row.id not in used and _family(one.row) != largest,
        "fitted by a calibration, the publication left out": lambda one: one.row.id in used,
    }
    quantities = dict.fromkeys(one.row.quantity for one in primary)
    for name in quantities:
        groups[name.replace("_", " ")] = lambda one, name=name: one.row.quantity == name
    for words, belongs in groups.items():
        some = [one for one in primary if belongs(one)]
        for way in WAYS:
            values = np.array([one.scores(way) for one in some])
            counts = " | ".join(f"{values[:, i].sum():.0f}" for i in range(3))
            width, score = number(np.exp(values[:, 3].mean())), number(values[:, 4].mean())
            lines.append(f"| {words} | {way} | {len(some)} | {counts} | {width} | {score} |")
    return "\n".join(lines)


LEANING = (
    "A wrong parameter that substances share would let the numbers of one quantity lie to one side of their forecasts; a spread"
    " that is too narrow lets them lie on both. The table has the mean logarithm of observed over the median of the forecast:"
    " of the means of publications, with the standard error over publications. Ranges over people are not counted."
)


def _leanings(forecasts: Sequence[Forecast]) -> str:
    """By how much numbers lie above or below the medians of their forecasts, on average over publications."""
    gaps: dict[str, dict[str, list[float]]] = {}
    for one in forecasts:
        row = one.row
        if _is_primary(row) and not row.tuned and row.quantity in departures.kinds() and row.statistic != "range":
            gap = np.log(np.sqrt(one.observed[0] * one.observed[1]) / one.quantiles["learned"][3])
            gaps.setdefault(row.quantity, {}).setdefault(row.study.source, []).append(float(gap))
    lines = ["| quantity | numbers | publications | mean (standard error) | above |", "|---|---|---|---|---|"]
    for quantity, some in sorted(gaps.items()):
        means = np.array([np.mean(own) for own in some.values()])
        if len(means) >= FEWEST:
            error, above = means.std(ddof=1) / np.sqrt(len(means)), f"{(means > 0.0).sum()} of {len(means)}"
            shown = f"{means.mean():+.2f} ({error:.2f})"
            words = quantity.replace("_", " ")
            lines.append(f"| {words} | {sum(map(len, some.values()))} | {len(means)} | {shown} | {above} |")
    return "\n".join([LEANING, "", *lines])


def _family(row: Observation) -> str:
    """The name of the substance whose report has the row."""
    elsewhere = {
        member: head for head in catalog.ids() for member in rules.family(head)[1:] if len(rules.family(head)) > 1
    }
    return catalog.substance(elsewhere.get(row.study.substance, row.study.substance)).name


def _lies_in(one: Forecast) -> str:
    known = rules.lies_in()
    return known.get(one.label) or known.get(one.row.id) or "not known"


def _misses(forecasts: Sequence[Forecast]) -> str:
    reasons = rules.misfits()
    lines = [
        "Numbers read in a primary source that lie outside the 90 % interval of a forecast that has not seen their publication,"
        " before or after. Numbers by which typical values were chosen are not among them.",
        "",
        *(f"- {name}: {words}" for name, words in LIES_IN.items()),
        "",
        "| row | used | observed | assumed, 90 % | learned, 90 % | after | the miss lies in | why |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in forecasts:
        if not _is_primary(one.row) or one.row.tuned or (one.inside("assumed") and one.inside("learned")):
            continue
        ends = [f"{number(one.quantiles[way][1])} to {number(one.quantiles[way][5])}" for way in ("assumed", "learned")]
        seen = " to ".join(dict.fromkeys(number(value) for value in one.observed))
        lines.append(
            f"| {one.label} | {'fitted' if one.row.id in fitted_by() else 'no'} | {seen} | {' | '.join(ends)} |"
            f" {'in' if one.inside('learned') else 'outside'} | {_lies_in(one)} |"
            f" {reasons.get(one.label) or reasons.get(one.row.id) or 'not explained'} |"
        )
    return "\n".join(lines)


def _teachers(about: Mapping[str, Any]) -> str:
    lines = ["| publication | numbers |", "|---|---|"]
    return "\n".join([*lines, *(f"| {source} | {', '.join(labels)} |" for source, labels in about["rows"].items())])
