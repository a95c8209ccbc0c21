"""The analyte's concentration after the last dose: exponentials, and corners while doses are still in the void."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from detectapi.exponentials import input_phase
from detectapi.exponentials.curve import curves_in, is_regular, room_for, tail_curve
from detectapi.exponentials.schedule import Schedule, old_sum, recent, recent_sum
from detectapi.exponentials.sign_changes import never_above
from detectapi.exponentials.subtraction_free import Source, averaged, averaged_trains
from detectapi.exponentials.sums import add_up, box, columns

BLOCK = 2048
FEWEST = 64
EARLY_NUMBERS = 6_000_000
"""Draws worked on at once: what they need fits in the cache. Fewer, but not below FEWEST, where so many doses fall into
one void that the early zone of a block would take more than this many numbers."""

SUSPECT = 1e-8
"""A concentration below this fraction of the terms it is the sum of is computed again without subtractions; times the
condition of the expansion, since where poles are close to each other the terms themselves have lost as many digits."""

SHOWING = 5e-10
"""The same for crossings, whose cutoff is known: at more than this fraction of the terms rounding, about 5e-16 of them, is
below a millionth of it."""

ROUNDING = 1e-12
"""Fraction of the terms that a sum of them is trusted to be right within."""

FEW = 100
"""So many trains or single doses along a path are all computed again, old ones too: the first minutes of any may be
what is left."""


class Path(NamedTuple):
    """One absorption path.

    Attributes
    ----------
    coefficients : array, shape (k, n)
        Partial fractions of the concentration after a unit dose. [1/L]
    schedule : Schedule
    sources : tuple of Source
        What the coefficients were made from.
    """

    coefficients: np.ndarray
    schedule: Schedule
    sources: tuple[Source, ...]


class Response:
    """Plasma concentration of an analyte averaged over the void that ends at t. [umol/L]

    Valid for t >= 0, where 0 is the end of the last dose. From ``tail_start`` on it is the sum of
    ``tail * exp(-poles (t - tail_start))``.

    Attributes
    ----------
    n : int
        Draws.
    poles, tail : array, shape (k, n)
        Ascending in each draw. [1/h], [umol/L]
    tail_start : array, shape (n,)
        When the last input has left the void. [h]
    void : array, shape (n,)
        Void interval. [h]
    paths : tuple of Path
    safe_route : array of bool, shape (n,)
        Draws whose near-equal poles needed another expansion than partial fractions.
    condition : array, shape (n,)
        Size of the terms of an area under the curve over the area, of the path where that is largest.
    block : int
        Draws to work on at once. Results do not depend on it.
    """

    def __init__(self, poles, paths, void, safe_route, condition):
        self.n = len(void)
        self.poles = poles
        self.paths = paths
        self.void = void
        self.safe_route = safe_route
        self.condition = condition
        self.last_input = max([0.0, *(path.schedule.last for path in paths)])
        self.first_input = min((path.schedule.first for path in paths), default=np.inf)
        self.tail_start = void + self.last_input
        self.recent = [recent(path.schedule, void) for path in paths]
        corners = 4 * sum(len(doses) for doses in self.recent) + 2
        self.block = int(np.clip(EARLY_NUMBERS // (corners * (len(poles) + 8)), FEWEST, BLOCK))
        self.old = None
        self.tail = np.zeros_like(poles)
        for begin in range(0, self.n if paths else 0, BLOCK):
            self._collapse(slice(begin, begin + BLOCK))

    def _collapse(self, draws) -> None:
        """Sum all doses of some draws, to what is left of old ones at time 0, and of all where the tail begins."""
        poles, void, tail = self.poles[:, draws], self.void[draws], self.tail[:, draws]
        averaging, forgetting = box(poles * void), None
        for path, doses in zip(self.paths, _for_draws(self.recent, draws), strict=True):
            coefficients = path.coefficients[:, draws] * averaging
            if doses:
                tail += coefficients * recent_sum(poles, doses, self.last_input)
            old = old_sum(poles, path.schedule, void)
            if old is not None:
                if self.old is None:
                    self.old = np.zeros_like(self.poles)
                if forgetting is None:
                    forgetting = np.exp(-poles * self.tail_start[draws])
                old *= coefficients
                self.old[:, draws] += old
                old *= forgetting
                tail += old

    def concentration(self, time) -> np.ndarray:
        """Concentration at given times.

        Parameters
        ----------
        time : array, shape (m,)
            At or after 0. [h]

        Returns
        -------
        array, shape (m, n)
            [umol/L]
        """
        time = np.atleast_1d(np.asarray(time, dtype=float))
        if time.ndim != 1 or not (time >= 0.0).all():
            raise ValueError("time must be (m,) and not negative")
        if not self.paths or len(time) == 0:
            return np.zeros((len(time), self.n))
        # On a regular grid the times of a draw lie side by side in memory, as they are made.
        room = room_for(len(time), self.n) if is_regular(time) else None
        result = np.empty((len(time), self.n)) if room is None else curves_in(room, len(time))
        for begin in range(0, self.n, self.block):
            draws = slice(begin, min(begin + self.block, self.n))
            self._fill(time, draws, result[:, draws], None if room is None else room[draws])
        return result

    def _fill(self, time, draws, values, room) -> None:
        start = self.tail_start[draws]
        poles, tail = self.poles[:, draws], self.tail[:, draws]
        tail_curve(time, poles, tail, start, values, room)
        suspect, doubtful = SUSPECT * self.condition[draws], []  # (times, draws) of what is not to be trusted
        # The rule of signs tells at once which draws never fall below that fraction of their terms; ask the others.
        unsure = np.flatnonzero(~never_above(poles, 0.0, suspect * np.abs(tail) - tail))
        if len(unsure):
            size = np.empty((len(time), len(unsure)))
            tail_curve(time, columns(poles, unsure), np.abs(columns(tail, unsure)), start[unsure], size)
            row, column = np.nonzero(
                (values[:, unsure] < suspect[unsure] * size) & (time[:, np.newaxis] >= start[unsure])
            )
            doubtful.append((row, unsure[column]))
        soon = np.flatnonzero(time < start.max())
        if len(soon):
            cut = self.early_pieces(draws, time[soon], values_only=True)
            for i, j in enumerate(soon):
                value, noise = cut.at_node(i + 2)
                early_one = time[j] < start
                values[j] = np.where(early_one, value, values[j])
                column = np.flatnonzero(early_one & (value < suspect * noise))
                doubtful.append((np.full(len(column), j), column))
        row, column = (np.concatenate(part) for part in zip(*doubtful, strict=True)) if doubtful else ((), ())
        if len(row):
            values[row, column] = self.exact(np.arange(self.n)[draws][column], time[row])

    def surely_reaches(self, cutoff, time: float) -> np.ndarray:
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
        above = add_up(terms) - ROUNDING * add_up(np.abs(terms)) >= cutoff
        return above & (self.tail_start <= time)

    def exact(self, draws, time):
        """Concentration at one time for each of some draws, without subtractions; of many doses the recent ones only."""
        poles, void, total = columns(self.poles, draws), self.void[draws], np.zeros(len(draws))
        for path, doses in zip(self.paths, _for_draws(self.recent, draws), strict=True):
            if len(path.schedule.end) <= FEW:
                for source in path.sources:
                    total += averaged_trains(source, path.schedule, draws, time, void)
                continue
            old = old_sum(poles, path.schedule, void)
            if old is not None:
                total += add_up(old * columns(path.coefficients, draws) * box(poles * void) * np.exp(-poles * time))
            for source in path.sources:
                total += averaged(source, doses, draws, time, void)
        return total

    @cached_property
    def noise(self) -> np.ndarray:
        """Where the concentration is above this, rounding shows at no time. Shape (n,). [umol/L]"""
        size = np.zeros(self.n) if self.old is None else add_up(np.abs(self.old))
        for path, doses in zip(self.paths, self.recent, strict=True):
            if doses:
                size += add_up(np.abs(path.coefficients)) * sum(dose.amount for dose in doses)
        return SHOWING * self.condition * size * (self.tail_start / self.void)

    def noisy(self, draws, time, cutoff) -> np.ndarray:
        """Whether rounding shows where some draws are at a cutoff, at one time each. Shape (m,)."""
        # What still rises from nothing is steep: there the same error moves a crossing by less.
        steep = np.where(time <= self.first_input + self.void[draws], 0.1, 1.0)
        noisy = cutoff < steep * self.noise[draws]
        few = np.flatnonzero(noisy)
        if len(few):
            noisy[few] = cutoff[few] < SHOWING * (
                steep[few] * self.condition[draws[few]] * self._size(draws[few], time[few])
            )
        return noisy

    def _size(self, draws, time):
        """Size of what is added up for the concentration of some draws, at one time each. Shape (m,). [umol/L]"""
        start = self.tail_start[draws]
        terms = columns(self.poles, draws) * np.minimum(start - time, 0.0)
        size = add_up(np.exp(terms) * np.abs(columns(self.tail, draws)))
        soon = np.flatnonzero(time < start)
        if len(soon):
            size[soon] = self.early_pieces(draws[soon], (time[soon],), values_only=True).at_node(2)[1]
        return size

    def _old(self, draws):
        return None if self.old is None else columns(self.old, draws)

    def _inputs(self, draws):
        coefficients = [columns(path.coefficients, draws) for path in self.paths]
        return list(zip(coefficients, _for_draws(self.recent, draws), strict=True))

    def initial(self, draws) -> np.ndarray:
        """Concentration at time 0 of some draws. [umol/L]"""
        return input_phase.initial(columns(self.poles, draws), self._inputs(draws), self._old(draws), self.void[draws])

    def early_pieces(self, draws, extra=(), values_only=False) -> input_phase.Pieces:
        """The zone from 0 to the start of the tail, for some draws."""
        void, end = self.void[draws], self.tail_start[draws]
        inputs, old = self._inputs(draws), self._old(draws)
        return input_phase.pieces(columns(self.poles, draws), inputs, old, void, end, extra, values_only)


def _for_draws(recent_doses, draws):
    """Recent doses of each path for some draws."""
    return [
        [dose if np.ndim(dose.amount) == 0 else dose._replace(amount=dose.amount[draws]) for dose in doses]
        for doses in recent_doses
    ]
