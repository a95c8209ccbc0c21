"""The report of the benchmark: the entrants side by side, then all scores of each. The same files give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark import entrants, plots, score, table
from detectapi.evaluation.benchmark.entrants import ENTRANTS, OTHERS, RULES
from detectapi.evaluation.benchmark.plots import count
from detectapi.telling.numbers import three_figures as number

OURS = "unseen"
"""The entrant that is set beside rules: this model without the publication of the number."""

NEEDED = 4
"""Classes in which this model is to be first."""

Joined = Mapping[str, list[tuple[dict[str, str], Any, bool]]]

SIDE_BY_SIDE = (
    "Each line has the numbers of which the entrant speaks, and the scores of `unseen` on the same numbers. Smaller is better."
    " `one-volume` speaks of every kind of number, the others of detection times alone. It has the typical values of this model,"
    " so the comparison shows what the compartments add, and not what the numbers are worth."
)
CHOSEN = (
    "The model's typical values were chosen with these numbers in view, so this is no test of it: they agree by construction."
    " Where there is a calibration, its draws here did not see them."
)
EACH = (
    "What `score.py` prints for the file of each entrant. Not fitted: the forecaster saw the number neither in a calibration nor"
    " when typical values were chosen. A line of few publications proves little; that of one publication has no interval."
)


def write(folder: Path) -> list[Path]:
    """Write ``report.md`` and its plots from the table and the files of predictions in a folder.

    Returns
    -------
    list of Path
    """
    contents = files(folder)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return [folder / name for name in contents]


def files(folder: Path) -> dict[str, str]:
    """The report in Markdown and its plots, by the names of their files.

    Parameters
    ----------
    folder : Path
        Holds ``table.csv`` and ``predictions/*.csv``.
    """
    lines = score.read(folder / table.TABLE)
    joined = {
        name: score.join(lines, score.read(entrants.file_of(folder, name)))
        for name in ENTRANTS
        if entrants.file_of(folder, name).is_file()
    }
    pairs = [(name, *_same(joined, name, chosen=False)) for name in OTHERS]
    return {
        "report.md": _text(folder, lines, joined),
        "coverage.svg": str(plots.coverage([item for item in joined[OURS] if not item[2]])),
        "scores.svg": str(plots.scores([pair for pair in pairs if pair[1]])),
    }


def _text(folder: Path, lines: list[dict[str, str]], joined: Joined) -> str:
    digest = hashlib.sha256((folder / table.TABLE).read_bytes()).hexdigest()[:16]
    parts = [
        "# Benchmark: the entrants",
        f"Written by `detectapi benchmark report`; do not edit. Table version {table.rules()['version']}, sha256 `{digest}`,"
        f" {len(lines)} numbers of {len({line['publication'] for line in lines})} publications. [README.md](README.md) defines the"
        " scores.",
        "## In short",
        "\n".join(_in_short(joined)),
        "## Entrants",
        score.markdown(("entrant", "what it is", "numbers"), _listed(joined)),
        "Not entered:\n\n" + "\n".join(f"- {words}" for words in table.rules()["not_entered"]),
        "![share of numbers in the intervals](coverage.svg)",
        "## Numbers that no entrant was fitted to",
        SIDE_BY_SIDE,
        _side_by_side(joined, OTHERS, chosen=False),
        "![scores of the entrants](scores.svg)",
        "## Detection times that the model's typical values were chosen by",
        CHOSEN,
        _side_by_side(joined, RULES, chosen=True),
        "## All scores of each entrant",
        EACH,
    ]
    for name, items in joined.items():
        parts += [f"### {name}", score.markdown(score.HEAD, score.lines(items))]
    return "\n\n".join(parts) + "\n"


def compared(joined: Joined, rule: str, chosen: bool) -> Iterator[tuple[str, int, int, np.ndarray, np.ndarray]]:
    """A rule and this model on the same numbers.

    Parameters
    ----------
    joined : dict of str to list
        From `score.join`, by entrant.
    rule : str
    chosen : bool
        On numbers by which typical values of the model were chosen, or on those that no entrant was fitted to.

    Yields
    ------
    tuple
        ``all`` or a class of substances; numbers; publications; the mean scores of the rule and of the model, shape (6,) each.
    """
    theirs, same = _same(joined, rule, chosen)
    for group in ("all", *sorted({line["class"] for line, _, _ in theirs})):
        own = [i for i, (line, _, _) in enumerate(theirs) if group in ("all", line["class"])]
        if own:
            publications = {theirs[i][0]["publication"] for i in own}
            its, model = (score.each([some[i] for i in own]).mean(axis=0) for some in (theirs, same))
            yield group, len(own), len(publications), its, model


def _same(joined: Joined, rule: str, chosen: bool) -> tuple[list[Any], list[Any]]:
    """The forecasts of an entrant and of this model, of the same numbers."""
    ours = {line["id"]: (line, q, seen) for line, q, seen in joined[OURS] if seen is chosen}
    theirs = [item for item in joined[rule] if item[0]["id"] in ours]
    return theirs, [ours[line["id"]] for line, _, _ in theirs]


def _in_short(joined: Joined) -> Iterator[str]:
    """Where the model is not first comes first."""
    behind: list[str] = []
    classes: dict[str, bool] = {}
    times: dict[str, bool] = {}
    for rule in OTHERS:
        for group, numbers, publications, its, model in compared(joined, rule, chosen=False):
            worse = [name for i, name in enumerate(("interval score", "CRPS")) if model[i] >= its[i]]
            if group != "all":
                classes[group] = classes.get(group, True) and not worse
            if group != "all" and rule in RULES:
                times[group] = times.get(group, True) and not worse
            if worse:
                size = f"{count(numbers, 'number')} of {count(publications, 'publication')}"
                behind.append(f"- Not first: {rule}, {group}, {size}: {' and '.join(worse)} of the entrant not larger.")
    reached = sum(classes.values()) >= NEEDED
    if not reached:
        yield f"- **The aim is missed**: to be first by interval score and CRPS in at least {NEEDED} of {len(classes)} classes."
    yield from behind
    yield (
        "- On numbers that no entrant was fitted to, this model is first by interval score and by CRPS in"
        f" {sum(classes.values())} of {count(len(classes), 'class', 'classes')} of substances, against every entrant that"
        " speaks of one of them" + (f"; the aim is {NEEDED}." if reached else ".")
    )
    yield (
        "- Of these entrants, rules and charts speak of detection times alone. There this model is first in"
        f" {sum(times.values())} of {count(len(times), 'class', 'classes')} with such a number; in the others only `one-volume`"
        " stands beside it, which is made from its own typical values. So the classes say little of charts and calculators yet."
    )
    values = score.each([item for item in joined[OURS] if not item[2]])
    yield (
        f"- Of {len(values)} numbers of every kind that did not inform the model, {values[:, 3].sum():.0f} lie in its 90 %"
        f" intervals and {values[:, 4].sum():.0f} in its 95 % intervals."
    )


def _listed(joined: Joined) -> Iterable[Sequence[str]]:
    return [(name, ENTRANTS[name], str(len(items))) for name, items in joined.items()]


def _side_by_side(joined: Joined, names: Sequence[str], chosen: bool) -> str:
    head = ("entrant", "class", "numbers", "publications", "interval score", "the model's", "CRPS", "the model's",
            "in its 90 %", "in the model's")  # fmt: skip
    rows = []
    for rule in names:
        for group, numbers, publications, its, model in compared(joined, rule, chosen):
            pairs = [number(value) for i in (0, 1) for value in (its[i], model[i])]
            covered = [f"{round(some[3] * numbers)} of {numbers}" for some in (its, model)]
            rows.append((rule, group, str(numbers), str(publications), *pairs, *covered))
    return score.markdown(head, rows) if rows else "There is none."
