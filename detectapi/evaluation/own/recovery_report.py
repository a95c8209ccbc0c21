"""`detectapi benchmark recovery`: forty made studies of each kind, and how often their truth comes back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from detectapi.evaluation.benchmark.score import markdown
from detectapi.evaluation.own import made
from detectapi.evaluation.own.recovery import PEOPLE, PLAN, Recovered, Scenario, repeat
from detectapi.knowledge import DATA, catalog
from detectapi.telling.numbers import three_figures as number

FILE = "recovery.md"
REPETITIONS, NEEDED = 40, 32
HEAD = ("repetition", "quantity", "truth", "fitted 90 % interval", "width left", "holds it")
WORDS = (
    f"Each study is made up from a truth of its own, drawn from the uncertainty of the substance's file, with {PEOPLE} people, a"
    " bias of the laboratory and scatter of single samples. Then `detectapi calibrate --observations --alone` is done to it, with"
    f" {PLAN.walkers} walkers and {PLAN.burn + PLAN.steps} steps. Clearance and half-life are those of the typical person. *Width"
    " left* is the width of the fitted interval relative to that before, on the scale of logarithms: at 1 the study taught nothing."
)


def scenarios() -> list[Scenario]:
    """The studies of ``recovery.toml``."""
    return [
        Scenario(
            {"substance": item["substance"], "doses": item["doses"]},
            {matrix: tuple(item[matrix]) for matrix in made.QUANTITIES if matrix in item},
            tuple(item["analytes"]),
            item["limit"],
        )
        for item in tomllib.loads((DATA / "recovery.toml").read_text(encoding="utf-8"))["studies"]
    ]


def line(item: Recovered) -> tuple[str, ...]:
    """One repetition as it stands in the table."""
    ends = f"{number(item.low)} to {number(item.high)}"
    return (
        str(item.repetition), item.quantity, number(item.truth), ends, f"{item.left:.2f}", "yes" if item.inside else "no"
    )  # fmt: skip


def _taken(scenario: Scenario) -> str:
    """What was measured, in words."""
    times = "; ".join(f"{matrix} at {', '.join(f'{t:g}' for t in some)} h" for matrix, some in scenario.times.items())
    return f"{' and '.join(scenario.analytes)}: {times}; limit {scenario.limit:g} ng/mL"


def text(results: Sequence[Sequence[Recovered]]) -> str:
    """The page. ``results``: for each scenario the repetitions of all quantities."""
    short, details = [], []
    for scenario, items in zip(scenarios(), results, strict=True):
        name = catalog.substance(scenario.question["substance"]).name
        for quantity in dict.fromkeys(item.quantity for item in items):
            some = [item for item in items if item.quantity == quantity]
            held = sum(item.inside for item in some)
            left = sorted(item.left for item in some)[len(some) // 2]
            short.append((name, quantity, f"{held} of {len(some)}", f"{left:.2f}", "yes" if held >= NEEDED else "NO"))
        details += [f"## {name}", f"{_taken(scenario)}.", markdown(HEAD, [line(item) for item in items])]
    head = ("substance", "quantity", "truth in the 90 % interval", "width left, median", f"at least {NEEDED}")
    parts = [
        "# Recovery",
        "Written by `detectapi benchmark recovery`; do not edit. [Your own data](../tutorials/own-data.md) explains calibration by"
        " own observations.",
        WORDS,
        markdown(head, short),
        *details,
    ]
    return "\n\n".join(parts) + "\n"


def write(folder: Path, say: Callable[[str], None]) -> Path:
    """Make up, fit and compare every study, and write the page. This takes about ten minutes of one core.

    Parameters
    ----------
    folder : Path
    say : callable
        Called with words on the progress.

    Returns
    -------
    Path
    """
    results = []
    for scenario in scenarios():
        results.append([item for i in range(REPETITIONS) for item in repeat(scenario, i)])
        say(f"{scenario.question['substance']}: {sum(item.inside for item in results[-1])} of {len(results[-1])}")
    (folder / FILE).write_text(text(results), encoding="utf-8", newline="\n")
    return folder / FILE
