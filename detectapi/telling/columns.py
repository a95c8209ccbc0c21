"""An answer as columns of equal length: a dict of lists, which every library of data frames takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

QUANTILES = ("p05", "p25", "p50", "p75", "p95")
RANGE = ("low_h", "median_h", "high_h")
OF_COMPARISON = ("log10_lr", "monte_carlo_se", "ratio", "at_least", "favours", "support", "robust", "because")
OF_INTERPRETATION: dict[str, type] = {
    "account": str, "against": str,
    "explained": bool, "pattern_probability": float, "percentile": float,
    **{f"time_of_use_{name}": float for name in RANGE},
    "planned_before": float, "planned_given_results": float,
    **{f"window_{name}": float for name in RANGE},
    "log10_lr": float, "monte_carlo_se": float, "ratio": float, "at_least": bool, "favours": str, "support": str,
    "robust": bool, "because": str,
    "evidence": str, "notes": str,
}  # fmt: skip
"""The columns of an interpretation, and what is in them."""


def of_curve(answer: Mapping[str, Any]) -> dict[str, list[float]]:
    """The chance of a positive specimen over time, and the concentrations where the answer has them.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    """
    columns = {name: list(answer["curve"][name]) for name in ("time_h", "probability_positive", "low", "high")}
    for part in answer["analytes"]:
        of_part = part.get("concentration")
        if of_part and list(of_part["time_h"]) == columns["time_h"]:
            name = part["analyte"]
            columns[f"{name}_typical_ng_ml"] = list(of_part["typical_ng_ml"])
            columns |= {f"{name}_{quantile}_ng_ml": list(of_part[quantile]) for quantile in QUANTILES}
    return columns


def of_interpretation(answer: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A line for each account, and one for each comparison: `lines_of_interpretation`."""
    lines = list(lines_of_interpretation(answer))
    return {name: [line.get(name) for line in lines] for name in OF_INTERPRETATION}


def lines_of_interpretation(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines that a table has of an interpretation; what a line has no value for is left out.

    Parameters
    ----------
    answer : dict
        As in `schemas.InterpretationResponseSchema`.

    Yields
    ------
    dict
        By the names of `OF_INTERPRETATION`. A line of a comparison has ``against``; one of an account has not.
    """
    notes = " ".join(note["code"] for note in answer["notes"])
    for account in answer["accounts"]:
        yield {
            "account": account["id"],
            "explained": account["explained"],
            "pattern_probability": account["joint"]["pattern_probability"],
            "percentile": account["joint"]["percentile"],
            **_figures(account.get("time_of_use"), RANGE, "time_of_use_"),
            **_figures(account.get("planned"), ("probability_before", "probability_given_results"), "planned_"),
            **_figures(account.get("window", {}).get("given_results"), RANGE, "window_"),
            "evidence": account["evidence"]["grade"],
            "notes": notes,
        }
    for one in answer["comparisons"]:
        figures = {name: one[name] for name in OF_COMPARISON if name in one}
        yield {"account": one["first"], "against": one["second"], **figures, "notes": notes}


def _figures(part: Mapping[str, Any] | None, names: Sequence[str], prefix: str) -> dict[str, Any]:
    """Figures of a part of an answer by the names of their columns; none where there is no such part."""
    return {prefix + name.removeprefix("probability_"): part[name] for name in names} if part else {}
