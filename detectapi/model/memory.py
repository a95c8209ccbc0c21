"""Memory of arrays that come and go."""

from __future__ import annotations

from functools import cache

import numpy as np

KEPT_BYTES = 8_000_000


@cache
def keep_memory() -> None:
    """Let the C library keep some megabytes that arrays release, for the next arrays; once in each process.

    The usual C library of Linux gives arrays of more than 128 KiB back to the system as soon as they are released. Taking them anew
    costs more than what is computed with them: a tenth of an estimate. It keeps as much as the largest array that was released so
    far. Elsewhere this does nothing.
    """
    np.empty(KEPT_BYTES, dtype=np.uint8)
