"""How well each publication is forecast without its own rows: by the prior, and by what the other publications teach.

Both are log scores, the logarithm of the mean likelihood of its rows; the larger is the better. The posterior without a publication
is the posterior weighted by one over the likelihood of its rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logsumexp

from detectapi.evaluation.calibration.likelihood import FLOOR, Likelihood

PRIOR_DRAWS = 4000
PART = 500
"""Sets of typical values that are computed at once."""


def scores(likelihood: Likelihood, draws: np.ndarray, seed: int) -> list[dict[str, Any]]:
    """The scores of each publication, in the order of the rows.

    Parameters
    ----------
    likelihood : Likelihood
    draws : array, shape (m, parameters)
        Of the posterior.
    seed : int
        Of the draws of the prior.

    Returns
    -------
    list of dict
        ``source``, ``rows``, ``prior`` and ``blind`` (log scores), ``effective_size`` of the weighted draws.
    """
    prior = np.random.default_rng(seed).standard_normal((PRIOR_DRAWS, draws.shape[1]))
    before, after = (by_source(likelihood, some) for some in (prior, draws))
    rows = [term.row.study.source for term in likelihood.terms]
    return [
        {
            "source": source,
            "rows": rows.count(source),
            "prior": round(_log_mean(before[source]), 3),
            "blind": round(-_log_mean(-after[source]), 3),
            "effective_size": round(effective_size(-after[source])),
        }
        for source in before
    ]


def by_source(likelihood: Likelihood, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Log likelihood of the rows of each publication, by draws. Shape (m,) each."""
    whole: dict[str, list[np.ndarray]] = {}
    for part in np.array_split(draws, -(-len(draws) // PART)):
        of_part: dict[str, np.ndarray] = {}
        for term, log_probability in likelihood.each(part):
            source = term.row.study.source
            of_part[source] = of_part.get(source, 0.0) + term.weight * np.maximum(log_probability, FLOOR)
        for source, value in of_part.items():
            whole.setdefault(source, []).append(value)
    return {source: np.concatenate(parts) for source, parts in whole.items()}


def _log_mean(logarithms: np.ndarray) -> float:
    return float(logsumexp(logarithms) - np.log(len(logarithms)))


def effective_size(log_weights: np.ndarray) -> float:
    """How many draws of equal weight know as much as these."""
    return float(np.exp(2.0 * logsumexp(log_weights) - logsumexp(2.0 * log_weights)))
