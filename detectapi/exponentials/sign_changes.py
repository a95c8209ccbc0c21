"""How often a sum of exponentials can change sign: Laguerre's rule, sharpened until it decides.

With the terms ``c_0 + c_1 exp(-p_1 t) + ...`` in the order of ascending poles (p_0 = 0) and any r >= 1,

    f(t) = t^r integral_0^inf A_r(q) exp(-q t) dq,    A_r(q) = sum over p_i <= q of c_i (q - p_i)^(r-1) / (r-1)!

and a Laplace transform has no more zeros in t > 0 than its original has sign changes (and as many up to an even
number). For r = 1 the original is the step function of partial sums: Laguerre's rule. For r > 1 it is a spline,
which changes sign no more often than its B-spline coefficients. These are repeated partial sums: cheap, no
exponentials, and the count falls towards the truth as r grows. Laguerre's own rule leaves half of ordinary
metabolite curves undecided (two poles close to each other have large coefficients of opposite sign); r = 3 decides
nearly all. (Pólya and Szegő, Problems and Theorems in Analysis, part V, chapter 1; for splines Schoenberg's
variation diminution.)

Times count from where the terms are taken: for zeros after some t, take ``c_i exp(-p_i t)``.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from detectapi.exponentials.sums import add_up, columns, running

ORDERS = (2, 3, 5)
"""Tried one after the other, each for the draws that the one before leaves undecided."""


def repeated_sums(poles, constant, terms, order) -> np.ndarray:
    """Coefficients whose sign changes bound the zeros in t > 0.

    Parameters
    ----------
    poles, terms : array, shape (k, n)
        Poles ascending. [1/h], [unit]
    constant : array, shape (n,), or float
        [unit]
    order : int
        1 to k.

    Returns
    -------
    array, shape (k + 1, n)
        The last row is the value at t = 0.
    """
    sums = running(constant, terms)
    for r in range(1, order):
        live = len(terms) + 1 - r
        steps = sums[:live]
        steps[0] *= poles[r - 1]
        steps[1:] *= poles[r:] - poles[: live - 1]
        steps[:] = running(steps[0], steps[1:])
    return sums


def never_above(poles, constant, terms, margin=0.0) -> np.ndarray:
    """Whether constant + sum(terms exp(-poles t)) is proven to stay at or below 0 for all t > 0.

    Parameters
    ----------
    poles, terms : array, shape (k, n)
    constant : array, shape (n,)
    margin : array, shape (n,), or float
        By how much the value at t = 0 may exceed 0 and be taken for rounding.

    Returns
    -------
    array of bool, shape (n,)
    """
    highest = _decide(lambda rows: np.maximum.reduce(rows[:-1]), lambda high: high <= 0.0, poles, constant, terms)
    return (highest <= 0.0) & (constant + add_up(terms) <= margin)


def zeros_at_most(poles, constant, terms) -> np.ndarray:
    """Bound of the number of zeros of constant + sum(terms exp(-poles t)) in t > 0; exact to an even number.

    No further order is tried where the bound is 1 or less. Arguments as in `never_above`.

    Returns
    -------
    array of int, shape (n,)
    """
    return _decide(_changes, lambda bound: bound <= 1, poles, constant, terms)


def _decide(rule, enough, poles, constant, terms):
    """Apply a rule to the repeated sums, by ascending order, until it says enough."""
    k, n = terms.shape
    waiting = np.arange(n)
    constant, result = np.broadcast_to(constant, (n,)), None
    for order in dict.fromkeys(min(order, k) for order in ORDERS):
        some = slice(None) if len(waiting) == n else waiting
        said = rule(repeated_sums(columns(poles, some), constant[some], columns(terms, some), order))
        if result is None:
            result = said
        result[waiting] = said
        waiting = waiting[~enough(said)]
        if len(waiting) == 0:
            break
    return result


def _changes(rows):
    """Sign changes down the rows; a zero has no sign."""
    sign = np.sign(rows)
    if not sign.all():
        for above, row in pairwise(sign):
            np.copyto(row, above, where=row == 0.0)
    return np.add.reduce(sign[1:] * sign[:-1] < 0.0, axis=0, dtype=int)
