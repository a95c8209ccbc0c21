"""When a response is at or above a cutoff for the first and for the last time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from detectapi.exponentials.array_types import Booleans, Floats, Integers
from detectapi.exponentials.blocks import blocks
from detectapi.exponentials.bracketing import Stretch, bracket_nearest
from detectapi.exponentials.halley import refine_crossings
from detectapi.exponentials.last_crossing import last_crossing
from detectapi.exponentials.phases import InputPhase, Tail
from detectapi.exponentials.response import Response
from detectapi.exponentials.rounding_correction import correct_crossings
from detectapi.exponentials.slope_bound_search import search_crossing

LARGEST_ROUNDING = 1e-4
"""Rounding moves a concentration by less than this fraction of `Response.rounding_bound`; by a millionth of it for most."""


class Crossings(NamedTuple):
    """First and last time at or above the cutoff; both 0 when that never happens at t >= 0.

    Attributes
    ----------
    first, last : array, shape (n,)
        [h]
    safe_route : array of bool, shape (n,)
        Whether the draw needed one of the slower, safe methods.
    """

    first: Floats
    last: Floats
    safe_route: Booleans


def crossings(response: Response, cutoff: ArrayLike, last_only: bool = False) -> Crossings:
    """First and last time at which a response is at or above a cutoff.

    Parameters
    ----------
    response : Response
    cutoff : array, shape (n,)
        In the response's unit. Infinite: never reached.
    last_only : bool
        Leave ``first`` at 0, which takes about half the time.

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
        for draws in blocks(response.n, response.block):
            block = _Block(response, cutoff, draws, last_only)
            block.find()
            block.correct_rounding()
            first[draws], last[draws] = block.first, block.last
            safe[draws] |= block.safe
    return Crossings(first, last, safe)


class _Block:
    """Crossings of some draws that are worked on together; draws are numbered within the block."""

    def __init__(self, response: Response, cutoff: Floats, draws: slice, last_only: bool) -> None:
        self.response = response
        self.draws = np.arange(response.n)[draws]
        self.cutoff = cutoff[draws]
        self.last_only = last_only
        self.tail_start = response.tail_start[draws]
        self.rise_end = response.first_input + response.averaging_time[draws]  # until then the curve cannot fall
        self.tail = Tail(response.poles[:, draws], response.tail[:, draws])
        n = len(self.draws)
        self.first, self.last, self.safe = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
        self.at_zero = np.zeros(n) if last_only else response.value_at_zero(draws)

    def find(self) -> None:
        """Find the crossings: the last ones in the tail where they are there, all others in the input phase."""
        after = self._last_in_tail()
        is_in_tail = ~np.isnan(after)
        self.last[is_in_tail] = (self.tail_start + after)[is_in_tail]
        wanted = ~is_in_tail
        if not self.last_only:
            starts_below = self.at_zero < self.cutoff
            wanted |= starts_below
        need = np.flatnonzero(wanted & np.isfinite(self.cutoff))
        if len(need) == 0:
            return
        phase = InputPhase(self.response.input_phase_pieces(self.draws[need]))
        missing = np.flatnonzero(~is_in_tail[need])
        if len(missing):
            self._search_input_phase(phase, need, missing, True, self.last)
        if self.last_only:
            return
        rising = np.flatnonzero(starts_below[need] & (self.last[need] > 0.0))
        later = self._search_input_phase(phase, need, rising, False, self.first)
        self._first_in_tail(later)

    def correct_rounding(self) -> None:
        """Correct the crossings that rounding may have moved."""
        bound = self.response.rounding_bound[self.draws]
        few = np.flatnonzero((self.last > 0.0) & (self.cutoff < bound))
        if len(few):
            self._correct(few, self.last, True)
        if self.last_only:
            return
        # A curve may also only seem to begin at or above the cutoff.
        begins_near = self.at_zero[few] < self.cutoff[few] + LARGEST_ROUNDING * bound[few]
        few = few[(self.first[few] > 0.0) | begins_near]
        if len(few):
            self._correct(few, self.first, False)
            self.first[few] = np.minimum(self.first[few], self.last[few])

    def _correct(self, few: Integers, times: Floats, falling: bool) -> None:
        corrected = correct_crossings(self.response, self.draws[few], times[few], self.cutoff[few], falling)
        self.safe[few] |= corrected != times[few]
        times[few] = corrected

    def _last_in_tail(self) -> Floats:
        """Last crossing after the start of the tail, nan without any. [h after that start]"""
        after, certain, horizon = last_crossing(self.tail.poles, self.tail.coefficients, self.cutoff)
        unsure = np.flatnonzero(~certain)
        if len(unsure):
            is_missing = np.isnan(after[unsure])
            hump, unsure = unsure[is_missing], unsure[~is_missing]
            if len(hump):
                after[hump], undecided = self._bracket_in_tail(hump, horizon[hump], True)
                unsure = np.concatenate([unsure, hump[undecided]])
            known = np.where(np.isnan(after[unsure]), 0.0, after[unsure])
            later = search_crossing(self.tail, unsure, known, horizon[unsure], self.cutoff[unsure], True)
            after[unsure] = np.where(np.isnan(later), after[unsure], later)
            self.safe[unsure] = True
        return after

    def _bracket_in_tail(self, draws: Integers, width: Floats, leftward: bool) -> tuple[Floats, Integers]:
        """Crossing nearest to one end of the first stretch of the tail, nan without any; and the undecided positions."""
        result, cutoff = np.full(len(draws), np.nan), self.cutoff[draws]
        piece, never_falls = self.tail.piece(draws, 0), np.zeros(len(draws), dtype=bool)
        begin = piece.at(np.zeros_like(width))[0]
        # The stretch ends at or after the last crossing: below the cutoff, whatever rounding says.
        stretch = Stretch(width, begin, np.zeros_like(width))
        brackets, undecided = bracket_nearest(piece, stretch, cutoff, leftward, never_falls)
        result[brackets.where] = refine_crossings(brackets, cutoff[brackets.where], leftward)
        return result, undecided

    def _search_input_phase(
        self, phase: InputPhase, need: Integers, wanted: Integers, leftward: bool, result: Floats
    ) -> Integers:
        """Write the crossing nearest to one end of the input phase, piece by piece; return the draws without one.

        The phase is that of the draws `need`; `wanted` are positions among these.
        """
        pieces = phase.pieces
        waiting = np.zeros(len(need), dtype=bool)
        waiting[wanted] = True
        order = range(len(pieces.time) - 1)
        for j in reversed(order) if leftward else order:
            draws = np.flatnonzero(waiting & (pieces.time[j] >= 0.0) & (pieces.time[j + 1] > pieces.time[j]))
            if len(draws) == 0:
                continue
            begin, end = pieces.time[j, draws], pieces.time[j + 1, draws]
            cutoff = self.cutoff[need[draws]]
            stretch = Stretch(end - begin, pieces.value[j, draws], pieces.value[j + 1, draws])
            never_falls = end <= self.rise_end[need[draws]]
            brackets, undecided = bracket_nearest(phase.piece(draws, j), stretch, cutoff, leftward, never_falls)
            where = brackets.where
            crossed, times = draws[where], begin[where] + refine_crossings(brackets, cutoff[where], leftward)
            if len(undecided):
                few = draws[undecided]
                searched = search_crossing(phase, few, begin[undecided], end[undecided], cutoff[undecided], leftward)
                self.safe[need[few]] = True
                seen = ~np.isnan(searched)
                crossed, times = np.concatenate([crossed, few[seen]]), np.concatenate([times, searched[seen]])
            result[need[crossed]] = times
            waiting[crossed] = False
        return need[waiting]

    def _first_in_tail(self, draws: Integers) -> None:
        """Write the first crossing of draws that reach the cutoff only after the start of the tail."""
        self.first[draws] = self.last[draws]  # a touch that is seen from one side only
        draws = draws[self.last[draws] > self.tail_start[draws]]
        if len(draws) == 0:
            return
        width = self.last[draws] - self.tail_start[draws]
        after_start, undecided = self._bracket_in_tail(draws, width, False)
        if len(undecided):
            few = draws[undecided]
            begin = np.zeros(len(few))
            after_start[undecided] = search_crossing(self.tail, few, begin, width[undecided], self.cutoff[few], False)
            self.safe[few] = True
        self.first[draws] = np.where(np.isnan(after_start), self.last[draws], self.tail_start[draws] + after_start)
