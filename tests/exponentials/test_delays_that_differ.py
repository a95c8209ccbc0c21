"""Lag times and release durations that differ between draws, against the matrix exponential of each draw."""

import dataclasses

import numpy as np
import pytest
from oracle import Moiety, Oracle, Path, Train, as_arrays
from regimens import oral, population

from detectapi.exponentials import Fall, crossings, respond, span_means

BAR = 1e-6
TIME_BAR = 1e-4  # [h]
DAILY = (Train(200.0, -24.0 * 9, 0.0, 24.0, 10), Train(50.0, -7.0))


def people(case, lag=0.0, release=0.0, n=8, seed=3):
    """People whose lags and releases of every path are log-normal around those of the path."""
    rng = np.random.default_rng(seed)
    made = []
    for person in population(case, n, seed=seed):
        groups = []
        for trains, scale, paths in person.groups:
            own = tuple(
                dataclasses.replace(
                    path,
                    lag_time=path.lag_time * float(np.exp(lag * rng.standard_normal())),
                    release_duration=path.release_duration * float(np.exp(release * rng.standard_normal())),
                )
                for path in paths
            )
            groups.append((trains, scale, own))
        made.append(person.replace(groups=tuple(groups)))
    return made


def along(*paths, trains=DAILY, depth=3, **keys):
    return oral(depth, **keys).replace(groups=((trains, 1.0, paths),))


FIRST_ORDER = Path((0.2, 0.0, 0.0), 1.5, 0.4)
RELEASED = Path((0.2, 0.1, 0.0), 0.3, 0.0, 6.0)
SLOW = Path((0.2, 0.1, 0.0), 0.3, 0.0, 40.0)
TWO = Path((0.1, 0.0, 0.0), 1.0, 0.5), Path((0.3, 0.0, 0.0), 0.2, 4.0, 8.0)
EQUAL = Moiety(10.0, 50.0)
CASES = {
    "lag": people(along(FIRST_ORDER), lag=0.5),
    "lag after the last dose": people(along(Path((0.2, 0.0, 0.0), 1.5, 9.0)), lag=0.6),
    "release": people(along(RELEASED), release=0.5),
    "release longer than the interval of the doses": people(along(SLOW), release=0.7),
    "lag and release": people(along(Path((0.2, 0.0, 0.0), 0.5, 2.0, 12.0)), lag=0.5, release=0.5),
    "release into the blood, with a lag": people(along(Path((0.2, 0.0, 0.1), None, 1.0, 3.0)), lag=0.3, release=0.3),
    "two paths, of which one has a spread": people(along(FIRST_ORDER, RELEASED), release=0.4),
    "two paths with spreads of their own": people(along(*TWO), lag=0.8, release=0.4),
    "bolus with a lag": people(along(Path((1.0, 0.0, 0.0), None, 0.7)), lag=0.9),
    "infusion with a lag": people(along(Path((1.0, 0.0, 0.0), None, 0.7), trains=(Train(100.0, -5.0, 5.0),)), lag=0.9),
    "past in some draws only": people(along(Path((0.2, 0.0, 0.0), 1.5, 2.0), trains=(Train(100.0, -6.0), Train(1.0))), lag=0.8),
    "equal poles": people(along(Path((0.2, 0.0, 0.0), 0.2, 0.5, 5.0), moieties=(EQUAL,) * 3), lag=0.5, release=0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_concentrations(name):
    everybody = CASES[name]
    response = respond(*as_arrays(everybody))
    start = float(response.tail_start.max())
    times = np.unique([0.0, 0.01, 0.3, *(start * np.array([0.1, 0.3, 0.6, 0.9, 1.0])), start + 20.0, start + 400.0])
    ours = response.concentration(times)
    for i, person in enumerate(everybody):
        truth = Oracle(person).concentrations(times)
        counts = truth > max(1e-9 * truth.max(), 1e-300)
        assert np.abs(ours[counts, i] / truth[counts] - 1.0).max() < BAR


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("level", [0.5, 1e-3])
def test_crossings(name, level):
    everybody = CASES[name]
    response = respond(*as_arrays(everybody))
    times = np.linspace(0.0, 1.5 * float(response.tail_start.max()), 50)
    cutoff = level * response.concentration(times).max(axis=0)
    crossed = crossings(response, cutoff)
    for i, person in enumerate(everybody):
        truth = Oracle(person)
        assert (
            truth.concentration(crossed.last[i] - TIME_BAR)
            >= cutoff[i]
            > truth.concentration(crossed.last[i] + TIME_BAR)
        )
        if crossed.first[i] > 0.0:
            before, after = max(crossed.first[i] - TIME_BAR, 0.0), crossed.first[i] + TIME_BAR
            assert truth.concentration(after) >= cutoff[i] >= truth.concentration(before)
        else:
            assert truth.concentration(0.0) >= cutoff[i]


@pytest.mark.parametrize("name", CASES)
def test_a_draw_is_the_same_alone_as_among_all(name):
    # Alone its lag is a number, not one of several: sums are then in another order, and differ by rounding.
    everybody = CASES[name]
    response = respond(*as_arrays(everybody))
    cutoff = 0.1 * response.concentration([1.0, 5.0, 20.0]).max(axis=0)
    together = crossings(response, cutoff)
    for i, person in enumerate(everybody):
        alone = crossings(respond(*as_arrays([person])), cutoff[i : i + 1])
        assert alone.last[0] == pytest.approx(together.last[i], abs=1e-7)
        assert alone.first[0] == pytest.approx(together.first[i], abs=1e-7)


def test_picked_draws_have_the_same_numbers_to_the_last_bit():
    chain, groups, void = as_arrays(CASES["two paths with spreads of their own"])
    some, times = np.array([5, 0, 3]), [0.0, 1.0, 30.0]
    picked = [
        group._replace(scale=group.scale[some], absorptions=tuple(path.pick(some) for path in group.absorptions))
        for group in groups
    ]
    whole, part = respond(chain, groups, void), respond(chain.pick(some), picked, void[some])

    assert (part.concentration(times) == whole.concentration(times)[:, some]).all()
    cutoff = 0.01 * whole.concentration([1.0])[0]
    assert (crossings(part, cutoff[some]).last == crossings(whole, cutoff).last[some]).all()


def test_just_after_a_dose_no_digit_is_lost():
    # A late, tiny rise in the third system: partial fractions lose it, and it is computed without subtractions.
    everybody = people(along(Path((0.2, 0.0, 0.0), 1.5, 1.0, 2.0), trains=(Train(100.0),)), lag=0.2, release=0.2)
    response = respond(*as_arrays(everybody))
    lags = np.array([person.groups[0][2][0].lag_time for person in everybody])
    ours = np.array([response.concentration([lag + 0.01])[0, i] for i, lag in enumerate(lags)])
    truth = [Oracle(person).concentration(lag + 0.01) for person, lag in zip(everybody, lags, strict=True)]

    assert ours == pytest.approx(truth, rel=BAR)


def test_a_release_that_differs_between_draws_must_be_positive():
    chain, groups, void = as_arrays(CASES["release"])
    path = groups[0].absorptions[0]
    wrong = path._replace(release_duration=np.where(np.arange(8) == 3, 0.0, path.release_duration))
    with pytest.raises(ValueError, match="positive"):
        respond(chain, [groups[0]._replace(absorptions=(wrong,))], void)


def test_means_over_spans_are_those_of_each_draw_alone():
    everybody = CASES["lag and release"]
    response = respond(*as_arrays(everybody))
    edges = np.linspace(60.0, 0.0, 13)[:, np.newaxis] + np.zeros(8)
    together = span_means(Fall(response, np.arange(8)), edges, np.zeros(8), np.arange(8))
    for i, person in enumerate(everybody):
        alone = span_means(Fall(respond(*as_arrays([person])), np.arange(1)), edges[:, :1], np.zeros(1), np.arange(1))
        assert together[:, i] == pytest.approx(alone[:, 0], rel=1e-9)
