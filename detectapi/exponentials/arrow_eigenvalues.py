"""Eigenvalues of small symmetric arrow matrices in closed form, in a tenth of the time that LAPACK takes.

An arrow matrix has a centre and m arms on its diagonal, and entries along one border; the weights are the squares of those
entries. Its eigenvalues are real. The closed forms are accurate to rounding relative to the largest eigenvalue. They are
less accurate where eigenvalues nearly coincide or where one is many orders smaller, so the caller polishes and checks them.
"""

from __future__ import annotations

import numpy as np

from detectapi.exponentials.array_types import Floats

_THIRD_OF_TURN = 2.0 * np.pi / 3.0


def eigenvalues_two_arms(centre: Floats, arms: Floats, weights: Floats) -> Floats:
    """Eigenvalues for two arms: the roots of a cubic, by cosines.

    Parameters
    ----------
    centre : array, shape (n,)
    arms, weights : array, shape (2, n)

    Returns
    -------
    array, shape (3, n)
        Ascending; not finite where all three coincide.
    """
    mean = (centre + arms[0] + arms[1]) / 3.0
    a, (b, c), (first, second) = centre - mean, arms - mean, weights
    scale = np.sqrt((a * a + b * b + c * c + 2.0 * (first + second)) / 6.0)
    large, _, small = _cosines_of_third((a * b * c - first * c - second * b) / (2.0 * scale**3))
    large, small = 2.0 * scale * large, 2.0 * scale * small
    roots: Floats = mean + np.stack([small, -large - small, large])
    return roots


def eigenvalues_three_arms(centre: Floats, arms: Floats, weights: Floats) -> Floats:
    """Eigenvalues for three arms: the roots of a quartic, by Euler's solution (sums of pairs of roots).

    Parameters
    ----------
    centre : array, shape (n,)
    arms, weights : array, shape (3, n)

    Returns
    -------
    array, shape (4, n)
        Ascending; not finite where three coincide.
    """
    mean = (centre + arms[0] + arms[1] + arms[2]) / 4.0
    (b, c, d), (first, second, third) = arms - mean, weights
    # The characteristic polynomial is x^4 + p x^2 + q x + r, with x counted from the mean of the roots.
    cd, total = c * d, b + c + d
    pairs, whole = b * (c + d) + cd, first + second + third
    p = pairs - total * total - whole
    q = total * (pairs + whole) - b * cd - (first * b + second * c + third * d)
    r = -total * (b * cd) - (first * cd + b * (second * d + third * c))
    # The squares of the sums of two roots solve a cubic.
    scale = np.sqrt(p * p + 12.0 * r) / 3.0
    large, middle, _ = _cosines_of_third((p * (p * p / 27.0 - 4.0 / 3.0 * r) + 0.5 * q * q) / scale**3)
    u = np.sqrt(2.0 * (scale * large - p / 3.0))
    v = np.sqrt(2.0 * (scale * middle - p / 3.0))
    w = -q / (u * v)  # the third sum; its own square would give it with half of its digits
    outer, inner = 0.5 * (u + v), 0.5 * (u - v)
    w *= 0.5
    roots: Floats = mean + np.stack([w - outer, -inner - w, inner - w, outer + w])
    return roots


def _cosines_of_third(cosine: Floats) -> tuple[Floats, Floats, Floats]:
    """Cosines of a third of an angle, and of that plus and minus a third of a turn, in descending order."""
    angle = np.arccos(np.clip(cosine, -1.0, 1.0)) / 3.0
    return np.cos(angle), np.cos(angle - _THIRD_OF_TURN), np.cos(angle + _THIRD_OF_TURN)
