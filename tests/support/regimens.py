"""Models and regimens for property tests: anything that data and doses could add up to, and stranger."""

import numpy as np
from hypothesis import strategies as st
from oracle import Case, Moiety, Path, Train


def between(low, high):
    """A positive number, even on the logarithmic scale; shrinks towards the middle of it."""
    middle, half = 0.5 * (np.log(low) + np.log(high)), 0.5 * np.log(high / low)
    return st.floats(-1.0, 1.0).map(lambda u: float(np.exp(middle + half * u)))


@st.composite
def moieties(draw, most_peripherals=3, wide=False):
    count = draw(st.integers(0, most_peripherals))
    slow, fast = (1e-3, 2000.0) if wide else (0.5, 200.0)
    return Moiety(
        draw(between(slow, fast)),
        draw(between(5.0, 500.0)),
        tuple(draw(between(1e-3 if wide else 0.05, 200.0)) for _ in range(count)),
        tuple(draw(between(10.0, 500.0)) for _ in range(count)),
    )


@st.composite
def paths(draw, depth):
    shares = [draw(st.sampled_from([0.0, 0.05, 0.3])) for _ in range(depth)]
    if not any(shares):
        shares[0] = 0.3
    return Path(
        tuple(shares),
        draw(st.none() | between(0.05, 5.0)),
        draw(st.sampled_from([0.0, 0.1, 0.5, 2.0])),
        draw(st.sampled_from([0.0, 0.0, 0.5, 2.0, 8.0])),
    )


@st.composite
def trains(draw, infusions):
    count = draw(st.sampled_from([1, 1, 2, 7, 30]))
    every = draw(st.sampled_from([0.5, 4.0, 12.0, 24.0, 84.0]))
    duration = draw(st.sampled_from([0.0, 0.05, 0.67, 4.0, 24.0])) if infusions else 0.0
    last = -draw(st.sampled_from([0.0, 0.2, 1.0, 3.0, 10.0, 50.0, 500.0]))
    return Train(draw(between(0.01, 1000.0)), last - duration - (count - 1) * every, duration, every, count)


@st.composite
def cases(draw, wide=False):
    """One draw of a chain of one to three moieties, one or two groups of doses, one void interval."""
    depth = draw(st.integers(1, 3))
    chain = tuple(draw(moieties(3 if i == 0 else 1, wide)) for i in range(depth))
    formation = tuple(draw(st.floats(0.05, 1.0)) * moiety.clearance for moiety in chain[:-1])
    groups = []
    for _ in range(draw(st.integers(1, 2))):
        some = tuple(draw(paths(depth)) for _ in range(draw(st.integers(1, 2))))
        infusions = not any(path.release_duration for path in some)
        doses = tuple(draw(trains(infusions)) for _ in range(draw(st.integers(1, 3))))
        groups.append((doses, draw(st.floats(0.5, 2.0)), some))
    return Case(
        chain, formation, tuple(groups), draw(st.sampled_from([0.25, 1.0, 3.5, 7.0, 12.0]) | between(0.3, 24.0))
    )


FIRST = Moiety(79.0, 20.0, (120.0, 60.0, 0.5), (40.0, 190.0, 100.0))
SECOND = Moiety(60.0, 200.0)
THIRD = Moiety(40.0, 150.0, (1.0,), (60.0,))


ONCE = (Train(200.0),)


def oral(depth=3, rate_constant=1.5, trains=ONCE, void=3.5, moieties=None, lag_time=0.0):
    """A dose that is absorbed, and the last of a chain of three systems, one of them deep: as in the benchmarks."""
    chain = (moieties or (FIRST, SECOND, THIRD))[:depth]
    path = Path((0.2, *[0.0] * (depth - 1)), rate_constant, lag_time)
    formation = (0.7 * chain[0].clearance, 0.4 * chain[1].clearance if depth > 1 else 0.0)[: depth - 1]
    return Case(chain, formation, ((tuple(trains), 1.0, (path,)),), void)


def _equal(moiety, depth):
    return {"moieties": (moiety,) * depth, "formation": (0.5 * moiety.clearance,) * (depth - 1)}


def _along(*trains, paths):
    return (trains, 1.0, paths)


_TWICE = Moiety(10.0, 83.0, (80.9,), (70.7,))
FOUND = (
    # Equal poles hundreds of time constants after the last input, with all that comes in spread over hours.
    Case(
        **_equal(Moiety(9.2, 7.9), 2),
        groups=(_along(Train(10.0, -538.5, 24.0, 0.5, 30), paths=(Path((0.05, 0.3)),)),),
        void=12.0,
    ),
    Case(
        **_equal(Moiety(46.3, 50.0), 2),
        groups=(
            _along(Train(1000.0, -514.5, 0.0, 0.5, 30), paths=(Path((0.05, 0.3), None, 0.0, 0.5), Path((0.05, 0.3)))),
        ),
        void=12.0,
    ),
    Case(
        **_equal(Moiety(10.0, 29.0), 2),
        groups=(
            _along(
                Train(173.0, -524.0, 0.0, 4.0, 7), paths=(Path((0.3, 0.0), None, 0.0, 0.5), Path((0.05, 0.05), 5.0))
            ),
        ),
        void=2.7,
    ),
    # Three equal poles and one a fifth away: the rise of many doses within one time constant.
    Case(
        **_equal(Moiety(11.26, 249.0), 3),
        groups=(
            _along(
                Train(1000.0, -3.0, 0.0, 0.5, 7),
                Train(1.0, -14.7, 0.0, 0.5, 30),
                paths=(Path((0.3, 0.0, 0.0), 0.0546, 0.5, 0.5),),
            ),
        ),
        void=1.0,
    ),
    # The minute after a dose has left the void.
    Case(
        (_TWICE, Moiety(15.5, 215.2, (9.05,), (10.0,)), _TWICE),
        (6.6, 8.0),
        (
            _along(Train(3.16), Train(0.01, -1.0), paths=(Path((0.05, 0.0, 0.0), 0.05, 0.5),)),
            _along(Train(0.18), paths=(Path((0.05, 0.0, 0.0)), Path((0.3, 0.0, 0.0)))),
        ),
        0.4855,
    ),
)
"""Cases that long searches found: each went wrong once."""


def population(case, n, cv=0.3, seed=1):
    """Cases of n people: every clearance, volume and rate constant of one case log-normal around it."""
    rng = np.random.default_rng(seed)

    def vary(values):
        return tuple(float(v * np.exp(cv * rng.standard_normal())) for v in values)

    people = []
    for _ in range(n):
        chain = tuple(
            Moiety(*vary((m.clearance, m.volume)), vary(m.exchange), vary(m.peripheral)) for m in case.moieties
        )
        groups = tuple(
            (
                doses,
                scale,
                tuple(p if p.rate_constant is None else _with_rate(p, *vary((p.rate_constant,))) for p in some),
            )
            for doses, scale, some in case.groups
        )
        people.append(Case(chain, vary(case.formation), groups, *vary((case.void,))))
    return people


def _with_rate(path, rate):
    return Path(path.delivered, rate, path.lag_time, path.release_duration)
