"""`detectapi calibrate SUBSTANCE --observations FILE`: fit typical values to own observations, and write the result to a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from detectapi._version import __version__
from detectapi.evaluation.calibration import run, sampling
from detectapi.evaluation.calibration.likelihood import Likelihood, Term, fits, terms_of
from detectapi.evaluation.own.people import People
from detectapi.evaluation.own.table import Own
from detectapi.knowledge import catalog, posterior
from detectapi.knowledge.catalog.population import FILES
from detectapi.values.errors import InputError
from detectapi.values.observation import Observation

LEARNT = 0.1
"""A typical value is fitted if the observations hold so much information on it, relative to what is known beforehand."""

MOST = 30
"""Typical values that are fitted at most, beside those of the shipped calibration: those that observations say most of."""

STEP = 0.02
KEPT = 4000


@dataclass(frozen=True, slots=True)
class Plan:
    """The amount of work, and where to begin: at the shipped calibration, or at the values in the substance's file."""

    walkers: int = 128
    steps: int = 120
    burn: int = 80
    seed: int = run.SEED
    begin: str = "published"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of typical values before the observations: a normal distribution, in deviates of the file's uncertainty."""

    names: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray

    def log_density(self, deviates: np.ndarray) -> np.ndarray:
        """Up to a constant. Shape (m, names) to (m,)."""
        scaled = np.linalg.solve(np.linalg.cholesky(self.covariance), (deviates - self.mean).T)
        return -0.5 * (scaled**2).sum(axis=0)


class RowsLikelihood(Likelihood):
    """The likelihood of rows that are statistics, for names of typical values."""

    def __init__(self, rows: Sequence[Observation], names: Sequence[str], terms: list[Term] | None = None) -> None:
        self.names = tuple(names)
        self.terms = terms_of(rows) if terms is None else terms


class Target:
    """The log posterior of typical values and of the biases of laboratories, given own observations.

    Parameters
    ----------
    substance_id : str
    own : Own
        The observations of this substance.
    begin : {'published', 'file'}
        What is known beforehand: the shipped calibration where there is one, or the substance's file alone.
    """

    def __init__(self, substance_id: str, own: Own, begin: str = "published") -> None:
        routes = {dose["route"] for row in own.rows for dose in row.study.doses or ()}
        self.fitted = [row for row in own.rows if fits(row, routes)]
        terms = terms_of(self.fitted)
        before = _known(substance_id, begin)
        parameters = catalog.substance(substance_id).parameters
        others = [name for name, one in parameters.items() if one.uncertainty > 0.0 and name not in before.names]
        everything = _joined(before, others)
        said = _information(own, everything, terms)
        new = sorted((i for i in range(len(before.names), len(said)) if said[i] > LEARNT), key=lambda i: -said[i])[
            :MOST
        ]
        if not new and not (said > LEARNT).any():
            raise InputError("These observations say nothing of the typical values of this substance.")
        self.known = _joined(before, [everything.names[i] for i in sorted(new)])
        self.names = self.known.names
        self.people = People(own.people, self.names, dict(zip(self.names, self.known.mean, strict=True)))
        self.rows = RowsLikelihood(self.fitted, self.names, terms)
        self.size = len(self.names) + len(self.people.biases)

    def __call__(self, deviates: np.ndarray) -> np.ndarray:
        """Log posterior up to a constant. Shape (m, size) to (m,)."""
        deviates = np.atleast_2d(deviates)
        inside = (np.abs(deviates) < 6.0).all(axis=1)
        here = np.clip(deviates, -6.0, 6.0)
        values, bias = here[:, : len(self.names)], here[:, len(self.names) :]
        log = self.known.log_density(values) - 0.5 * (bias**2).sum(axis=1) + self.people(here)
        if self.rows.terms:
            log = log + self.rows(values)
        return np.where(inside & np.isfinite(log), log, -np.inf)

    def slope(self, point: np.ndarray) -> np.ndarray:
        """The gradient of the log posterior at a point, from central differences."""
        steps = STEP * np.eye(self.size)
        up, down = np.split(self(np.vstack([point + steps, point - steps])), 2)
        return (up - down) / (2.0 * STEP)

    def start(self, walkers: int, seed: int) -> np.ndarray:
        """First positions: around the mode, as far as the information reaches. Shape (walkers, size)."""
        begin = np.concatenate([self.known.mean, np.zeros(len(self.people.biases))])
        best = minimize(lambda z: -self(z)[0], begin, jac=lambda z: -self.slope(z), method="L-BFGS-B",
                        bounds=[(-5.5, 5.5)] * self.size, options={"maxiter": 60})  # fmt: skip
        count = len(self.names)
        precision = np.eye(self.size)
        precision[:count, :count] = np.linalg.inv(self.known.covariance) + self.people.slopes(
            self.names, best.x[:count]
        )
        root = np.linalg.cholesky(np.linalg.inv(precision))
        spread = np.random.default_rng(seed).standard_normal((walkers, self.size)) @ root.T
        return np.clip(best.x + spread, -5.9, 5.9)


def calibrate(
    substance_id: str, own: Own, folder: Path, plan: Plan = Plan(), say: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Fit typical values to own observations and write ``<id>.npz`` and ``<id>.json`` into a folder.

    Parameters
    ----------
    substance_id : str
    own : Own
        From `detectapi.evaluation.own.table.read`.
    folder : Path
        Made where it is missing. `DETECTAPI_CALIBRATION` may name it.
    plan : Plan
    say : callable, optional
        Called with words on the progress.

    Returns
    -------
    dict
        The content of the ``.json`` file.

    Raises
    ------
    InputError
        The table has no row on the substance, or none that says anything of its typical values.
    """
    own = own.of(catalog.substance(substance_id).id)
    if not own.lines:
        raise InputError("The table has no row on this substance.", pointer="substance")
    target = Target(substance_id, own, plan.begin)
    if say:
        points = sum(len(person.points) for person in own.people)
        said = f"{len(own.people)} people with {points} concentrations, {len(target.fitted)} other rows"
        say(f"{len(target.names)} typical values, {said}")
    chains = fitted(target, plan)
    draws = chains.thinned(min(KEPT, len(chains.flat)))
    draws = run.rounded(draws[sampling.in_order(draws)])[:, : len(target.names)]
    about = _about(substance_id, own, plan, target, chains)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / f"{substance_id}.npz", names=np.array(target.names), deviates=draws)
    run.write(about, folder / f"{substance_id}.json")
    return about


def fitted(target: Target, plan: Plan) -> sampling.Chains:
    """Sample the posterior."""
    walkers = max(plan.walkers, 4 * target.size)
    return sampling.sample(target, target.start(walkers, plan.seed), plan.steps, plan.burn, plan.seed)


def _about(substance_id: str, own: Own, plan: Plan, target: Target, chains: sampling.Chains) -> dict[str, Any]:
    files = [f"physiology/{name}.toml" for name in FILES]
    count, points = len(target.names), [point for person in own.people for point in person.points]
    return {
        "substances": {substance_id: catalog.substance(substance_id).numbers_sha256},
        "files": files,
        "observations": posterior.digest(posterior.DATA, files),
        "own": {
            "sha256": own.sha256, "people": len(own.people), "concentrations": len(points),
            "below": sum(point.below for point in points), "begin": plan.begin,
            "not_fitted": [row.id for row in own.rows if row not in target.fitted],
        },
        "rows": [{"row": term.row.id, "weight": round(term.weight, 4)} for term in target.rows.terms],
        "parameters": list(target.names),
        "before": {"mean": _rounded(target.known.mean), "sd": _rounded(np.sqrt(np.diag(target.known.covariance)))},
        "method": {
            "detectapi": __version__, "seed": plan.seed, "walkers": chains.draws.shape[1], "steps": plan.steps,
            "burn": plan.burn, "acceptance": round(chains.acceptance, 3),
        },
        "effective_size": [round(float(v)) for v in chains.effective_size()[:count]],
        "split_r_hat": _rounded(chains.split_r_hat()[:count]),
        "mean": _rounded(chains.flat.mean(axis=0)[:count]),
        "sd": _rounded(chains.flat.std(axis=0)[:count]),
    }  # fmt: skip


def _known(substance_id: str, begin: str) -> Known:
    """What is known of the typical values that the shipped calibration covers; nothing where there is none."""
    learnt = posterior.shipped(catalog.substance(substance_id))[0] if begin == "published" else None
    if learnt is None:
        return Known((), np.zeros(0), np.zeros((0, 0)))
    return Known(
        tuple(learnt.index), learnt.deviates.mean(axis=1), np.cov(learnt.deviates).reshape(len(learnt.index), -1)
    )


def _joined(known: Known, others: Sequence[str]) -> Known:
    """The same with more typical values, known as the substance's file has them."""
    count, more = len(known.names), len(others)
    covariance = np.eye(count + more)
    covariance[:count, :count] = known.covariance
    return Known((*known.names, *others), np.concatenate([known.mean, np.zeros(more)]), covariance)


def _information(own: Own, known: Known, terms: list[Term]) -> np.ndarray:
    """How much observations say of each typical value, relative to what is known of it. Shape (names,)."""
    names, centre = known.names, known.mean
    people = People(own.people, names, dict(zip(names, centre, strict=True)))
    said = np.diag(people.slopes(names, centre)).copy()
    if terms:
        likely = RowsLikelihood((), names, terms)(
            np.vstack([centre, centre + np.eye(len(names)), centre - np.eye(len(names))])
        )
        moved = np.abs(likely[1:] - likely[0]).reshape(2, -1).max(axis=0)
        said += moved
    return said * np.diag(known.covariance)


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values]
