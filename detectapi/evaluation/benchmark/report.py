"""The report of the benchmark: the entrants side by side, then all scores of each. The same files give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.evaluation.benchmark import entrants, score, table
from detectapi.evaluation.benchmark.entrants import ENTRANTS, RULES
from detectapi.telling.numbers import three_figures as number

OURS = "unseen"
"""The entrant that is set beside rules: this model without the publication of the number."""

Joined = Mapping[str, list[tuple[dict[str, str], Any, bool]]]

SIDE_BY_SIDE = (
    "Each line has the detection times of which the rule speaks, and the scores of `unseen` on the same numbers. Smaller is"
    " better."
)
CHOSEN = (
    "The model's typical values were chosen with these numbers in view, so this is no test of it: they agree by construction."
    " Where there is a calibration, its draws here did not see them."
)
EACH = (
    "What `score.py` prints for the file of each entrant. Not fitted: the forecaster saw the number neither in a calibration nor"
    " when typical values were chosen. A line of few publications proves little; that of one publication has no interval."
)


def write(folder: Path) -> Path:
    """Write ``report.md`` from the table and the files of predictions in a folder.

    Returns
    -------
    Path
    """
    file = folder / "report.md"
    file.write_text(text(folder), encoding="utf-8", newline="\n")
    return file


def text(folder: Path) -> str:
    """The report in Markdown.

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
        "## Detection times that no entrant was fitted to",
        SIDE_BY_SIDE,
        _side_by_side(joined, chosen=False),
        "## Detection times that the model's typical values were chosen by",
        CHOSEN,
        _side_by_side(joined, chosen=True),
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
    ours = {line["id"]: (line, q, seen) for line, q, seen in joined[OURS] if seen is chosen}
    theirs = [item for item in joined[rule] if item[0]["id"] in ours]
    same = [ours[line["id"]] for line, _, _ in theirs]
    for group in ("all", *sorted({line["class"] for line, _, _ in theirs})):
        own = [i for i, (line, _, _) in enumerate(theirs) if group in ("all", line["class"])]
        if own:
            publications = {theirs[i][0]["publication"] for i in own}
            its, model = (score.each([some[i] for i in own]).mean(axis=0) for some in (theirs, same))
            yield group, len(own), len(publications), its, model


def _in_short(joined: Joined) -> Iterator[str]:
    """Where the model is not first comes first."""
    behind: list[str] = []
    classes: dict[str, bool] = {}
    for rule in RULES:
        for group, numbers, publications, its, model in compared(joined, rule, chosen=False):
            worse = [name for i, name in enumerate(("interval score", "CRPS")) if model[i] >= its[i]]
            if group != "all":
                classes[group] = classes.get(group, True) and not worse
            if worse:
                size = f"{_count(numbers, 'number')} of {_count(publications, 'publication')}"
                behind.append(f"- Not first: {rule}, {group}, {size}: {' and '.join(worse)} of the rule not larger.")
    yield from behind
    values = score.each([item for item in joined["calibrated"] if not item[2]])
    yield (
        "- Against rules and charts, on detection times that no entrant was fitted to, this model is first by both scores in"
        f" {sum(classes.values())} of {_count(len(classes), 'class', 'classes')} of substances with such a number."
    )
    yield (
        f"- Of {len(values)} numbers of every kind that did not inform the model, {values[:, 3].sum():.0f} lie in its 90 %"
        f" intervals and {values[:, 4].sum():.0f} in its 95 % intervals."
    )


def _listed(joined: Joined) -> Iterable[Sequence[str]]:
    return [(name, ENTRANTS[name], str(len(items))) for name, items in joined.items()]


def _side_by_side(joined: Joined, chosen: bool) -> str:
    head = ("rule", "class", "numbers", "publications", "interval score", "the model's", "CRPS", "the model's",
            "in its 90 %", "in the model's")  # fmt: skip
    rows = []
    for rule in RULES:
        for group, numbers, publications, its, model in compared(joined, rule, chosen):
            pairs = [number(value) for i in (0, 1) for value in (its[i], model[i])]
            covered = [f"{round(some[3] * numbers)} of {numbers}" for some in (its, model)]
            rows.append((rule, group, str(numbers), str(publications), *pairs, *covered))
    return score.markdown(head, rows) if rows else "There is none."


def _count(amount: int, one: str, many: str | None = None) -> str:
    return f"{amount} {one if amount == 1 else many or one + 's'}"
