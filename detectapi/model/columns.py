"""How the draws of several people stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from detectapi.model.arrays import Floats, Ints, Value, single

People: TypeAlias = Sequence[int] | None
"""Which of the people who stand side by side are meant, in this order; None: all of them."""


class Columns:
    """The draws of several people, one person after the other: each draw is a column.

    What the model derives for each draw has shape (draws,) for one person or where it is the same for all people, and
    (people, draws) otherwise. The sums of exponentials know columns only: arrays of shape (people * draws,).

    Parameters
    ----------
    shape : tuple of int
        (draws,) for one person, (people, draws) for several.

    Attributes
    ----------
    n : int
        Number of columns.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.draws = shape[-1]
        self.n = int(np.prod(shape))

    def wide(self, value: Value) -> Floats:
        """A value in every column. Shape (n,)."""
        value = np.asarray(value, dtype=float)
        if value.shape != self.shape:
            value = np.broadcast_to(value, self.shape)
        return value.reshape(self.n)

    def of(self, people: People) -> slice | Ints:
        """The columns of some people."""
        if people is None or np.array_equal(people, np.arange(self.n // self.draws)):
            return slice(None)
        columns: Ints = (np.asarray(people)[:, np.newaxis] * self.draws + np.arange(self.draws)).ravel()
        return columns

    def one_row_each(self, values: Floats) -> Floats:
        """Values of some people, shape (people, 1) or (people, draws), in the columns of these people."""
        return np.broadcast_to(values, (len(values), self.draws)).reshape(-1)


def some_draws(value: Any, some: slice) -> Any:
    """Some of the draws of an array with one value for each, in single precision; anything else as it is."""
    return single(value[some]) if isinstance(value, np.ndarray) and value.ndim == 1 and len(value) > 1 else value
