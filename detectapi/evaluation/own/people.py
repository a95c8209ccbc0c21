"""The likelihood of concentrations that were measured in single people.

The logarithms of what one person shows follow a normal distribution around those of the typical person with the same doses, weight
and kidneys. How people differ from the typical one, and how what they show at several times goes together, is simulated once, at
the centre of what is known beforehand. Concentrations below a limit count with their probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri
from scipy.stats import qmc

from detectapi.evaluation.calibration.likelihood import POINT_SD
from detectapi.evaluation.calibration.people import TypicalNumbers
from detectapi.evaluation.own.table import Person, Point
from detectapi.evaluation.validation.trial import StudyDeviates, StudyNumbers, Trial
from detectapi.model.draws import Selection
from detectapi.values.errors import InputError

PAIRS = 500
"""Pairs of opposite people from whom the differences between people are learnt. In pairs, their mean is nearly without chance."""

BIAS_SD = 0.075
"""Log standard deviation of the bias of one laboratory. Assumed: methods are accepted up to 15 % off, taken as two of them."""

NODES = 64
"""Points of the integral over several concentrations that were all below their limits."""

LEAST = 1e-300
SEED = 20261130


class Centre(Mapping[str, np.ndarray]):
    """Deviates of typical values for a simulation around one set of them: those that are not named are zero."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values_of = dict(values)

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array([self.values_of.get(name, 0.0)])

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


class Opposites(StudyDeviates):
    """Standard normal numbers of pairs of people: what one has above the middle, the other has below it."""

    def __init__(self, centre: Mapping[str, float], visit: int = 0) -> None:
        self.centre = centre
        numbers = StudyNumbers(SEED, 1, PAIRS)
        numbers.knowledge = Centre(centre)  # type: ignore[assignment]
        self.half = numbers.at_visit(visit)

    def at_visit(self, visit: int) -> Opposites:
        """The same people with the specimens of one visit."""
        return Opposites(self.centre, visit)

    def prepare(self, stream: str, names: Iterable[str]) -> None:
        """Nothing to prepare."""

    def normal(self, stream: str, name: str) -> np.ndarray:
        """Numbers of one name: shape (1,) for knowledge, else (2 * PAIRS,)."""
        half = self.half.normal(stream, name)
        return half if stream == "knowledge" else np.concatenate([half, -half])

    def selection(self) -> Selection:
        """Every person."""
        each = np.arange(2 * PAIRS)
        return Selection(np.zeros(2 * PAIRS, dtype=int), each, each, each, each)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a person showed, ready to be compared.

    Attributes
    ----------
    places : array of int
        Of the points among all of the design: first those with a value, then those below a limit.
    logs : array
        Logarithms of the values, then of the limits.
    valued : int
        How many have a value.
    bias : array of int
        The column of the laboratory's bias that each point has.
    """

    places: np.ndarray
    logs: np.ndarray
    valued: int
    bias: np.ndarray


class Design:
    """Everyone with the same doses and circumstances, and every point that was looked at among them."""

    def __init__(self, people: Sequence[Person], biases: Sequence[tuple[str, str]]) -> None:
        self.study = people[0].study
        self.points: dict[tuple[str, str, bool, str, float], Point] = {}
        for person in people:
            self.points |= {point.key: point for point in person.points}
        place = {key: i for i, key in enumerate(self.points)}
        self.measured = [_measured(person, place, biases) for person in people]

    def prepare(self, centre: Mapping[str, float]) -> None:
        """Learn how people differ from the typical one: the mean of the difference and its covariance."""
        people = self.logs(Trial(self.study, self.study.given, Opposites(centre)), apart=True)
        names = tuple(centre)
        deviates = np.array([[centre[name] for name in names]]).reshape(1, len(names))
        apart = people - self.typical(names, deviates)
        self.shift = apart.mean(axis=1)
        plasma = np.array([point.quantity == "plasma_concentration" for point in self.points.values()])
        self.covariance = np.cov(apart).reshape(len(apart), -1) + np.diag(np.where(plasma, POINT_SD**2, 1e-6))
        self.parts = [_Part(one, self.covariance) for one in self.measured]

    def typical(self, names: Sequence[str], deviates: np.ndarray) -> np.ndarray:
        """Logarithms of what the typical person shows, for each set of typical values. Shape (points, m)."""
        trial = Trial(self.study, self.study.given, TypicalNumbers(names, deviates))
        return self.logs(trial, apart=False)

    def log_probability(self, typical: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Of everything that its people showed. ``bias`` has shape (biases, m). Shape (m,)."""
        expected = typical + self.shift[:, None]
        return np.sum([part.log_probability(expected, bias) for part in self.parts], axis=0)

    def logs(self, trial: Trial, apart: bool) -> np.ndarray:
        """Logarithms of all points. ``apart``: every specimen of urine is another one, not the usual one. Shape (points, size)."""
        values = []
        for visit, point in enumerate(self.points.values(), 1):
            time = _time(point, trial.dose_duration)
            if point.quantity == "plasma_concentration":
                values.append(trial.plasma(point.analyte, [time])[0] * trial.mass[point.analyte])
            elif apart:
                when = np.full(trial.size, time)
                values.append(trial.specimen((point.analyte,), when, visit, point.hydrolysed)[point.analyte])
            else:
                values.append(trial.usual_specimen(point.analyte, time, point.hydrolysed))
        return np.log(np.maximum(np.array(values), LEAST))


class People:
    """The likelihood of everyone's concentrations.

    Parameters
    ----------
    people : sequence of Person
        Of one substance.
    names : sequence of str
        Parameters whose typical values are fitted.
    centre : dict of str to float
        What is known of them beforehand: their middles, in standard deviations of the file's uncertainty.
    """

    def __init__(self, people: Sequence[Person], names: Sequence[str], centre: Mapping[str, float]) -> None:
        self.names = tuple(names)
        self.biases = list(dict.fromkeys((one.study.source, point.quantity) for one in people for point in one.points))
        alike: dict[str, list[Person]] = {}
        for person in people:
            alike.setdefault(repr((person.study.doses, person.study.given)), []).append(person)
        self.designs = [Design(some, self.biases) for some in alike.values()]
        for design in self.designs:
            design.prepare(centre)

    def __call__(self, deviates: np.ndarray) -> np.ndarray:
        """Log likelihood. Shape (m, names and biases) to (m,)."""
        values, bias = deviates[:, : len(self.names)], deviates[:, len(self.names) :].T * BIAS_SD
        each = [design.log_probability(design.typical(self.names, values), bias) for design in self.designs]
        return sum(each, start=np.zeros(len(deviates)))

    def slopes(self, names: Sequence[str], at: np.ndarray, step: float = 0.5) -> np.ndarray:
        """How much points say of some typical values: the matrix of information. Shape (names, names)."""
        sets = np.vstack([at, at + step * np.eye(len(names))])
        total = np.zeros((len(names), len(names)))
        for design in self.designs:
            typical = design.typical(names, sets)
            slope = (typical[:, 1:] - typical[:, :1]) / step
            for one in design.measured:
                rows = slope[one.places[: one.valued]]
                inverse = np.linalg.inv(design.covariance[np.ix_(one.places[: one.valued], one.places[: one.valued])])
                total += rows.T @ inverse @ rows
        return total


class _Part:
    """One person's part of the likelihood, with the matrices that are the same for all typical values."""

    def __init__(self, measured: Measured, covariance: np.ndarray) -> None:
        self.measured, n = measured, measured.valued
        mine = covariance[np.ix_(measured.places, measured.places)]
        self.root = np.linalg.cholesky(mine[:n, :n])
        self.constant = -np.log(np.diag(self.root)).sum()
        self.along = np.linalg.solve(mine[:n, :n], mine[:n, n:]).T
        rest = mine[n:, n:] - self.along @ mine[:n, n:]
        self.rest = np.linalg.cholesky(rest)
        count = len(rest)
        self.nodes = qmc.Halton(count, rng=SEED).random(NODES) if count else np.zeros((1, 0))

    def log_probability(self, expected: np.ndarray, bias: np.ndarray) -> np.ndarray:
        one, n = self.measured, self.measured.valued
        gap = one.logs[:, None] - expected[one.places] - bias[one.bias]
        scaled = np.linalg.solve(self.root, gap[:n])
        log = self.constant - 0.5 * (scaled**2).sum(axis=0)
        if n == len(one.logs):
            return log
        return log + below_limits(gap[n:] - self.along @ gap[:n], self.rest, self.nodes)


def below_limits(gap: np.ndarray, root: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Log probability that normal numbers all lie below their limits, one after the other (Geweke, Hajivassiliou and Keane).

    Parameters
    ----------
    gap : array, shape (c, m)
        Limits relative to the means.
    root : array, shape (c, c)
        Lower triangular root of the covariance.
    nodes : array, shape (q, c)
        Evenly spread points of the unit cube.

    Returns
    -------
    array, shape (m,)
    """
    count, m = gap.shape
    drawn = np.zeros((count, len(nodes), m))
    log = np.zeros((len(nodes), m))
    for k in range(count):
        already = np.tensordot(root[k, :k], drawn[:k], axes=1) if k else 0.0
        chance = ndtr((gap[k] - already) / root[k, k]) * np.ones((len(nodes), 1))
        log += np.log(np.maximum(chance, LEAST))
        drawn[k] = ndtri(np.clip(nodes[:, k, None] * chance, LEAST, 1.0 - 1e-12))
    return logsumexp(log, axis=0) - np.log(len(nodes))


def _measured(person: Person, place: Mapping[tuple, int], biases: Sequence[tuple[str, str]]) -> Measured:
    ordered = sorted(person.points, key=lambda point: point.below)
    return Measured(
        np.array([place[point.key] for point in ordered]),
        np.log([point.value for point in ordered]),
        sum(not point.below for point in ordered),
        np.array([biases.index((person.study.source, point.quantity)) for point in ordered]),
    )


def _time(point: Point, duration: float) -> float:
    """The time of a point: of plasma from the start of the first dose, of urine from the end of the last one. [h]"""
    plasma = point.quantity == "plasma_concentration"
    if point.clock == ("first-dose-start" if plasma else "last-dose-end"):
        return point.time
    time = point.time + (duration if plasma else -duration)
    if time < 0.0:
        raise InputError(f"{point.label}: urine can be compared from the end of the last dose on.", pointer="time_h")
    return time
