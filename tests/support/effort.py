"""How many evaluations of a response the search for crossings takes, in place of seconds."""

import numpy as np

from detectapi.exponentials import bracketing, halley, last_crossing, slope_bound_search
from detectapi.exponentials.response import Response

COUNTED = {
    "tail": (last_crossing, "_step"),
    "bracket": (halley, "_step"),
    "peak": (bracketing, "_peak"),
    "stretch": (slope_bound_search, "_look"),
    "without subtractions": (Response, "recompute"),
}


def counted(monkeypatch, owner, name):
    """Number of draws in each call of a function from now on."""
    calls, original = [], getattr(owner, name)

    def counting(*arguments):
        calls.append(max(one.shape[-1] for one in arguments if isinstance(one, np.ndarray)))
        return original(*arguments)

    monkeypatch.setattr(owner, name, counting)
    return calls


def evaluations(monkeypatch, compute):
    """Evaluations by kind that something takes, of all draws together."""
    with monkeypatch.context() as patch:
        calls = {kind: counted(patch, *function) for kind, function in COUNTED.items()}
        compute()
    return {kind: sum(numbers) for kind, numbers in calls.items()}
