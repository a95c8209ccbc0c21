"""The part of a validation report that sets the model beside what people find today: charts, half-lives, a nomogram."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from detectapi.evaluation.validation import baselines, rules, scores
from detectapi.knowledge import observations
from detectapi.telling.numbers import three_figures as number

TITLE = "## Against what people find today"
NOTHING_TO_SCORE = (
    "No study with a known dose and a known cutoff followed urine until it was negative. So no forecast can be scored here,"
    " neither that of the model nor that of a chart or of a half-life."
)
SCORE = (
    "The table has the interval score at 90 % on the scale ln(1 + hours): the width of the interval plus twenty times"
    " the distance by which it misses. Smaller is better. Each line compares the rows that the baseline predicts. The"
    " range of a claim counts as its interval."
)


def write(result, times) -> str:
    """Interval scores of every baseline and of the model on the same rows; where the model does not win; charts without a row.

    Parameters
    ----------
    result : Findings
    times : sequence of Outcome
        Detection times; none where no study has them.
    """
    times = [o for o in times if o.row.status != "recalled"]
    lines = [TITLE, "", *(_scored(result, times) if times else [NOTHING_TO_SCORE]), *_charts(result, times)]
    return "\n".join(lines)


def _scored(result, times) -> list[str]:
    unseen = {o.label: o for some in result.without.values() for o in some}
    blind = compare(result, [unseen.get(o.label, o) for o in times]) if unseen else None
    lines = [
        SCORE + (" Unseen: the model is calibrated without the publication of the row." if blind else ""),
        "",
        "| baseline | rows | its score | the model's |" + (" the model's, unseen |" if blind else "")
        + " rows it covers | rows the model covers |",
        "|---|---|---|---|" + ("---|" if blind else "") + "---|---|",
    ]  # fmt: skip
    compared = compare(result, times)
    for name, pairs in compared.items():
        its, ours, covered, ours_covered = (sum(p[i] for p in pairs) for i in range(4))
        m = len(pairs)
        note = " (recalled)" if pairs[0][4] else ""
        more = f" {number(np.mean([p[1] for p in blind[name]]))} |" if blind else ""
        lines.append(
            f"| {name}{note} | {m} | {number(its / m)} | {number(ours / m)} |{more}"
            f" {covered} of {m} | {ours_covered} of {m} |"
        )
    return [*lines, *_unbeaten(result, dict.fromkeys([*unbeaten(compared), *unbeaten(blind or {})]))]


def compare(result, times) -> dict[str, list[tuple]]:
    """For each baseline: (its score, the model's, it covers, the model covers, recalled) of each row it speaks of."""
    pairs = defaultdict(list)
    for o in times:
        low, high = scores.interval(o.sample, baselines.LEVEL)
        least, most = o.observed
        ours = baselines.log_score(low, high, o.observed)
        for f in result.forecasts[o.label]:
            theirs = baselines.log_score(f.low, f.high, o.observed)
            pairs[f.name].append(
                (theirs, ours, f.low <= most and least <= f.high, low <= most and least <= high, f.recalled)
            )
    return dict(sorted(pairs.items(), key=lambda item: np.mean([p[0] for p in item[1]])))


def unbeaten(compared) -> list[str]:
    """The baselines that score as well as the model, or better, on the rows they speak of."""
    return [name for name, pairs in compared.items() if sum(p[0] for p in pairs) <= sum(p[1] for p in pairs)]


def _unbeaten(result, names) -> list[str]:
    if not names:
        return ["", "The model scores better than each of them."]
    causes = rules.unbeaten(result.substance.id)
    return ["", "The model does not score better than these:", ""] + [
        f"- {name}: {causes.get(name, 'not explained')}" for name in names
    ]


def _charts(result, times) -> list[str]:
    """What charts say that speak of none of the rows."""
    scored = {f.name for o in times for f in result.forecasts[o.label]}
    family = rules.family(result.substance.id)
    claims = [claim for member in family for claim in observations.claims(member)]
    rest = [
        f"| {claim.source} | {claim.says} |"
        for claim in claims
        if claim.claim in baselines.CLAIMS_OF_TIMES and baselines.claim_name(claim) not in scored
    ]
    if not rest:
        return []
    words = "These charts and pages speak of none of the rows above:" if times else "Charts and pages say:"
    return ["", words, "", "| source | says |", "|---|---|", *rest]
