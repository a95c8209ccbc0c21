"""Results read backwards, tried on simulated cases: ``docs/validation/interpretation.md``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.evaluation.validation import backwards
from detectapi.evaluation.validation.backwards import Apart, Coverage
from detectapi.evaluation.validation.backwards_cases import Setting, Twist
from detectapi.knowledge import DATA
from detectapi.knowledge.interpretation import rules
from detectapi.model.arrays import Floats

SUBJECT = "interpretation"
"""What `detectapi validate` takes for it in place of a substance."""
REPORT = f"{SUBJECT}.md"
SETTINGS = "backwards.toml"
SEED = 20261123
TWISTED = 100
"""Cases of each setting whose truth differs from what is assumed."""
TWISTED_PAIRS = 15
TWISTS = {
    "true doses twice those of the account": Twist(doses=2.0),
    "specimens scatter twice as much": Twist(scatter=2.0),
    "creatinine not reported": Twist(creatinine=False),
}


def validate(folder: Path) -> list[Path]:
    """Write the report.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / REPORT
    file.write_text(report(), encoding="utf-8", newline="\n")
    return [file]


def report() -> str:
    """The text of the report."""
    tables = tomllib.loads((DATA / SETTINGS).read_text(encoding="utf-8"))
    return (
        "\n".join(
            [*_head(), *_of_time(tables["time"]), *_of_apart(tables["apart"]), *_of_published(tables["published"])]
        )
        + "\n"
    )


def _head() -> list[str]:
    return [
        "# Results read backwards, on simulated cases",
        "",
        "Written by `detectapi validate interpretation`; do not edit. The cases are simulated people with known use"
        " (`detectapi/data/backwards.toml`), drawn from the same model that reads their specimens. So this checks the "
        "calculation, not"
        " the pharmacology: real specimens with known times of use are hardly published. Where the truth was made to "
        "differ from what is"
        " assumed, the row says how.",
        "",
        "A laboratory reports values from 1 ng/mL on, with an imprecision of 10 % and creatinine.",
        "",
    ]


def setting_of(table: Mapping[str, Any]) -> Setting:
    """A setting of the file."""
    accounts = table["accounts"] if "accounts" in table else [table["account"]]
    return Setting(
        table["name"], table["substance"], tuple(accounts), tuple(table["collected_h"]), tuple(table["analytes"])
    )


# -- time of last use -------------------------------------------------------------------------------------------------


def _of_time(tables: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "## When was the last use"
    yield ""
    yield (
        "The interval is the central 90 % of the time of last use, given the results. *Inside* should be near 0.90. The"
        " tenths are of"
        " the rank of the true time in its posterior; p is the probability of counts so uneven if ranks are uniform. "
        "*Moved* is the"
        " share of cases whose draws were moved by tempering; *unexplained* counts cases in which the model does not "
        "expect the results."
    )
    yield ""
    yield "| use and specimens | cases | inside | before, after the interval | median width, h | tenths | p | moved | unexplained |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for table in tables:
        one = backwards.coverage(setting_of(table), table["cases"], SEED)
        yield _row_of_time(table["name"], one)
    for words, twist in TWISTS.items():
        one = backwards.coverage(setting_of(tables[0]), TWISTED, SEED + 1, twist)
        yield _row_of_time(f"{tables[0]['name']}: {words}", one)
    yield ""


def _row_of_time(name: str, one: Coverage) -> str:
    counts, chance = one.uniform
    return (
        f"| {name} | {len(one.ranks)} | {one.share:.3f} (se {one.error:.3f}) | {one.below}, {one.above} | {one.width:.0f} |"
        f" {' '.join(map(str, counts))} | {chance:.2f} | {one.tempered:.2f} | {one.unexplained} |"
    )


# -- new use or residual ----------------------------------------------------------------------------------------------


def _of_apart(tables: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "## New use, or what is left of earlier use"
    yield ""
    yield (
        "Two specimens; half of the cases used once more in between. The ratio compares that account with earlier use "
        "alone. Cllr is the"
        " cost of the ratios: 0 is perfect, 1 is what saying nothing costs. *mean(q) - share* compares the mean of "
        "LR/(1+LR) with the share"
        " of new cases and should be near 0. A ratio of 10 or 100 and more should mislead in at most 1 in 10 or 1 in "
        "100 cases (Turing's"
        " bound). The last columns are of ratios cut off at 10, as they are shown where a use rests on a hypothesis. "
        "Published rules stand"
        " below with their errors on the same cases; their Cllr is with the two ratios that fit these very cases best, "
        "which favours them."
    )
    yield ""
    for table in tables:
        yield from _table_of_apart(table)


def _table_of_apart(table: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {table['name']}"
    yield ""
    yield (
        "| truth | cases | LR above 1 if new | LR below 1 if not | mislead at 10, at 100 (new; not) | Cllr | mean(q) - share |"
        " log10 LR if new, 5, 50, 95 % | if not | Monte-Carlo error, median | Cllr at 10 |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    setting = setting_of(table)
    plain = backwards.told_apart(setting, table["cases"], SEED, table["rule"])
    yield _row_of_apart("as assumed", plain)
    for words, twist in TWISTS.items():
        yield _row_of_apart(words, backwards.told_apart(setting, TWISTED_PAIRS, SEED, table["rule"], twist))
    yield ""
    yield "| rule on the same cases | calls new if new | calls new if not | Cllr |"
    yield "|---|---|---|---|"
    for name, calls in plain.by_rule.items():
        new = plain.is_new
        yield (
            f"| {table['rule']} on creatinine, {name} | {np.mean(calls[new]):.2f} | {np.mean(calls[~new]):.2f} |"
            f" {backwards.cllr_of_rule(calls, new):.2f} |"
        )
    yield ""


def _row_of_apart(words: str, one: Apart) -> str:
    new, logs = one.is_new, one.log10
    at_10, at_100 = (backwards.turing(logs, new, size) for size in (10.0, 100.0))
    least = min(rules().largest_ratio.values())
    return (
        f"| {words} | {new.sum()} + {(~new).sum()} | {np.mean(logs[new] > 0):.2f} | {np.mean(logs[~new] < 0):.2f} |"
        f" {at_10[1]:.2f}, {at_100[1]:.2f}; {at_10[0]:.2f}, {at_100[0]:.2f} | {backwards.cllr(logs, new):.2f} |"
        f" {backwards.mean_posterior(logs, new):+.3f} | {_quantiles(logs[new])} | {_quantiles(logs[~new])} |"
        f" {np.median(one.error):.2f} | {backwards.cllr(backwards.capped(logs, least), new):.2f} |"
    )


def _quantiles(values: Floats) -> str:
    """The 5th, 50th and 95th percentiles."""
    return ", ".join(f"{one:.1f}" for one in np.quantile(values, [0.05, 0.5, 0.95]))


# -- published findings -----------------------------------------------------------------------------------------------


def _of_published(tables: list[Mapping[str, Any]]) -> Iterator[str]:
    yield "## Published findings"
    yield ""
    yield (
        "How probable the model has what studies found, by the account of use alone. Papers seldom print use, time and "
        "level of one"
        " person, so that a row is a question of plausibility and no test. The last of n people is an extreme: a chance"
        " near 1/n fits it."
        " Findings with substances that have no data file yet are left out."
    )
    yield ""
    yield "| case | use | measured | chance at these hours | finding | source |"
    yield "|---|---|---|---|---|---|"
    for table in tables:
        chances = ", ".join(f"{backwards.chance(table, at):.2f} ({at:g} h)" for at in table["at_h"])
        measured = f"{table['analyte']}, {table['cutoff_ng_ml']:g} ng/mL"
        yield f"| {table['id']} | {table['use']} | {measured} | {chances} | {table['finding']} | {table['source']} |"
