"""Moves of weighted draws that know where the draws are: long ones along what the results tell, short ones elsewhere.

The prior of all numbers of a draw is a standard normal distribution. The results tell much in few of its directions: those in which
the expected readings change. A linear fit of the readings on the numbers finds these. Along them a move leaves a normal
distribution as it is that is fitted to the draws, and it is accepted by the likelihood times the density of the prior over that of
the fit. In all other directions a move leaves the prior as it is, so that nothing but the likelihood counts.

References
----------
cotter2013
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectapi.interpretation.particles import Particles
from detectapi.model.arrays import Floats

ALONG = 2.0
"""Length of a move along what the results tell, in standard deviations of the fit, over that in the other directions."""
LONGEST = 0.5
"""Length of the longest move along what the results tell; 1 draws all anew."""
WIDER = 1.2
"""Standard deviation of the fit over that of the draws, so that its tails are the heavier ones."""
RIDGE = 0.01
"""Added to the variance of each number in the linear fit, so that numbers that hardly vary are left out of it."""
LEAST_SIGNAL = 0.5
"""A direction is told by the results if a standard deviation of the prior changes a reading by that much of its own spread."""


class Fit(NamedTuple):
    """A normal distribution in the directions that the results tell.

    Attributes
    ----------
    directions : array, shape (numbers, directions)
        Each of length 1, at right angles to each other.
    mean : array, shape (directions,)
    root, inverse : array, shape (directions, directions)
        Symmetric root of the covariance, and the inverse of it. So a move is the same whatever signs or turns the directions have.
    """

    directions: Floats
    mean: Floats
    root: Floats
    inverse: Floats

    def log_ratio(self, numbers: Floats) -> Floats:
        """Logarithm of the density of the prior over that of the fit, up to a constant. Shape (draws,)."""
        places = self.directions.T @ numbers
        away = self.inverse @ (places - self.mean[:, np.newaxis])
        return np.asarray(0.5 * (np.square(away).sum(axis=0) - np.square(places).sum(axis=0)))

    def moved(self, numbers: Floats, fresh: Floats, step: float) -> Floats:
        """Numbers after a move.

        Parameters
        ----------
        numbers : array, shape (numbers, draws)
        fresh : array, same shape
            Standard normal numbers.
        step : float
            Length of the move in the other directions. [0 to 1]
        """
        far = min(ALONG * step, LONGEST)
        other = math.sqrt(1.0 - step * step) * numbers + step * fresh
        along, mean = self.directions.T, self.mean[:, np.newaxis]
        wanted = mean + math.sqrt(1.0 - far * far) * (along @ numbers - mean) + far * self.root @ (along @ fresh)
        return np.asarray(other + self.directions @ (wanted - along @ other))


def fit(particles: Particles, readings: Sequence[Floats]) -> Fit:
    """The normal distribution that draws of equal weight have in the directions that the results tell.

    Parameters
    ----------
    particles : Particles
    readings : sequence of array, shape (draws,)
        What each reading is expected to be, in standard deviations of what it varies by given the draw.
    """
    numbers = particles.matrix()
    directions = _directions(numbers, np.reshape(readings, (len(readings), numbers.shape[1])))
    places = directions.T @ numbers
    away = places - places.mean(axis=1, keepdims=True)
    covariance = WIDER * WIDER * (away @ away.T) / numbers.shape[1] + 1e-3 * np.eye(len(places))
    variances, axes = np.linalg.eigh(covariance)
    roots = np.sqrt(variances)
    return Fit(directions, places.mean(axis=1), (axes * roots) @ axes.T, (axes / roots) @ axes.T)


def _directions(numbers: Floats, readings: Floats) -> Floats:
    """Directions of the numbers in which readings change: of a linear fit, those with enough of a signal."""
    away = numbers - numbers.mean(axis=1, keepdims=True)
    gram = away @ away.T + RIDGE * numbers.shape[1] * np.eye(len(numbers))
    slopes = np.linalg.solve(gram, away @ (readings - readings.mean(axis=1, keepdims=True)).T)
    squares, directions = np.linalg.eigh(slopes @ slopes.T)
    return np.asarray(directions[:, squares > LEAST_SIGNAL**2])
