"""Short names for the types of the arrays that every file of this room passes around."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.intp]
Booleans: TypeAlias = NDArray[np.bool_]

Draws: TypeAlias = slice | Integers
"""Which draws: a range of them, or their numbers."""
