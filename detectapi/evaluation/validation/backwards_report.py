"""Results read backwards, tried on simulated cases: ``docs/validation/interpretation.md``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detectapi.evaluation.validation import backwards_measures as measures
from detectapi.evaluation.validation import backwards_plots, backwards_published
from detectapi.evaluation.validation.backwards_cases import AS_ASSUMED, Twist
from detectapi.evaluation.validation.backwards_measures import Apart, Coverage
from detectapi.evaluation.validation.backwards_published import Outcome
from detectapi.evaluation.validation.backwards_runs import Answers, Read, Task, rules_of
from detectapi.evaluation.validation.backwards_words import (
    FIRST_CASES,
    HEAD,
    OF_APART,
    OF_PUBLISHED,
    OF_TIME,
    broken,
)  # fmt: skip
from detectapi.knowledge import DATA
from detectapi.knowledge.interpretation import rules
from detectapi.model.arrays import Floats

SUBJECT = "interpretation"
"""What `detectapi validate` takes for it in place of a substance."""
REPORT = f"{SUBJECT}.md"
SETTINGS = "backwards.toml"
SEED = 20261123
OF_SETTING, OF_NEW, OF_TRUTH = 100_000, 10_000, 1000
"""What the seed of each further setting, of cases with new use, and of each further truth has more: so no two rows share people."""
FIRST = 2
"""Cases of each row whose numbers stand in the report, by which a test sees that it is old."""
TWISTS = {
    "as assumed": AS_ASSUMED,
    "true doses twice those of the account": Twist(doses=2.0),
    "specimens scatter twice as much": Twist(scatter=2.0),
    "creatinine not reported": Twist(creatinine=False),
}


class Row(NamedTuple):
    """A row of the report.

    Attributes
    ----------
    table : dict
        The setting.
    truth : str
        As in `TWISTS`.
    tasks : tuple of Task
        One, or one for each account that may be true.
    """

    table: Mapping[str, Any]
    truth: str
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """As the report has it."""
        return self.table["name"] if self.truth == "as assumed" else f"{self.table['name']}: {self.truth}"


class Shown(NamedTuple):
    """Everything that a report shows, by the name of its row."""

    coverage: dict[str, Coverage]
    apart: dict[str, Apart]
    published: list[tuple[Mapping[str, Any], Outcome]]
    first: dict[str, list[float]]


def validate(folder: Path, kept: Path | None = None, processes: int = 1, minutes: float | None = None) -> list[Path]:
    """Write the report and its plots.

    Parameters
    ----------
    folder : Path
    kept : Path, optional
        Where answers of single cases are kept, so that a run can stop and go on later.
    processes : int
    minutes : float, optional
        After which no more cases are begun.

    Returns
    -------
    list of Path

    Raises
    ------
    backwards_runs.NotFinished
        Cases were left when the time was over. Nothing is written then.
    """
    tables = settings()
    shown = find(tables, Answers(kept), processes, minutes)
    folder.mkdir(parents=True, exist_ok=True)
    files = {REPORT: "\n".join(_report(tables, shown)) + "\n"} | {
        f"{SUBJECT}-{i + 1}.svg": str(
            backwards_plots.plot(shown.apart[table["name"]], table["name"], [rule.name for rule in rules_of(table)])
        )
        for i, table in enumerate(tables["apart"])
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


def settings() -> dict[str, Any]:
    """The file of settings."""
    return tomllib.loads((DATA / SETTINGS).read_text(encoding="utf-8"))


def rows(tables: Mapping[str, Any]) -> list[Row]:
    """Every row that is answered case by case."""
    made = []
    for number, table in enumerate([*tables["time"], *tables["apart"]]):
        for place, (truth, twist) in enumerate(TWISTS.items()):
            count = table["cases"] if twist == AS_ASSUMED else table["twisted"]
            if count:
                accounts = range(len(table.get("accounts", [None])))
                seed = SEED + OF_SETTING * number + OF_TRUTH * place
                made.append(Row(table, truth, tuple(
                    Task(table, true, twist, count, seed + OF_NEW * true) for true in accounts
                )))  # fmt: skip
    return made


def find(tables: Mapping[str, Any], answers: Answers, processes: int = 1, minutes: float | None = None) -> Shown:
    """Answer every case that is not answered yet, and what studies found."""
    every = rows(tables)
    tasks = [task for row in every for task in row.tasks]
    reads = iter(answers.of(tasks, processes, minutes))
    coverage, apart, first = {}, {}, {}
    for row in every:
        own: list[list[Any]] = [next(reads) for _ in row.tasks]
        first[row.name] = [number_of(read) for some in own for read in some[:FIRST]]
        if len(own) == 1:
            coverage[row.name] = measures.coverage(own[0])
        else:
            apart[row.name] = measures.apart(*own)
    published = [(table, backwards_published.outcome(table, apart)) for table in tables["published"]]
    return Shown(coverage, apart, published, first)


def number_of(read: Read) -> float:
    """The number of a case by which a test sees that a report is old: its rank, or the logarithm of its ratio."""
    return round(read[0], 4)


def _report(tables: Mapping[str, Any], shown: Shown) -> Iterator[str]:
    yield from HEAD
    yield from _broken(shown)
    yield from OF_TIME
    yield from (_row_of_time(name, one) for name, one in shown.coverage.items())
    yield from ["", *OF_APART]
    for i, table in enumerate(tables["apart"]):
        yield from _table_of_apart(table, shown.apart, f"{SUBJECT}-{i + 1}.svg")
    yield from OF_PUBLISHED
    for table, one in shown.published:
        cells = [
            table["id"],
            table["use"] + _measured(table),
            one.words,
            table["finding"],
            _holds(one.holds),
            table["source"],
        ]
        yield f"| {' | '.join(cells)} |"
    yield from ["", *FIRST_CASES]
    yield from (f"| {name} | {' '.join(f'{value:.4f}' for value in values)} |" for name, values in shown.first.items())


# -- what does not hold -----------------------------------------------------------------------------------------------


def _broken(shown: Shown) -> Iterator[str]:
    """What was asked of the numbers before, and is not so."""
    yield from ["## What does not hold", ""]
    said = [*_broken_of_time(shown.coverage), *_broken_of_apart(shown.apart)]
    said += [f"{table['id']}: {table['use']}: {one.words}." for table, one in shown.published if one.holds is False]
    yield from (f"- {words}" for words in said) if said else ["Nothing: all that was asked of these numbers holds."]
    yield ""


def _broken_of_time(coverage: Mapping[str, Coverage]) -> Iterator[str]:
    for name, one in coverage.items():
        if ":" in name:  # another truth than the answer assumes: nothing is asked of it
            continue
        chance = one.uniform[1]
        if not _covers(one):
            yield broken("inside", name=name, share=f"{one.share:.3f}")
        if chance <= 0.01:
            yield broken("ranks", name=name, chance=f"{chance:.3f}")


def _covers(one: Coverage) -> bool:
    """Whether the share inside is 0.86 to 0.94; of fewer than 400 cases, whether it is 0.90 within two standard errors."""
    bar = 0.04 if len(one.ranks) >= 400 else 2.0 * (0.09 / len(one.ranks)) ** 0.5
    return abs(one.share - 0.9) <= bar + 1e-9


def _broken_of_apart(apart: Mapping[str, Apart]) -> Iterator[str]:
    for name, one in apart.items():
        cllr = measures.cost(one.log10, one.is_new)
        if not all(measures.misled(one.log10, one.is_new, size).holds for size in (10.0, 100.0)):
            yield broken("misled", name=name)
        if ": " in name:
            if cllr >= 1.0:
                yield broken("useless", name=name, cllr=f"{cllr:.2f}")
            continue
        best = min(measures.cost(measures.rule_as_ratios(calls, one.is_new), one.is_new) for calls in one.calls)
        if cllr >= 0.30:
            yield broken("cllr", name=name, cllr=f"{cllr:.2f}")
        if cllr >= best:
            yield broken("rule", name=name, cllr=f"{cllr:.2f}", best=f"{best:.2f}")
        off = measures.mean_posterior(one.log10, one.is_new)
        if abs(off) > 0.05:
            yield broken("mean", name=name, off=f"{off:+.3f}")


# -- time of last use -------------------------------------------------------------------------------------------------


def _row_of_time(name: str, one: Coverage) -> str:
    counts, chance = one.uniform
    return (
        f"| {name} | {len(one.ranks)} | {one.share:.3f} (se {one.error:.3f}) | {one.before}, {one.after} | {one.width:.0f} |"
        f" {' '.join(map(str, counts))} | {chance:.2f} | {one.tempered:.2f} | {one.unexplained} |"
    )


# -- new use or residual ----------------------------------------------------------------------------------------------


def _table_of_apart(table: Mapping[str, Any], apart: Mapping[str, Apart], file: str) -> Iterator[str]:
    yield from [f"### {table['name']}", ""]
    yield (
        "| truth | cases | LR above 1 if new | LR below 1 if not | mislead at 10 (new; not) | at 100 | Cllr |"
        " mean(q) - share | log10 LR if new, 5, 50, 95 % | if not | Monte-Carlo error, median | no ratio | Cllr at 10 |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    plain = apart[table["name"]]
    for truth in TWISTS:
        one = apart.get(table["name"] if truth == "as assumed" else f"{table['name']}: {truth}")
        if one is not None:
            yield _row_of_apart(truth, one)
    yield from [
        "",
        "| rule on the same cases | calls new if new | calls new if not | Cllr | source |",
        "|---|---|---|---|---|",
    ]
    for rule, calls in zip(rules_of(table), plain.calls, strict=True):
        costs = measures.cost(measures.rule_as_ratios(calls, plain.is_new), plain.is_new)
        yield (
            f"| {rule.analyte}{' on creatinine' if rule.per_creatinine else ''}, {rule.name} |"
            f" {np.mean(calls[plain.is_new]):.2f} | {np.mean(calls[~plain.is_new]):.2f} | {costs:.2f} | {rule.source} |"
        )
    yield from ["", f"![Tippett's curves, and costs of the ratios by prior odds]({file})", ""]


def _row_of_apart(words: str, one: Apart) -> str:
    new, logs = one.is_new, one.log10
    at_10, at_100 = (measures.misled(logs, new, size) for size in (10.0, 100.0))
    least = min(rules().largest_ratio.values())
    return (
        f"| {words} | {new.sum()} + {(~new).sum()} | {np.mean(logs[new] > 0):.2f} | {np.mean(logs[~new] < 0):.2f} |"
        f" {at_10.to_old}; {at_10.to_new} of at most {at_10.most:g} | {at_100.to_old}; {at_100.to_new} of at most {at_100.most:g} |"
        f" {measures.cost(logs, new):.2f} | {measures.mean_posterior(logs, new):+.3f} | {_quantiles(logs[new])} |"
        f" {_quantiles(logs[~new])} | {np.median(one.error):.2f} | {one.unexplained} |"
        f" {measures.cost(measures.capped(logs, least), new):.2f} |"
    )


def _quantiles(values: Floats) -> str:
    """The 5th, 50th and 95th percentiles."""
    return ", ".join(f"{one:.1f}" for one in np.quantile(values, [0.05, 0.5, 0.95]))


# -- published findings -----------------------------------------------------------------------------------------------


def _measured(table: Mapping[str, Any]) -> str:
    """What a chance is of: an analyte at a cutoff."""
    if table["kind"] != "chance":
        return ""
    return f": chance of {table['analyte']} at {table['cutoff_ng_ml']:g} ng/mL"


def _holds(holds: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[holds]


def first_numbers(text: str) -> dict[str, Sequence[float]]:
    """The numbers of the first cases that a report holds, by the name of their row."""
    section = text.split(FIRST_CASES[0])[1]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in section.splitlines() if line.startswith("| ")]
    return {name: [float(one) for one in numbers.split()] for name, numbers in cells[1:]}
