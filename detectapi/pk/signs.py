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

import numpy as np

from detectapi.pk.sums import add_up

ORDERS = (2, 3, 5)
"""Tried one after the other, each for the draws that the one before leaves undecided."""


def repeated_sums(poles, constant, terms, order) -> list[np.ndarray]:
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
    list of array, shape (n,)
        k + 1 of them; the last is the value at t = 0.
    """
    partial = constant + np.zeros(terms.shape[1])
    live = [partial]
    for term in terms:
        partial = partial + term
        live.append(partial)
    settled = []
    for r in range(1, order):
        settled.append(live.pop())
        running = None
        for m, row in enumerate(live):
            gap = poles[m + r - 1] - poles[m - 1] if m else poles[r - 1]
            running = row * gap if running is None else running + row * gap
            live[m] = running
    return live + settled[::-1]


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
        said = rule(repeated_sums(poles[:, some], constant[some], terms[:, some], order))
        if result is None:
            result = said
        result[waiting] = said
        waiting = waiting[~enough(said)]
        if len(waiting) == 0:
            break
    return result


def _changes(rows):
    """Sign changes down the rows; a zero has no sign."""
    changes = np.zeros(len(rows[0]), dtype=int)
    sign = np.zeros(len(rows[0]))
    for row in rows:
        now = np.where(row == 0.0, sign, np.sign(row))
        changes += sign * now < 0.0
        sign = now
    return changes
