"""Eigenvalues of small arrow matrices in closed form: where to start, in a tenth of the time that LAPACK takes.

The matrix has a centre and m arms on its diagonal, and along one border entries whose squares are the weights. Roots
are real. What comes out is good to rounding next to the largest root, worse where roots nearly coincide or where one is
many orders smaller: to be polished, and checked, by who asks.
"""

from __future__ import annotations

import numpy as np

_TURN = 2.0 * np.pi / 3.0


def three(centre, arms, weights) -> np.ndarray:
    """Roots for two arms: the cubic by cosines.

    Parameters
    ----------
    centre : array, shape (n,)
    arms, weights : array, shape (2, n)

    Returns
    -------
    array, shape (3, n)
        Ascending; not finite where all coincide.
    """
    mean = (centre + arms[0] + arms[1]) / 3.0
    a, (b, c), (first, second) = centre - mean, arms - mean, weights
    scale = np.sqrt((a * a + b * b + c * c + 2.0 * (first + second)) / 6.0)
    large, _, small = _cosines((a * b * c - first * c - second * b) / (2.0 * scale**3))
    large, small = 2.0 * scale * large, 2.0 * scale * small
    return mean + np.stack([small, -large - small, large])


def four(centre, arms, weights) -> np.ndarray:
    """Roots for three arms: Euler's solution of the quartic, by sums of pairs of roots.

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
    # x^4 + p x^2 + q x + r, from the mean of the roots.
    cd, total = c * d, b + c + d
    pairs, whole = b * (c + d) + cd, first + second + third
    p = pairs - total * total - whole
    q = total * (pairs + whole) - b * cd - (first * b + second * c + third * d)
    r = -total * (b * cd) - (first * cd + b * (second * d + third * c))
    # Squares of the sums of two roots solve a cubic.
    scale = np.sqrt(p * p + 12.0 * r) / 3.0
    large, middle, _ = _cosines((p * (p * p / 27.0 - 4.0 / 3.0 * r) + 0.5 * q * q) / scale**3)
    u = np.sqrt(2.0 * (scale * large - p / 3.0))
    v = np.sqrt(2.0 * (scale * middle - p / 3.0))
    w = -q / (u * v)  # the smallest would come out of its own square with half of its digits
    outer, inner = 0.5 * (u + v), 0.5 * (u - v)
    w *= 0.5
    return mean + np.stack([w - outer, -inner - w, inner - w, outer + w])


def _cosines(cosine):
    """Cosines of a third of the angle whose cosine is given, and of the two angles a third of a turn away: descending."""
    angle = np.arccos(np.clip(cosine, -1.0, 1.0)) / 3.0
    return np.cos(angle), np.cos(angle - _TURN), np.cos(angle + _TURN)
