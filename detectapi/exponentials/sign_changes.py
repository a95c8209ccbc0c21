"""How often a sum of exponentials can change sign: Laguerre's rule of signs, repeated until it decides.

Let the terms ``c_0 + c_1 exp(-p_1 t) + ...`` be in the order of ascending poles, with p_0 = 0. For any r >= 1

    f(t) = t^r integral_0^inf A_r(q) exp(-q t) dq,    A_r(q) = sum over p_i <= q of c_i (q - p_i)^(r-1) / (r-1)!

A Laplace transform has no more zeros in t > 0 than its original has sign changes, and differs from them by an even number. For
r = 1 the original is the step function of partial sums: this is Laguerre's rule. For r > 1 it is a spline, which changes sign
no more often than its B-spline coefficients. These are repeated partial sums. They cost little, need no exponentials, and their
sign changes fall towards the number of zeros as r grows. Laguerre's own rule leaves half of ordinary curves undecided, because
two poles close to each other have large coefficients of opposite sign; r = 3 decides nearly all. (Pólya and Szegő, Problems and
Theorems in Analysis, part V, chapter 1; for splines Schoenberg's variation diminution.)

Times count from where the terms are taken: for zeros after some t, take ``c_i exp(-p_i t)``.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectapi.exponentials.array_types import Booleans, Floats, Integers
from detectapi.exponentials.draw_arrays import partial_sums, sum_rows, take_draws

ORDERS = (2, 3, 5)
"""Orders r that are tried one after the other, each for the draws that the one before leaves undecided."""


def never_above(poles: Floats, constant: Floats | float, terms: Floats, margin: Floats | float = 0.0) -> Booleans:
    """Whether constant + sum(terms exp(-poles t)) is proven to stay at or below 0 for all t > 0.

    Parameters
    ----------
    poles, terms : array, shape (k, n)
        Poles ascending. [1/h], [unit]
    constant : array, shape (n,), or float
        [unit]
    margin : array, shape (n,), or float
        By how much the value at t = 0 may exceed 0 and still be taken for rounding. [unit]

    Returns
    -------
    array of bool, shape (n,)
    """

    def highest(rows: Floats) -> Floats:
        return np.maximum.reduce(rows[:-1])  # type: ignore[no-any-return]

    bound = _decide(highest, lambda high: high <= 0.0, poles, constant, terms)
    return (bound <= 0.0) & (constant + sum_rows(terms) <= margin)


def zeros_at_most(poles: Floats, constant: Floats | float, terms: Floats) -> Integers:
    """Bound of the number of zeros of constant + sum(terms exp(-poles t)) in t > 0; exact up to an even number.

    No further order is tried where the bound is 1 or less. Arguments are those of `never_above`.

    Returns
    -------
    array of int, shape (n,)
    """
    return _decide(_sign_changes, lambda bound: bound <= 1, poles, constant, terms)


def _decide(
    rule: Callable[[Floats], NDArray[Any]],
    is_enough: Callable[[NDArray[Any]], Booleans],
    poles: Floats,
    constant: Floats | float,
    terms: Floats,
) -> NDArray[Any]:
    """Apply a rule to the repeated sums, by ascending order, to the draws in which it has not said enough."""
    k, n = terms.shape
    constant = np.broadcast_to(constant, (n,))
    first, *others = dict.fromkeys(min(order, k) for order in ORDERS)
    result = rule(repeated_sums(poles, constant, terms, first))
    waiting = np.flatnonzero(~is_enough(result))
    for order in others:
        if len(waiting) == 0:
            break
        some = slice(None) if len(waiting) == n else waiting
        result[waiting] = rule(repeated_sums(take_draws(poles, some), constant[some], take_draws(terms, some), order))
        waiting = waiting[~is_enough(result[waiting])]
    return result


def repeated_sums(poles: Floats, constant: Floats | float, terms: Floats, order: int) -> Floats:
    """Coefficients whose sign changes bound the number of zeros in t > 0.

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
    sums = partial_sums(constant, terms)
    for r in range(1, order):
        live = len(terms) + 1 - r
        steps = sums[:live]
        steps[0] *= poles[r - 1]
        steps[1:] *= poles[r:] - poles[: live - 1]
        steps[:] = partial_sums(steps[0], steps[1:])
    return sums


def _sign_changes(rows: Floats) -> Integers:
    """Sign changes down the rows; a zero has no sign."""
    sign = np.sign(rows)
    if not sign.all():
        for above, row in pairwise(sign):
            np.copyto(row, above, where=row == 0.0)
    return np.add.reduce(sign[1:] * sign[:-1] < 0.0, axis=0, dtype=int)  # type: ignore[no-any-return]
