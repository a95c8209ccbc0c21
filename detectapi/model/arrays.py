"""Names for the arrays of the model, for signatures."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.intp]
Bools: TypeAlias = NDArray[np.bool_]

Value: TypeAlias = float | Floats
"""A number that is the same in every draw, or an array with one for each draw."""


def single(value: Value) -> Any:
    """The same in single precision, in which a computer works on twice as many numbers at once."""
    return np.asarray(value, dtype=np.float32)
