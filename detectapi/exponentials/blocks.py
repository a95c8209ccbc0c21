"""Draws are worked on block by block. Between two blocks a calculation that nobody wants any more can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


class check_between:  # noqa: N801 - used like a function
    """Within this, call a check between two blocks. What it raises ends the calculation.

    Parameters
    ----------
    check : callable
        Called without arguments, thousands of times in a long calculation.
    """

    def __init__(self, check: Callable[[], None]) -> None:
        self._new = check
        self._token: Token[Callable[[], None] | None] | None = None

    def __enter__(self) -> None:
        self._token = _check.set(self._new)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _check.reset(self._token)


def between_blocks() -> None:
    """Call the check, if there is one."""
    check = _check.get()
    if check is not None:
        check()


def blocks(count: int, size: int) -> Iterator[slice]:
    """Slices of at most so many draws each, which together are all draws.

    Parameters
    ----------
    count : int
        Draws.
    size : int
        Draws of a block; the last one may be smaller.
    """
    for begin in range(0, count, size):
        between_blocks()
        yield slice(begin, min(begin + size, count))
