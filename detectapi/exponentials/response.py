"""The response of a chain to doses: its concentration from time 0 on, as pieces in the input phase and a tail of exponentials."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from detectapi.exponentials.array_types import Booleans, Draws, Floats, Integers
from detectapi.exponentials.blocks import blocks
from detectapi.exponentials.chain import Source
from detectapi.exponentials.dose_sums import average_decay, sum_past, sum_recent
from detectapi.exponentials.draw_arrays import sum_rows, take_draws
from detectapi.exponentials.input_phase import (
    FIRST_EXTRA_NODE,
    InputPhasePieces,
    PathInputs,
    cut_at_corners,
    value_at_zero,
)
from detectapi.exponentials.ramps import Segments, sum_segments
from detectapi.exponentials.schedule import Schedule, pick_draws, recent_inputs
from detectapi.exponentials.sign_changes import never_above
from detectapi.exponentials.subtraction_free import concentration_of_inputs, concentration_of_trains
from detectapi.exponentials.values_at_times import allocate_strides, curves_of, fill_values, is_regular

MOST_DRAWS_AT_ONCE = 2048
FEWEST_DRAWS_AT_ONCE = 64
INPUT_PHASE_NUMBERS = 6_000_000
"""Draws that are worked on at once: the most, for which what they need fits in the cache; and the fewest. In between, the input
phase of all of them takes no more than so many numbers."""

RECOMPUTE_BELOW = 1e-8
"""A concentration is recomputed without subtractions when it is below this fraction of the sum of its absolute terms, times the
condition of the expansion: where poles are close to each other the terms themselves have lost as many digits."""

CROSSING_RECOMPUTE_BELOW = 5e-10
"""The same for the concentration at a crossing. At more than this fraction of the terms their rounding error, about 5e-16 of
them, is below a millionth of the cutoff."""

STEEP_RISE = 0.1
"""Factor on that fraction while the curve still rises from nothing: it is steep, and an error moves the crossing by less."""

SUM_ROUNDING = 1e-12
"""Fraction of the sum of absolute terms within which a sum is trusted."""

MOST_TRAINS_RECOMPUTED = 100
"""A path with more trains is recomputed for its recent inputs only. Past inputs are then long ago for most."""


def block_of(corners: int, poles: int) -> int:
    """How many draws are worked on at once, with so many corners of the input phase and so many poles."""
    most = INPUT_PHASE_NUMBERS // max(corners * (poles + 8), 1)
    return min(max(most, FEWEST_DRAWS_AT_ONCE), MOST_DRAWS_AT_ONCE)


class Path(NamedTuple):
    """One absorption path.

    Attributes
    ----------
    coefficients : array, shape (k, n)
        Partial fractions of the concentration after a unit dose. [1/L]
    schedule : Schedule
    source : Source
        What the coefficients were made from.
    segments : Segments or None
        Inputs whose rate is a line in time, beside the schedule.
    """

    coefficients: Floats
    schedule: Schedule
    source: Source
    segments: Segments | None = None


class Response:
    """Concentration in the last system of a chain, averaged over the averaging time that ends at t. [umol/L]

    Valid for t >= 0, where 0 is the end of the last dose. From ``tail_start`` on it is the sum of
    ``tail * exp(-poles (t - tail_start))``.

    Attributes
    ----------
    n : int
        Draws.
    poles, tail : array, shape (k, n)
        Ascending in each draw. [1/h], [umol/L]
    tail_start : array, shape (n,)
        When the last input has left the averaging time. [h]
    averaging_time : array, shape (n,)
        [h]
    paths : tuple of Path
    safe_route : array of bool, shape (n,)
        Draws whose near-equal poles needed another expansion than partial fractions.
    condition : array, shape (n,)
        Condition of the partial fractions, of the path where that is largest.
    block : int
        Draws to work on at once. Results do not depend on it.
    """

    def __init__(
        self, poles: Floats, paths: tuple[Path, ...], averaging_time: Floats, safe_route: Booleans, condition: Floats
    ) -> None:
        self.n = len(averaging_time)
        self.poles = poles
        self.paths = paths
        self.averaging_time = averaging_time
        self.safe_route = safe_route
        self.condition = condition
        ends = [path.source.delay.later(path.schedule.last) for path in paths]
        lines = [path.segments for path in paths if path.segments is not None]
        ends += [segments.last for segments in lines]
        is_common = not lines and all(path.source.delay.shift is None for path in paths)
        self.last_input: Floats | float
        self.last_input = max([0.0, *ends]) if is_common else np.maximum.reduce(np.broadcast_arrays(0.0, *ends))
        begins = [*(path.schedule.first for path in paths), *(segments.first for segments in lines)]
        self.first_input = min(begins, default=np.inf)
        self.tail_start: Floats = averaging_time + self.last_input
        self._recent = [recent_inputs(path.schedule, path.source.delay.later(averaging_time)) for path in paths]
        self._recent_lines = [path.segments and path.segments.recent(averaging_time) for path in paths]
        corners = 4 * sum(len(inputs) for inputs in self._recent) + 2
        corners += 8 * sum(len(lines.begin) for lines in self._recent_lines if lines is not None)
        self.block = block_of(corners, len(poles))
        self._past: Floats | None = None
        self._at_zero = np.full(self.n, np.nan)
        self.tail = np.zeros_like(poles)
        for draws in blocks(self.n if paths else 0, MOST_DRAWS_AT_ONCE):
            self._sum_inputs(draws)

    def _sum_inputs(self, draws: slice) -> None:
        """Sum the inputs of some draws: the past ones to terms at time 0, and all of them to terms where the tail begins."""
        poles, averaging_time, tail = self.poles[:, draws], self.averaging_time[draws], self.tail[:, draws]
        averaged, decay = average_decay(poles * averaging_time), None
        last_input = self.last_input[draws] if isinstance(self.last_input, np.ndarray) else self.last_input
        for path, inputs in zip(self.paths, pick_draws(self._recent, draws), strict=True):
            coefficients, delay = path.coefficients[:, draws] * averaged, path.source.delay.pick(draws)
            if inputs:
                tail += coefficients * sum_recent(poles, inputs, last_input, delay)
            past = sum_past(poles, path.schedule, averaging_time, delay)
            if path.segments is not None:
                lines = path.segments.pick(draws)
                tail += coefficients * sum_segments(
                    poles, lines.recent(averaging_time), last_input + np.zeros(len(averaging_time))
                )
                over = sum_segments(poles, lines.past(averaging_time), -averaging_time)
                past = over if past is None else past + over
            if past is not None:
                if self._past is None:
                    self._past = np.zeros_like(self.poles)
                if decay is None:
                    decay = np.exp(-poles * self.tail_start[draws])
                past *= coefficients
                self._past[:, draws] += past
                past *= decay
                tail += past

    def averaged_over(self, averaging_time: Floats) -> Response:
        """The same doses with another averaging time. Shape (n,). [h]"""
        return Response(self.poles, self.paths, averaging_time, self.safe_route, self.condition)

    # -- the concentration at given times ---------------------------------------------------------------------------------

    def concentration(self, time: ArrayLike) -> Floats:
        """Concentration at given times.

        Parameters
        ----------
        time : array, shape (m,)
            At or after 0. [h]

        Returns
        -------
        array, shape (m, n)
            [umol/L]

        Raises
        ------
        ValueError
            When a time is negative.
        """
        time = np.atleast_1d(np.asarray(time, dtype=float))
        if time.ndim != 1 or not (time >= 0.0).all():
            raise ValueError("time must be (m,) and not negative")
        if not self.paths or len(time) == 0:
            return np.zeros((len(time), self.n))
        strides = allocate_strides(len(time), self.n) if is_regular(time) else None
        result = np.empty((len(time), self.n)) if strides is None else curves_of(strides, len(time))
        for draws in blocks(self.n, self.block):
            self._fill(time, draws, result[:, draws], None if strides is None else strides[draws])
        return result

    def _fill(self, time: Floats, draws: slice, values: Floats, strides: Floats | None) -> None:
        """Write the concentration of some draws into `values`."""
        start, doubtful_below = self.tail_start[draws], RECOMPUTE_BELOW * self.condition[draws]
        fill_values(time, self.poles[:, draws], self.tail[:, draws], start, values, strides)
        doubtful = [self._doubtful_in_tail(time, draws, values, doubtful_below)]
        if (soon := np.flatnonzero(time < start.max())).size:
            pieces = self.input_phase_pieces(draws, list(time[soon]), values_only=True)
            for i, j in enumerate(soon):
                value, size = pieces.at_node(FIRST_EXTRA_NODE + i)
                is_before = time[j] < start
                values[j] = np.where(is_before, value, values[j])
                column = np.flatnonzero(is_before & (value < doubtful_below * size))
                doubtful.append((np.full(len(column), j), column))
        row, column = (np.concatenate(part) for part in zip(*doubtful, strict=True))
        if len(row):
            values[row, column] = self.recompute(np.arange(self.n)[draws][column], time[row])

    def _doubtful_in_tail(
        self, time: Floats, draws: slice, values: Floats, doubtful_below: Floats
    ) -> tuple[Integers, Integers]:
        """Numbers of the times, and of the draws among these, at which a value in the tail is not to be trusted."""
        start, poles, tail = self.tail_start[draws], self.poles[:, draws], self.tail[:, draws]
        # The rule of signs tells at once which draws never fall below that fraction of their terms.
        unsure = np.flatnonzero(~never_above(poles, 0.0, doubtful_below * np.abs(tail) - tail))
        if len(unsure) == 0:
            return unsure, unsure
        size = np.empty((len(time), len(unsure)))
        fill_values(time, take_draws(poles, unsure), np.abs(take_draws(tail, unsure)), start[unsure], size)
        is_small = values[:, unsure] < doubtful_below[unsure] * size
        row, column = np.nonzero(is_small & (time[:, np.newaxis] >= start[unsure]))
        return row, unsure[column]

    def recompute(self, draws: Integers, time: Floats) -> Floats:
        """Concentration at one time for each of some draws, without subtractions where MOST_TRAINS_RECOMPUTED allows.

        Where the rate of an input is a line in time it is the sum of terms once more.

        Parameters
        ----------
        draws : array of int, shape (m,)
        time : array, shape (m,)
            [h]

        Returns
        -------
        array, shape (m,)
            [umol/L]
        """
        if any(path.segments is not None for path in self.paths):
            return self._at(draws, time)
        poles, averaging_time, total = take_draws(self.poles, draws), self.averaging_time[draws], np.zeros(len(draws))
        for path, inputs in zip(self.paths, pick_draws(self._recent, draws), strict=True):
            if len(path.schedule.end) <= MOST_TRAINS_RECOMPUTED:
                total += concentration_of_trains(path.source, path.schedule, draws, time, averaging_time)
                continue
            past = sum_past(poles, path.schedule, averaging_time, path.source.delay.pick(draws))
            if past is not None:
                coefficients = take_draws(path.coefficients, draws)
                total += sum_rows(past * coefficients * average_decay(poles * averaging_time) * np.exp(-poles * time))
            total += concentration_of_inputs(path.source, inputs, draws, time, averaging_time)
        return total

    def _at(self, draws: Integers, time: Floats) -> Floats:
        """Concentration at one time for each of some draws, as the sum of its terms. Shape (m,). [umol/L]"""
        since = np.maximum(time - self.tail_start[draws], 0.0)
        values = sum_rows(take_draws(self.tail, draws) * np.exp(take_draws(self.poles, draws) * -since))
        soon = np.flatnonzero(time < self.tail_start[draws])
        if len(soon):
            pieces = self.input_phase_pieces(draws[soon], (time[soon],), values_only=True)
            values[soon] = pieces.at_node(FIRST_EXTRA_NODE)[0]
        return values

    # -- the concentration next to a cutoff -------------------------------------------------------------------------------

    def surely_reaches(self, cutoff: Floats, time: float) -> Booleans:
        """Draws whose concentration is at or above a cutoff at a time in the tail, by more than rounding can move it.

        Parameters
        ----------
        cutoff : array, shape (n,)
            [umol/L]
        time : float
            [h]

        Returns
        -------
        array of bool, shape (n,)
            False in draws whose tail begins after that time.
        """
        terms = self.tail * np.exp(self.poles * np.minimum(self.tail_start - time, 0.0))
        above = sum_rows(terms) - SUM_ROUNDING * sum_rows(np.abs(terms)) >= cutoff
        return above & (self.tail_start <= time)

    @cached_property
    def rounding_bound(self) -> Floats:
        """Rounding cannot move a crossing of a cutoff above this, at any time. Shape (n,). [umol/L]"""
        size = np.zeros(self.n) if self._past is None else sum_rows(np.abs(self._past))
        for path, inputs in zip(self.paths, self._recent, strict=True):
            if inputs:
                size += sum_rows(np.abs(path.coefficients)) * sum(one.amount for one in inputs)
            if path.segments is not None:
                size += sum_rows(np.abs(path.coefficients)) * path.segments.amount
        return CROSSING_RECOMPUTE_BELOW * self.condition * size * (self.tail_start / self.averaging_time)

    def is_rounding_visible(self, draws: Integers, time: Floats, cutoff: Floats) -> Booleans:
        """Whether rounding may move the crossing of a cutoff, at one time for each of some draws. Shape (m,)."""
        factor = np.where(time <= self.first_input + self.averaging_time[draws], STEEP_RISE, 1.0)
        visible = cutoff < factor * self.rounding_bound[draws]
        few = np.flatnonzero(visible)
        if len(few):
            size = self._size_of_terms(draws[few], time[few])
            visible[few] = cutoff[few] < CROSSING_RECOMPUTE_BELOW * (factor[few] * self.condition[draws[few]] * size)
        return visible

    def _size_of_terms(self, draws: Integers, time: Floats) -> Floats:
        """Sum of the absolute terms of the concentration, at one time for each of some draws. Shape (m,). [umol/L]"""
        start = self.tail_start[draws]
        terms = take_draws(self.poles, draws) * np.minimum(start - time, 0.0)
        size = sum_rows(np.exp(terms) * np.abs(take_draws(self.tail, draws)))
        soon = np.flatnonzero(time < start)
        if len(soon):
            pieces = self.input_phase_pieces(draws[soon], (time[soon],), values_only=True)
            size[soon] = pieces.at_node(FIRST_EXTRA_NODE)[1]
        return size

    # -- the input phase --------------------------------------------------------------------------------------------------

    def value_at_zero(self, draws: Draws) -> Floats:
        """Concentration at time 0 of some draws; computed once for each draw. [umol/L]"""
        if np.isnan(self._at_zero[draws]).any():
            poles, past = take_draws(self.poles, draws), self._past_terms(draws)
            self._at_zero[draws] = value_at_zero(poles, self._path_inputs(draws), past, self.averaging_time[draws])
        known: Floats = self._at_zero[draws]
        return known

    def input_phase_pieces(
        self, draws: Draws, extra: Sequence[Floats | float] = (), values_only: bool = False
    ) -> InputPhasePieces:
        """The input phase of some draws, cut at its corners and at extra times."""
        return cut_at_corners(
            take_draws(self.poles, draws),
            self._path_inputs(draws),
            self._past_terms(draws),
            self.averaging_time[draws],
            self.tail_start[draws],
            extra,
            values_only,
        )

    def _past_terms(self, draws: Draws) -> Floats | None:
        return None if self._past is None else take_draws(self._past, draws)

    def _path_inputs(self, draws: Draws) -> list[PathInputs]:
        coefficients = [take_draws(path.coefficients, draws) for path in self.paths]
        delays = [path.source.delay.pick(draws) for path in self.paths]
        lines = [one and one.pick(draws) for one in self._recent_lines]
        return list(zip(coefficients, pick_draws(self._recent, draws), delays, lines, strict=True))
