"""Windows of a made-up population whose answers are known: log T = knowledge + people, both normal."""

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from detectapi.exponentials import Crossings
from detectapi.model.draws import Draws, layout
from detectapi.model.window import _time_at_half, bands, combine, curve_times, interval, probability_curve, summarise

TYPICAL = 60.0


def made_up(seed, draws=2000, knowledge=0.3, people=0.4):
    plan = layout(draws)
    numbers, selection = Draws(seed, plan), plan.all()
    log_t = knowledge * numbers.normal("knowledge", "x")[selection.knowledge]
    log_t = log_t + people * numbers.normal("people", "x")[selection.people]
    return plan, TYPICAL * np.exp(log_t)


def crossing(first, last):
    return Crossings(np.array(first), np.array(last), np.zeros(len(first), dtype=bool))


def test_interval_is_that_of_people_and_knowledge_together():
    plan, last = made_up(1)
    window = summarise(np.zeros_like(last), last, plan, 0.9)

    # Four standard errors: 1.25 sd / sqrt(n) for the median, about 2.1 sd / sqrt(n) for the tails, less for stratification.
    assert np.log(window.median / TYPICAL) == pytest.approx(0.0, abs=0.06)
    assert np.log(window.low / TYPICAL) == pytest.approx(-0.5 * 1.645, abs=0.1)
    assert np.log(window.high / TYPICAL) == pytest.approx(0.5 * 1.645, abs=0.1)


def test_knowledge_band_is_that_of_knowledge_alone():
    time = np.array([30.0, 45.0, 60.0, 90.0, 130.0])
    edges = []
    for seed in range(40):
        plan, last = made_up(seed)
        curve = probability_curve(np.zeros_like(last), last, plan, 0.9, time)
        edges.append([curve.low, curve.high])
    low, high = np.mean(edges, axis=0)

    true_low, true_high = (ndtr((k * 0.3 * 1.645 - np.log(time / TYPICAL)) / 0.4) for k in (-1.0, 1.0))
    assert low == pytest.approx(true_low, abs=0.05)
    assert high == pytest.approx(true_high, abs=0.05)


def test_the_band_stays_open_in_the_tail():
    for seed in range(10):
        plan, last = made_up(seed)
        time = np.linspace(0.0, np.sort(last)[-3], 60)
        curve = probability_curve(np.zeros_like(last), last, plan, 0.9, time)
        open_ones = (curve.probability > 0.0) & (curve.probability < 1.0)

        assert np.all((curve.low < curve.probability)[open_ones] & (curve.probability < curve.high)[open_ones])
        tail = (curve.probability > 0.0) & (curve.probability < 0.05)
        true_high = ndtr((0.3 * 1.645 - np.log(time[tail] / TYPICAL)) / 0.4)
        # The last few draws of 2,000 know the probability itself no better than to a factor of two or three.
        assert np.all(curve.high[tail] > 0.2 * true_high)


def test_where_the_median_could_lie_is_that_of_knowledge_alone():
    spans = []
    for seed in range(40):
        plan, last = made_up(seed)
        spans.append(np.log(np.array(summarise(np.zeros_like(last), last, plan, 0.9).knowledge) / TYPICAL))

    assert np.mean(spans, axis=0) == pytest.approx([-0.3 * 1.645, 0.3 * 1.645], abs=0.06)


def test_with_nothing_unknown_the_band_has_no_width():
    plan, last = made_up(3, knowledge=0.0)
    window = summarise(np.zeros_like(last), last, plan, 0.9)
    curve = probability_curve(np.zeros_like(last), last, plan, 0.9, np.linspace(0.0, 200.0, 50))

    assert np.array_equal(curve.low, curve.probability)
    assert np.array_equal(curve.high, curve.probability)
    assert window.knowledge == pytest.approx((window.median, window.median), rel=0.01)  # between two of 200 quantiles


def test_curve_is_one_minus_the_distribution_of_the_last_positive_time():
    plan, last = made_up(4)
    time = np.linspace(0.0, 200.0, 21)
    curve = probability_curve(np.zeros_like(last), last, plan, 0.9, time)

    assert curve.probability == pytest.approx([(last > t).mean() for t in time])
    assert np.all(curve.low <= curve.probability)
    assert np.all(curve.probability <= curve.high)


def test_before_the_first_crossing_nothing_is_positive():
    plan = layout(100)
    first, last = np.full(100, 5.0), np.full(100, 20.0)
    curve = probability_curve(first, last, plan, 0.9, np.array([0.0, 4.9, 5.0, 19.9, 20.0]))

    assert [0.0, 0.0, 1.0, 1.0, 0.0] == list(curve.probability)


def test_monte_carlo_error_is_the_spread_over_seeds():
    windows = [summarise(np.zeros(2000), made_up(seed)[1], layout(2000), 0.9) for seed in range(100, 150)]
    medians = np.array([w.median for w in windows])
    stated = np.sqrt(np.mean([w.standard_error**2 for w in windows]))

    # The spread of 50 medians is itself known to 10 %, the mean of 50 errors from 10 batches to 3 %.
    assert stated == pytest.approx(medians.std(ddof=1), rel=0.35)


def test_stratified_draws_beat_plain_ones():
    medians = np.array([summarise(np.zeros(2000), made_up(s)[1], layout(2000), 0.9).median for s in range(100, 150)])

    # Plain: 80 knowledge rows and 1000 people, each twice.
    plain = TYPICAL * np.sqrt(np.pi / 2.0 * (0.3**2 / 80 + 0.4**2 / 1000))
    assert medians.std(ddof=1) < 0.7 * plain


def test_any_is_the_last_and_all_the_first_to_become_negative():
    a, b = crossing([0.0, 2.0, 0.0], [10.0, 5.0, 0.0]), crossing([1.0, 3.0, 1.0], [6.0, 9.0, 4.0])

    assert ([0.0, 2.0, 1.0], [10.0, 9.0, 4.0]) == tuple(list(x) for x in combine([a, b], "any"))
    assert ([1.0, 3.0, 0.0], [6.0, 5.0, 0.0]) == tuple(list(x) for x in combine([a, b], "all"))


def test_all_is_never_positive_when_the_parts_never_overlap():
    first, last = combine([crossing([0.0], [2.0]), crossing([3.0], [5.0])], "all")

    assert (0.0, 0.0) == (first[0], last[0])


@pytest.mark.parametrize("longest", [0.0, 3.0, 80.0, 2000.0, 50_000.0])
def test_curve_times_are_round_and_few(longest):
    time = curve_times(np.linspace(0.0, longest, 1000))

    assert 0.0 == time[0]
    assert time[-1] >= 0.99 * longest
    assert 2 <= len(time) <= 90


@pytest.mark.parametrize(
    ("longest", "step", "points"),
    [(1.0, 0.25, 6), (14.0, 0.25, 60), (20.0, 0.5, 43), (50.0, 1.0, 54), (100.0, 2.0, 54), (500.0, 12.0, 45)],
)
def test_curve_times_reach_5_percent_beyond_the_last_in_the_smallest_round_step_that_fits(longest, step, points):
    # Nearly all draws are positive for the same time: 1.05 of it is the end.
    time = curve_times(np.full(1000, longest))

    assert np.array_equal(time, step * np.arange(points))


def test_interval_has_the_quantiles_between_sorted_draws():
    plan = layout(100)
    last = np.arange(100.0)[::-1]
    low, median, high, _, ever = interval(last, plan, 0.8)

    # Quantile q of 0 to 99 lies at 99 q.
    assert (low, median, high) == pytest.approx((9.9, 49.5, 89.1))
    assert ever == pytest.approx(0.99)


def test_monte_carlo_error_worked_out_for_two_batches():
    # Of T = 0 to 99 the first batch has the 50 smallest but for one: 1 of 50 lies above the median, 49 of 50 in the other.
    plan, last = layout(100), np.concatenate([np.arange(49.0), [50.0, 49.0], np.arange(51.0, 100.0)])
    error = interval(last, plan, 0.9)[3]

    # The shares differ by 0.96, so their standard error is 0.48. The quantiles 0.3 and 0.7, 0.2 = 2 / sqrt(100) from the middle,
    # lie 39.6 h apart: 99 h for each unit of probability.
    assert error == pytest.approx(0.48 * 99.0)


def test_several_rows_have_the_intervals_they_have_alone():
    plan, rows = layout(100), np.random.default_rng(2).lognormal(size=(3, 100))
    together = interval(rows, plan, 0.9)

    for i, row in enumerate(rows):
        assert [values[i] for values in together] == pytest.approx(interval(row, plan, 0.9), rel=1e-12)


def test_bands_of_a_concentration_are_its_quantiles_at_each_time():
    time, typical = np.array([0.0, 1.0]), np.array([5.0, 6.0])
    result = bands(time, typical, np.stack([np.arange(100.0)[::-1], 2.0 * np.arange(100.0)]))

    assert {0.05: 5.0, 0.25: 25.0, 0.5: 50.0, 0.75: 75.0, 0.95: 95.0} == {q: v[0] for q, v in result.quantiles.items()}
    assert [10.0, 50.0, 100.0, 150.0, 190.0] == [v[1] for v in result.quantiles.values()]
    assert (result.time is time, result.typical is typical) == (True, True)


def test_quantiles_of_the_normal_used_here():
    assert ndtri(0.95) == pytest.approx(1.645, abs=1e-3)


def test_a_falling_edge_is_at_one_half_between_its_points():
    time = np.array([0.0, 10.0, 20.0])

    assert _time_at_half(time, np.array([1.0, 0.5, -0.5])) == pytest.approx(15.0)
    assert _time_at_half(time, np.array([1.0, np.inf, -np.inf])) == 20.0
    assert _time_at_half(time, np.array([1.0, 1.0, 1.0])) == 20.0
    assert _time_at_half(time, np.array([-1.0, -1.0, -1.0])) == 0.0


def test_where_nearly_nobody_is_ever_positive_the_median_is_zero_and_surely_so():
    plan, last = made_up(5)
    window = summarise(np.zeros_like(last), np.where(last > np.quantile(last, 0.98), 0.5, 0.0), plan, 0.9)

    assert (window.median, window.low, window.knowledge) == (0.0, 0.0, (0.0, 0.0))
    assert window.ever_positive == pytest.approx(0.02, abs=0.002)


def test_the_band_of_the_median_looks_at_the_shape_of_the_whole_distribution():
    plan, last = made_up(6)
    wide = summarise(np.zeros_like(last), last, plan, 0.9).knowledge
    narrow = summarise(np.zeros_like(last), last, plan, 0.5).knowledge

    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    # In half the time everything is half: also where all of it lies below one hour.
    for scale in (0.5, 0.005):
        scaled = summarise(np.zeros_like(last), scale * last, plan, 0.9)
        assert scaled.knowledge == pytest.approx((scale * wide[0], scale * wide[1]), rel=1e-9)


def test_few_draws_that_agree_by_chance_have_a_band_nevertheless():
    plan = layout(100)
    # Both sets of typical values have nearly the same times, draw by draw: the variance at the median is nothing by chance.
    rows = np.tile(np.linspace(10.0, 90.0, 25), 4)
    rows[:25] *= 1.0 + 0.3 * (np.linspace(10.0, 90.0, 25) > 60.0)
    window = summarise(np.zeros(100), rows, plan, 0.9)

    assert window.knowledge[0] < window.median < window.knowledge[1]


def test_monte_carlo_error_of_two_batches_that_agree_by_chance_is_that_of_their_people():
    plan, last = layout(100), np.arange(100.0).reshape(50, 2).T.ravel()
    error = interval(last, plan, 0.9)[3]

    # Of each batch 25 of 50 lie above the median. There are 50 people, so the share is known to sqrt(0.25 / 50); and 99 h for
    # each unit of probability.
    assert error == pytest.approx(np.sqrt(0.25 / 50) * 99.0)


@pytest.mark.parametrize("draws", [100, 150, 200])
def test_monte_carlo_error_of_few_draws_is_the_spread_over_seeds(draws):
    windows = [
        summarise(np.zeros_like(last), last, plan, 0.9) for plan, last in (made_up(s, draws) for s in range(100))
    ]
    stated = np.array([w.standard_error for w in windows])
    spread = np.std([w.median for w in windows], ddof=1)

    # The spread of 100 medians is itself known to 7 %. The larger of two estimates is stated, which is 1.2 times the spread on
    # average at two batches (of |normal| and 1: sqrt(1.48)).
    assert spread * 0.85 < np.sqrt(np.mean(stated**2)) < spread * 1.5
    assert stated.min() > 0.3 * spread
