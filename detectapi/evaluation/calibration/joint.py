"""`detectapi calibrate --joint`: how far studies depart from each other, learned of all substances in one hierarchical fit.

Each publication that a calibration was fitted to is forecast without it. What is left of its numbers, beyond what people, typical
values and sampling explain, is the departure of the study. Rows by which typical values were chosen agree by construction and teach
nothing; rows that no calibration was fitted to stay aside, so that the result can be checked against them. See docs/calibration.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import emcee
import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import logsumexp

from detectapi._version import __version__
from detectapi.evaluation.calibration import run, sampling, unseen
from detectapi.evaluation.calibration.unseen import calibrations, parameters
from detectapi.evaluation.validation import departures, rules
from detectapi.evaluation.validation.outcomes import Forecaster, Outcome, simulate
from detectapi.knowledge import DATA, observations, posterior
from detectapi.values.observation import Observation

WALKERS, STEPS, BURN, SEED = 192, 500, 300, 20261130
KEPT, CHECKED = 1000, 8
NODES, NODE_WEIGHTS = hermegauss(7)
LOG_NODE_WEIGHTS = np.log(NODE_WEIGHTS / NODE_WEIGHTS.sum())
LEAST_VARIANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication's numbers leave of a forecast that has not seen it, on the scale of logarithms.

    Attributes
    ----------
    source : str
    substance : int
        The place of the calibration.
    rows : tuple of str
        Labels of the numbers.
    kinds : array of int, shape (n,)
    gap : array, shape (n,)
        Observed less forecast.
    covariance : array, shape (n, n)
        Of the forecast, from typical values and people; and of what copying adds, and of an interval that a number is known by.
    """

    source: str
    substance: int
    rows: tuple[str, ...]
    kinds: np.ndarray
    gap: np.ndarray
    covariance: np.ndarray


def teaches(row: Observation, fitted: frozenset[str]) -> bool:
    """Whether a row says how far studies depart: a calibration was fitted to it, and nothing else was chosen by it."""
    return row.id in fitted and not row.tuned and row.quantity in departures.kinds()


def gather(left_out: Sequence[unseen.Unseen]) -> list[Publication]:
    """Every publication that teaches, forecast without itself.

    Parameters
    ----------
    left_out : sequence of Unseen
    """
    forecaster, publications = Forecaster(departure=departures.none), []
    for place, members in enumerate(calibrations()):
        own = [one for one in left_out if one.calibration == members[0]]
        fitted = posterior.fitted_rows(members[0])
        names = parameters(members[0])
        for one in own:
            rows = [row for member in members for row in observations.observations(member)]
            some = [row for row in rows if row.study.source == one.source and teaches(row, fitted)]
            knowledge = {name: one.deviates[:, i] for i, name in enumerate(names)}
            outcomes = [o for o in simulate(some, knowledge, forecaster)[0] if not o.bound]
            if outcomes:
                publications.append(_publication(one.source, place, outcomes))
    return publications


def _publication(source: str, place: int, outcomes: Sequence[Outcome]) -> Publication:
    logs = np.log(np.maximum([o.sample for o in outcomes], 1e-300))
    ends = np.log([o.observed for o in outcomes])
    added = [
        (high - low) ** 2 / 12.0 + rules.copying(o.row) ** 2 for o, (low, high) in zip(outcomes, ends, strict=True)
    ]
    return Publication(
        source, place,
        tuple(o.label for o in outcomes),
        np.array([departures.kinds()[o.row.quantity] for o in outcomes]),
        ends.mean(axis=1) - logs.mean(axis=1),
        np.atleast_2d(np.cov(logs)) + np.diag(np.array(added) + LEAST_VARIANCE),
    )  # fmt: skip


def log_likelihood(publication: Publication, scales: departures.Scales) -> np.ndarray:
    """Of the numbers of a publication, for each draw. Its own size of departure is integrated out. Shape (m,)."""
    n, kinds = len(publication.gap), publication.kinds
    sd = scales.kind[:, kinds] * np.exp(scales.of_substance[:, publication.substance])[:, None]
    alike = kinds[:, None] == kinds[None, :]
    share = np.where(np.eye(n, dtype=bool), 1.0, alike * scales.shared[:, None, None])
    between = share * sd[:, :, None] * sd[:, None, :]
    each = []
    for node in NODES:
        size = np.exp(2.0 * node * scales.publications)[:, None, None]
        root = np.linalg.cholesky(publication.covariance + size * between)
        whitened = np.linalg.solve(root, publication.gap[:, None])[..., 0]
        log_determinant = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        each.append(-0.5 * (whitened**2).sum(axis=1) - log_determinant - 0.5 * n * np.log(2.0 * np.pi))
    return logsumexp(np.array(each) + LOG_NODE_WEIGHTS[:, None], axis=0)


class Posterior:
    """The log posterior of the joint fit; the prior of its parameters is standard normal.

    Parameters
    ----------
    publications : sequence of Publication
    """

    def __init__(self, publications: Sequence[Publication]) -> None:
        self.publications = tuple(publications)

    def __call__(self, draws: np.ndarray) -> np.ndarray:
        """For many draws at once. Shape (m,)."""
        scales = departures.scales(np.clip(draws, -6.0, 6.0))
        inside = (np.abs(draws) < 6.0).all(axis=1)
        value = sum(log_likelihood(one, scales) for one in self.publications) - 0.5 * (draws**2).sum(axis=1)
        return np.where(inside, value, -np.inf)


def dimensions() -> int:
    """Number of parameters: of kinds, of what they have in common, and one for each calibration."""
    return len(departures.read()["kinds"]) + departures.OTHERS + len(calibrations())


def fit(data: Path, say=None) -> dict[str, Any]:
    """Learn the departures and write ``between-studies.npz`` and ``.json``. This takes about two minutes.

    Parameters
    ----------
    data : Path
        The folder of data to write to.
    say : callable, optional
        Called with words on the progress.

    Returns
    -------
    dict
        The content of the ``.json`` file.
    """
    say = say or (lambda words: None)
    left_out = [one for members in calibrations() for one in unseen.make(members[0], say)]
    target = Posterior(gather(left_out))
    say(f"{len(target.publications)} publications, {sum(len(p.rows) for p in target.publications)} numbers")
    begin = sampling.start(target, dimensions(), WALKERS, SEED)
    chains = sampling.sample(target, begin, STEPS, BURN, SEED)
    draws = run.rounded(chains.thinned(KEPT))
    draws = draws[sampling.in_order(draws)]
    scales = departures.scales(draws.astype(float))
    table = np.array([log_likelihood(one, scales) for one in target.publications])
    about = {
        "substances": [list(members) for members in calibrations()],
        "publications": [one.source for one in target.publications],
        "rows": {one.source: list(one.rows) for one in target.publications},
        "digest": digest(),
        "method": {
            "sampler": f"emcee {emcee.__version__}", "detectapi": __version__, "seed": SEED, "walkers": WALKERS,
            "steps": STEPS, "burn": BURN, "draws": KEPT, "acceptance": round(chains.acceptance, 3),
        },
        "autocorrelation_time": [round(float(v), 1) for v in chains.autocorrelation_time()],
        "effective_size": [round(float(v)) for v in chains.effective_size()],
        "split_r_hat": [round(float(v), 3) for v in chains.split_r_hat()],
        "forecasts": {},
        "check": [round(float(v), 4) for v in target(checked(draws))],
        "unseen": {f"{one.calibration} {one.source}": one.effective_size for one in left_out},
    }  # fmt: skip
    arrays = {"draws": draws, "log_likelihood": np.round(table, 4).astype(np.float32)}
    for one in left_out:
        again = {"places": one.places.astype(np.uint16)} if len(one.places) else {"deviates": run.rounded(one.deviates)}
        arrays |= {f"{key}.{one.calibration}.{one.source}": value for key, value in again.items()}
    np.savez_compressed(data / f"{departures.NAME}.npz", **arrays)
    run.write(about, data / f"{departures.NAME}.json")
    departures.learned.cache_clear()
    say("forecasts of every study, with what was assumed and with what was learned")
    about["forecasts"] = forecasts()
    run.write(about, data / f"{departures.NAME}.json")
    return about


def forecasts() -> dict[str, Any]:
    """Central 90 and 50 % intervals and medians of every number, its publication unseen: as was assumed, and as is learned."""
    ways = {
        "assumed": Forecaster(departure=departures.assumed, described=False),
        "described": Forecaster(departure=departures.assumed),
        "learned": Forecaster(),
    }
    rows = unseen.forecast_rows()
    levels = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
    lines: dict[str, Any] = {}
    for way, forecaster in ways.items():
        for o in unseen.forecasts(rows, forecaster):
            if not o.bound:
                line = lines.setdefault(o.label, {"row": o.row.id, "observed": list(o.observed)})
                line[way] = [float(f"{q:.5g}") for q in np.quantile(o.sample, levels)]
    return lines


def checked(draws: np.ndarray) -> np.ndarray:
    """The draws whose log posterior is in the ``.json`` file. A test recomputes it and fails if the model has changed."""
    return draws[np.linspace(0, len(draws) - 1, CHECKED).astype(int)].astype(float)


def digest() -> str:
    """Of everything that the fit depends on, but for the code: calibrations, rows that teach, and rules."""
    whole = hashlib.sha256()
    for name in (f"{departures.NAME}.toml", "study-people.toml", "validation.toml"):
        whole.update((DATA / name).read_bytes())
    for members in calibrations():
        whole.update((DATA / "calibration" / f"{members[0]}.npz").read_bytes())
        fitted = posterior.fitted_rows(members[0])
        for row in (row for member in members for row in observations.observations(member)):
            if teaches(row, fitted):
                study = row.study
                numbers = (
                    row.id,
                    row.quantity,
                    row.statistic,
                    row.value,
                    row.low,
                    row.high,
                    row.values,
                    row.time_h,
                    row.n,
                )
                people = study.source, study.population, study.doses, study.given, study.compared_with, study.sampling
                whole.update(repr((numbers, people)).encode())
    return whole.hexdigest()
