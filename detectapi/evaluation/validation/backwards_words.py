"""The standing sentences of the report of results read backwards."""

from __future__ import annotations

HEAD = (
    "# Results read backwards, on simulated cases",
    "",
    "Written by `detectapi validate interpretation`; do not edit. The cases are simulated people with known use"
    " (`detectapi/data/backwards.toml`), drawn from the same model that reads their specimens. So this checks the"
    " calculation, not the pharmacology: real specimens with known times of use are hardly published. Where the truth was"
    " made to differ from what is assumed, the row says how.",
    "",
    "A laboratory reports values from 1 ng/mL on, with an imprecision of 10 % and creatinine.",
    "",
)

OF_TIME = (
    "## When was the last use",
    "",
    "The interval is the central 90 % of the time of last use, given the results. *Inside* should be 0.86 to 0.94 over 400"
    " cases, and 0.90 within two standard errors over fewer. The tenths are of the rank of the true time in its posterior; p"
    " is the probability of counts so uneven if ranks are uniform, and should be above 0.01. *Moved* is the share of cases"
    " whose draws were moved by tempering; *unexplained* counts cases in which the model does not expect the results. Of"
    " rows with another truth nothing is asked: they show how far such an error carries.",
    "",
    "| use and specimens | cases | inside | before, after the interval | median width, h | tenths | p | moved | unexplained |",
    "|---|---|---|---|---|---|---|---|---|",
)

OF_APART = (
    "## New use, or what is left of earlier use",
    "",
    "Two specimens; half of the cases used once more in between. The ratio compares that account with earlier use alone."
    " Cllr is the cost of the ratios: 0 is perfect, 1 is what saying nothing costs; it should be below 0.30 and below that"
    " of every rule, and below 1 where the truth is another. *mean(q) - share* compares the mean of LR/(1+LR) with the share"
    " of new cases and should be within 0.05 of 0. *Mislead* counts ratios of 10 or 100 and more for the account that is not"
    " true: of the cases with new use, and of those without. By Turing's bound they are at most 1 in 10 and 1 in 100 cases"
    " of either, but for chance. *No ratio* counts cases whose results the model expects under neither account; no ratio is"
    " shown for them, and they count here as the others do. The last column is of ratios cut off at 10, as they are shown"
    " where a use rests on a hypothesis.",
    "",
    "Published rules stand below with their errors on the same cases; their Cllr is with the two ratios that fit these very"
    " cases best, which favours them. A rule that was made for other people or another substance is named with what it was"
    " made for.",
    "",
    "The plots show on the left, for either truth, the share of cases whose ratio is at least so large (Tippett). The"
    " curves should part at 0. On the right is the empirical cross-entropy, which is the cost of the ratios to readers with"
    " any prior odds. It should lie below the dashed line, which is the cost of saying nothing. At even odds it is Cllr.",
    "",
)

OF_PUBLISHED = (
    "## Published findings",
    "",
    "What the model has of findings of studies. Papers seldom print use, time and level of one person, so that a row is a"
    " question of plausibility and no test. Chances are of the account of use alone. The last of n people is an extreme: a"
    " chance near 1/n fits it. *Holds* says whether a value lies within limits that were set before; without limits it is"
    " empty.",
    "",
    "| case | use and question | comes out | finding | holds | source |",
    "|---|---|---|---|---|---|",
)

FIRST_CASES = (
    "## The first cases",
    "",
    "Ranks, or decimal logarithms of ratios, of the first two cases of each truth of a row. A test answers them anew: where"
    " they differ, this report is old.",
    "",
    "| row | first cases |",
    "|---|---|",
)

_BROKEN = {
    "inside": "%(name)s: the 90 %% interval holds the true time in a share of %(share)s.",
    "ranks": "%(name)s: ranks are not uniform (p %(chance)s).",
    "misled": "%(name)s: more ratios mislead than Turing's bound and chance allow.",
    "useless": "%(name)s: Cllr is %(cllr)s, and so the ratios are worse than none.",
    "cllr": "%(name)s: Cllr is %(cllr)s and not below 0.30.",
    "rule": "%(name)s: Cllr is %(cllr)s, and that of a published rule %(best)s.",
    "mean": "%(name)s: the mean of LR/(1+LR) is off the share of new cases by %(off)s.",
}


def broken(code: str, **values: str) -> str:
    """A sentence on what does not hold."""
    return _BROKEN[code] % values
