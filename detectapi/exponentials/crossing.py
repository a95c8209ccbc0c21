"""When a response crosses a cutoff, for the first and for the last time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.exponentials.bounded_walk import walk
from detectapi.exponentials.bracketing import nearest_crossing, refine
from detectapi.exponentials.last_crossing import last_crossing
from detectapi.exponentials.phases import EarlyZone, TailZone
from detectapi.exponentials.response import Response
from detectapi.exponentials.rounding import settle

BLUR = 1e-4
"""Rounding moves a concentration by less than this fraction of `Response.noise`; by a millionth of it for most."""


class Crossings(NamedTuple):
    """First and last time at or above the cutoff; both 0 when that never happens at t >= 0.

    Attributes
    ----------
    first, last : array, shape (n,)
        [h]
    safe_route : array of bool, shape (n,)
        Whether the draw needed the slower, safe method.
    """

    first: np.ndarray
    last: np.ndarray
    safe_route: np.ndarray


def crossings(response: Response, cutoff, last_only=False) -> Crossings:
    """First and last time at which a response is at or above a cutoff.

    Parameters
    ----------
    response : Response
    cutoff : array, shape (n,)
        In the response's unit. Infinite: never reached.
    last_only : bool
        Leave ``first`` at 0: for those who need but the end of the window, in about half the time.

    Returns
    -------
    Crossings

    Raises
    ------
    ValueError
        When a cutoff is not positive.
    """
    cutoff = np.broadcast_to(np.asarray(cutoff, dtype=float), (response.n,))
    if not (cutoff > 0.0).all():
        raise ValueError("cutoff must be positive")
    first, last, safe = np.zeros(response.n), np.zeros(response.n), response.safe_route.copy()
    if response.paths:
        for begin in range(0, response.n, response.block):
            block = slice(begin, begin + response.block)
            some = _Block(response, cutoff, block)
            some.solve(first[block], last[block], safe[block], last_only)
            some.settle(first[block], last[block], safe[block], last_only)
    return Crossings(first, last, safe)


class _Block:
    """Crossings of some draws that are worked on together; draws are numbered within the block."""

    def __init__(self, response, cutoff, block):
        self.response = response
        self.block = np.arange(response.n)[block]
        self.cutoff = cutoff[block]
        self.start = response.tail_start[block]
        self.quiet = response.first_input + response.void[block]  # until then nothing leaves the void
        self.tail = TailZone(response.poles[:, block], response.tail[:, block])

    def solve(self, first, last, safe, last_only) -> None:
        """Write the results into views of the whole."""
        after = self._last_in_tail(safe)
        in_tail = ~np.isnan(after)
        last[in_tail] = (self.start + after)[in_tail]
        wanted = ~in_tail
        if not last_only:
            self.initial = self.response.initial(self.block)
            low_at_first = self.initial < self.cutoff
            wanted |= low_at_first
        need = np.flatnonzero(wanted & np.isfinite(self.cutoff))
        if len(need) == 0:
            return
        early = EarlyZone(self.response.early_pieces(self.block[need]))
        missing = np.flatnonzero(~in_tail[need])
        if len(missing):
            self._settle_early(early, need, missing, True, last, safe)
        if last_only:
            return
        rising = np.flatnonzero(low_at_first[need] & (last[need] > 0.0))
        late = self._settle_early(early, need, rising, False, first, safe)
        self._first_in_tail(late, first, last, safe)

    def settle(self, first, last, safe, last_only) -> None:
        """Settle, in views of the whole, what rounding may have moved."""
        noise = self.response.noise[self.block]
        few = np.flatnonzero((last > 0.0) & (self.cutoff < noise))
        if len(few):
            self._settle(few, last, safe, True)
        if last_only:
            return
        # The curve may also only seem to begin at or above the cutoff.
        few = few[(first[few] > 0.0) | (self.initial[few] < self.cutoff[few] + BLUR * noise[few])]
        if len(few):
            self._settle(few, first, safe, False)
            first[few] = np.minimum(first[few], last[few])

    def _settle(self, few, result, safe, falling):
        settled = settle(self.response, self.block[few], result[few], self.cutoff[few], falling)
        safe[few] |= settled != result[few]
        result[few] = settled

    def _last_in_tail(self, safe):
        """Last crossing after the start of the tail, nan without any. [h after that start]"""
        poles, coefficients = self.tail.poles, self.tail.coefficients
        after, certain, horizon = last_crossing(poles, coefficients, self.cutoff)
        unsure = np.flatnonzero(~certain)
        if len(unsure):
            none_seen = np.isnan(after[unsure])
            hump, unsure = unsure[none_seen], unsure[~none_seen]
            if len(hump):
                after[hump], undecided = self._in_tail(hump, horizon[hump], True)
                unsure = np.concatenate([unsure, hump[undecided]])
            seen = np.where(np.isnan(after[unsure]), 0.0, after[unsure])
            later = walk(self.tail, unsure, seen, horizon[unsure], self.cutoff[unsure], True)
            after[unsure] = np.where(np.isnan(later), after[unsure], later)
            safe[unsure] = True
        return after

    def _in_tail(self, draws, width, leftward):
        """Crossing nearest to one end of the first stretch of the tail; nan without any."""
        result, cutoff = np.full(len(draws), np.nan), self.cutoff[draws]
        piece, steady = self.tail.piece(draws, 0), np.zeros(len(draws), dtype=bool)
        begin = piece.at(np.zeros_like(width))[0]
        # The stretch ends at or after the last crossing: below the cutoff, whatever rounding says.
        ends = (width, begin, np.zeros_like(width))
        brackets, undecided = nearest_crossing(piece, ends, cutoff, leftward, steady)
        result[brackets.where] = refine(brackets, cutoff[brackets.where], leftward)
        return result, undecided

    def _settle_early(self, early, need, open_draws, leftward, result, safe):
        """Nearest crossing in the early zone, piece by piece from one end; returns the draws without one."""
        cut = early.pieces
        waiting = np.zeros(len(need), dtype=bool)
        waiting[open_draws] = True
        order = range(len(cut.time) - 1)
        for j in reversed(order) if leftward else order:
            draws = np.flatnonzero(waiting & (cut.time[j] >= 0.0) & (cut.time[j + 1] > cut.time[j]))
            if len(draws) == 0:
                continue
            begin, end = cut.time[j, draws], cut.time[j + 1, draws]
            which = need[draws]
            cutoff = self.cutoff[which]
            ends = (end - begin, cut.value[j, draws], cut.value[j + 1, draws])
            steady = end <= self.quiet[which]
            brackets, undecided = nearest_crossing(early.piece(draws, j), ends, cutoff, leftward, steady)
            where = brackets.where
            settled, found = draws[where], begin[where] + refine(brackets, cutoff[where], leftward)
            if len(undecided):
                few = draws[undecided]
                walked = walk(early, few, begin[undecided], end[undecided], cutoff[undecided], leftward)
                safe[need[few]] = True
                seen = ~np.isnan(walked)
                settled, found = np.concatenate([settled, few[seen]]), np.concatenate([found, walked[seen]])
            result[need[settled]] = found
            waiting[settled] = False
        return need[waiting]

    def _first_in_tail(self, draws, first, last, safe) -> None:
        """First crossing of draws that reach the cutoff only after the start of the tail."""
        first[draws] = last[draws]  # a touch seen from one side only
        draws = draws[last[draws] > self.start[draws]]
        if len(draws) == 0:
            return
        width = last[draws] - self.start[draws]
        found, undecided = self._in_tail(draws, width, False)
        if len(undecided):
            few = draws[undecided]
            found[undecided] = walk(self.tail, few, np.zeros(len(few)), width[undecided], self.cutoff[few], False)
            safe[few] = True
        first[draws] = np.where(np.isnan(found), last[draws], self.start[draws] + found)
