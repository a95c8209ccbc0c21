import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from regimens import between

from detectapi.exponentials import disposition


def system(clearance, volume, exchange=(), peripheral=()):
    def column(values):
        return np.array(values, dtype=float).reshape(-1, 1)

    return disposition(np.array([clearance]), np.array([volume]), column(exchange), column(peripheral))


def true_poles(clearance, volume, exchange, peripheral, digits=50):
    """Roots of det(sI + rate matrix) in mpmath."""
    with mpmath.workdps(digits):
        m = len(exchange)
        matrix = mpmath.zeros(m + 1)
        matrix[0, 0] = mpmath.mpf(clearance) / volume
        for j, (q, v) in enumerate(zip(exchange, peripheral, strict=True)):
            out, back = mpmath.mpf(q) / volume, mpmath.mpf(q) / v
            matrix[0, 0] += out
            matrix[j + 1, j + 1] = back
            matrix[0, j + 1] = matrix[j + 1, 0] = -mpmath.sqrt(out * back)
        return sorted(float(x) for x in mpmath.eigsy(matrix, eigvals_only=True))


@settings(max_examples=60, deadline=None)
@given(
    between(1e-3, 1e3), between(1.0, 1e3), st.lists(st.tuples(between(1e-3, 1e3), between(1.0, 1e3)), max_size=3)
)  # fmt: skip
def test_poles_are_the_eigenvalues_to_full_relative_precision(clearance, volume, shells):
    exchange, peripheral = [q for q, _ in shells], [v for _, v in shells]
    poles = system(clearance, volume, exchange, peripheral).poles[:, 0]
    rates = np.sort([q / v for q, v in shells])
    assume(
        (np.diff(rates) > 1e-5 * rates[1:]).all()
    )  # closer ones are moved apart, and the pole between them with them
    # eps times the condition of a pole in the data, which is a small multiple.
    assert np.allclose(poles, true_poles(clearance, volume, exchange, peripheral), rtol=1e-11, atol=0.0)


def test_a_pole_a_million_times_smaller_keeps_its_digits():
    data = (0.02, 20.0, (400.0, 60.0, 0.01), (40.0, 190.0, 5000.0))
    poles, truth = system(*data).poles[:, 0], true_poles(*data)
    assert truth[-1] / truth[0] > 1e6
    assert np.allclose(poles, truth, rtol=1e-13, atol=0.0)


def tenfold(rng, low, high, *shape):
    return 10.0 ** rng.uniform(low, high, shape)


def with_flow(rng, shells, n, flows):
    """Ordinary systems whose last shell has other flows."""
    exchange = 60.0 * rng.lognormal(0, 0.3, (shells, n))
    exchange[-1] = flows
    return (
        79.0 * rng.lognormal(0, 0.3, n),
        20.0 * rng.lognormal(0, 0.3, n),
        exchange,
        rng.lognormal(4.6, 0.3, (shells, n)),
    )


def hard(kind, shells, n=40):
    """Systems that are hard to solve: clearance, volume, exchange, peripheral volumes."""
    rng = np.random.default_rng(shells)
    if kind == "ratios from 1e-6 to 1e6":
        return tuple(tenfold(rng, -6, 6, *shape) for shape in ((n,), (n,), (shells, n), (shells, n)))
    if kind == "hardly any flow":
        return with_flow(rng, shells, n, tenfold(rng, -13, -1, n))
    if kind == "a return rate beside a pole":
        clearance, volume, exchange, peripheral = with_flow(rng, shells, n, tenfold(rng, -9, -1, n))
        pole = disposition(clearance, volume, exchange[:-1], peripheral[:-1]).poles[0]
        peripheral[-1] = exchange[-1] / (pole * (1.0 + tenfold(rng, -9, -1, n)))
        return clearance, volume, exchange, peripheral
    clearance, volume, exchange, peripheral = with_flow(rng, shells, n, 60.0)
    return clearance, volume, exchange, exchange / (1.3 * (1.0 + tenfold(rng, -4, -1, shells, n)))


@pytest.mark.parametrize("shells", [2, 3, 4])
@pytest.mark.parametrize(
    "kind", ["ratios from 1e-6 to 1e6", "hardly any flow", "a return rate beside a pole", "return rates close together"]
)
def test_hard_systems_too(kind, shells):
    clearance, volume, exchange, peripheral = hard(kind, shells)
    poles = disposition(clearance, volume, exchange, peripheral).poles
    rates = np.sort(exchange / peripheral, axis=0)
    apart = (np.diff(rates, axis=0) > 4e-6 * rates[1:]).all(axis=0)  # closer ones are moved apart
    assert apart.sum() > 20
    truth = np.array(
        [true_poles(*system, digits=70) for system in zip(clearance, volume, exchange.T, peripheral.T, strict=True)]
    )
    assert np.allclose(poles.T[apart], truth[apart], rtol=1e-13, atol=0.0)


def test_no_system_depends_on_its_neighbours():
    # Hard ones among ordinary ones take another way, which must not show.
    parts = [hard("hardly any flow", 3), with_flow(np.random.default_rng(1), 3, 40, 60.0)]
    both = [np.concatenate([a, b], axis=-1) for a, b in zip(*parts, strict=True)]
    alone = np.concatenate([disposition(*part).poles for part in parts], axis=1)
    assert (disposition(*both).poles == alone).all()


def test_poles_interlace_with_the_return_rates():
    rng = np.random.default_rng(5)
    exchange, peripheral = rng.lognormal(2, 1.5, (3, 500)), rng.lognormal(4, 1, (3, 500))
    result = disposition(rng.lognormal(3, 1, 500), rng.lognormal(3, 1, 500), exchange, peripheral)
    zeros = np.sort(result.zeros, axis=0)
    assert (result.poles > 0.0).all()
    assert (result.poles[:-1] <= zeros).all()
    assert (zeros <= result.poles[1:]).all()


def test_area_under_the_curve_is_dose_over_clearance():
    result = system(79.0, 20.0, (120.0, 60.0, 0.5), (40.0, 190.0, 100.0))
    assert np.prod(result.zeros) / np.prod(result.poles) / 20.0 == pytest.approx(1 / 79.0, rel=1e-13)


@pytest.mark.parametrize("shells", [2, 3])
def test_equal_return_rates_keep_all_poles_apart(shells):
    exchange, peripheral = (30.0, 60.0, 15.0)[:shells], (60.0, 120.0, 30.0)[:shells]
    result = system(79.0, 20.0, exchange, peripheral)
    assert (np.diff(result.poles[:, 0]) > 0.0).all()
    # Together the shells are one of their summed exchange and volume: two of the poles are its poles.
    merged = system(79.0, 20.0, (sum(exchange),), (sum(peripheral),)).poles[:, 0]
    assert np.allclose(result.poles[[0, -1], 0], merged, rtol=1e-9)


def test_a_compartment_without_exchange_changes_nothing():
    with_it = system(79.0, 20.0, (120.0, 0.0), (40.0, 100.0))
    without = system(79.0, 20.0, (120.0,), (40.0,))
    rate = 0.1
    both = [np.prod(d.zeros - rate) / np.prod(d.poles - rate) for d in (with_it, without)]
    assert both[0] == pytest.approx(both[1], rel=1e-12)


@pytest.mark.parametrize(
    "data",
    [
        (0.0, 20.0),
        (79.0, -1.0),
        (np.nan, 20.0),
        (79.0, np.inf),
        (79.0, 20.0, (-1.0,), (5.0,)),
        (79.0, 20.0, (1.0,), (0.0,)),
    ],
)
def test_impossible_systems_are_refused(data):
    with pytest.raises(ValueError, match="must be"):
        system(*data)


def test_shapes_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match="must be"):
        disposition(np.ones(2), np.ones(2), np.ones((2, 2)), np.ones((1, 2)))
