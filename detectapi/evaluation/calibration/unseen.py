"""Forecasts of studies that the forecaster has not seen: draws of each calibration without one publication.

They are draws of the calibration, weighted by one over the likelihood of the publication's rows. Where too few of them count, the
calibration is sampled again without the publication. Every publication that a calibration was fitted to has them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from detectapi.evaluation.calibration import publications, run, sampling
from detectapi.evaluation.calibration.likelihood import Likelihood
from detectapi.evaluation.validation import departures
from detectapi.evaluation.validation.departures import weighted_places
from detectapi.evaluation.validation.measures import MEASURES
from detectapi.evaluation.validation.outcomes import REPETITIONS, USUAL, Forecaster, Outcome, simulate
from detectapi.knowledge import DATA, catalog, observations, posterior
from detectapi.values.observation import Observation

KEPT = 400
ENOUGH = 200
"""Effective draws below which a calibration is sampled again without the publication."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a calibration knows without one publication.

    Attributes
    ----------
    calibration, source : str
    effective_size : int
        Of the weighted draws.
    places : array of int, shape (KEPT,)
        Draws of the calibration; empty where it was sampled again.
    deviates : array, shape (KEPT, parameters)
    """

    calibration: str
    source: str
    effective_size: int
    places: np.ndarray
    deviates: np.ndarray


def calibrations() -> list[tuple[str, ...]]:
    """The substances of each calibration, its own first, in the order of the files."""
    files = sorted((DATA / "calibration").glob("*.json"))
    return [tuple(sorted(json.loads(f.read_text(encoding="utf-8"))["substances"], key=f.stem.__ne__)) for f in files]


def parameters(calibration: str) -> tuple[str, ...]:
    """The typical values that a calibration fits."""
    text = (DATA / "calibration" / f"{calibration}.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["parameters"])


def make(calibration: str, say=None) -> list[Unseen]:
    """The draws of one calibration without each of its publications.

    Parameters
    ----------
    calibration : str
        Its name, which is the id of a substance.
    say : callable, optional
        Called with words on the progress.
    """
    names, draws = parameters(calibration), _draws(calibration)
    made = []
    for source, value in publications.by_source(Likelihood(calibration, names), draws).items():
        size = round(publications.effective_size(-value))
        if size >= ENOUGH:
            places = weighted_places(-value, KEPT)
            made.append(Unseen(calibration, source, size, places, draws[places]))
        else:
            if say:
                say(f"{calibration} without {source}: {size} effective draws, sampled again")
            made.append(Unseen(calibration, source, size, np.zeros(0, int), _again(calibration, names, source, draws)))
    return made


def _again(calibration: str, names: tuple[str, ...], source: str, draws: np.ndarray) -> np.ndarray:
    fewer = Likelihood(calibration, names, without=source, left_out=tuple(MEASURES))
    plan = run.Plan()
    begin = draws[np.linspace(0, len(draws) - 1, plan.left_out_walkers).astype(int)]
    # What a publication taught can be far from what is known without it: longer than for its rows of urine alone.
    chains = sampling.sample(fewer.log_posterior, begin, plan.left_out_steps, 2 * plan.left_out_burn, plan.seed)
    return run.rounded(chains.thinned(KEPT)).astype(float)


def _draws(calibration: str) -> np.ndarray:
    with np.load(DATA / "calibration" / f"{calibration}.npz") as stored:
        return stored["deviates"].astype(float)


Knowledge = dict[str, np.ndarray]
"""Draws of typical values by parameter, shape (m,) each."""


def draws() -> dict[tuple[str, str], Knowledge]:
    """What is known of a substance without a publication, by substance and source; as `joint.fit` wrote it."""
    known: dict[tuple[str, str], Knowledge] = {}
    with np.load(DATA / f"{departures.NAME}.npz") as stored:
        for members in calibrations():
            names, whole = parameters(members[0]), _draws(members[0])
            for key in stored.files:
                what, _, rest = key.partition(".")
                name, _, source = rest.partition(".")
                if what in ("places", "deviates") and name == members[0]:
                    own = whole[stored[key]] if what == "places" else stored[key].astype(float)
                    knowledge = {n: own[:, i] for i, n in enumerate(names)}
                    known |= {(member, source): knowledge for member in members}
    return known


def forecast_rows() -> list[Observation]:
    """Every observation of a substance that the catalogue has."""
    known = set(catalog.ids())
    return [row for row in observations.observations() if row.study.substance in known]


def forecasts(rows: Sequence[Observation], forecaster: Forecaster = USUAL) -> list[Outcome]:
    """Forecasts of rows, each from a calibration that has not seen its publication; from the prior where there is none."""
    without, outcomes = draws(), []

    def study(row: Observation) -> tuple[str, str]:
        return row.study.substance, row.study.source

    for key, some in groupby(sorted(rows, key=study), study):
        whole = posterior.posterior(catalog.substance(key[0]))[0]
        calibrated = whole.spread_out(REPETITIONS) if whole else None
        outcomes += simulate(list(some), without.get(key, calibrated), forecaster)[0]
    return outcomes
