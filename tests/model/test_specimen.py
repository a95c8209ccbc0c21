"""A specimen's own flow: how it varies, and what its creatinine and gravity say of it."""

from functools import cache

import numpy as np
import pytest

from detectapi.model.normal import inverse_normal
from detectapi.model.specimen import (
    Deviates,
    Gravity,
    VoidPrior,
    condition_void,
    normal_probability,
    sample_void,
    void_evidence,
    void_of_flow,
)

ADULT = VoidPrior(
    usual=np.log(70 / 60), usual_spread=0.403, void=np.log(0.85), void_spread=0.668,
    osmoles=np.log(800.0), osmoles_spread=0.246, excretion=np.log(1500.0), excretion_spread=0.29, correlation=0.5,
    ceiling=np.log(1100.0),
)  # fmt: skip
UNBOUNDED = ADULT._replace(ceiling=np.log(1e9))
REFRACTOMETER = Gravity(2.75e-5, 0.139, 0.0003)
STRIP = Gravity(2.75e-5, 0.139, 0.0034)
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
SPECIMENS = [
    (20.0, None, REFRACTOMETER),
    (100.0, None, REFRACTOMETER),
    (400.0, None, REFRACTOMETER),
    (None, 1.003, STRIP),
    (None, 1.030, REFRACTOMETER),
    (15.0, 1.0025, REFRACTOMETER),
    (250.0, 1.028, STRIP),
]


def deviates(n, seed=3):
    """Evenly spread standard normal numbers, in an order of their own for each use."""
    rng = np.random.default_rng(seed)
    even = (np.arange(n) + 0.5) / n
    return Deviates(*(inverse_normal(rng.permutation(even)) for _ in range(4)))


@cache
def simulated(prior, creatinine, gravity, relation, n=500_000):
    """Voids drawn from the prior and weighted by how likely they make the measurements: quantiles of flow, of usual flow and of
    osmoles, and the effective number of draws."""
    rng = np.random.default_rng(1)
    z = Deviates(*(rng.standard_normal(n) for _ in range(4)))
    void = sample_void(prior, z)
    log = np.zeros(n)
    if creatinine is not None:
        expected = prior.excretion + prior.excretion_spread * prior.correlation * z.osmoles - np.log(14.4) - void.flow
        log += normal_log(np.log(creatinine) - expected, prior.excretion_spread * np.sqrt(1 - prior.correlation**2))
    if gravity is not None:
        osmolality = np.exp(prior.osmoles + prior.osmoles_spread * z.osmoles - np.log(1.44) - void.flow)
        true = relation.per_osmolality * osmolality * np.exp(relation.spread * rng.standard_normal(n))
        log += normal_log(gravity - 1.0 - true, relation.error)
    weight = np.exp(log)

    def quantiles(values):
        order = np.argsort(values)
        return np.interp(LEVELS, np.cumsum(weight[order]) / weight.sum(), values[order])

    effective = weight.sum() ** 2 / (weight**2).sum()
    return quantiles(void.flow), quantiles(void.usual), quantiles(void.osmoles), effective, np.log(weight.mean())


def normal_log(deviation, spread):
    return -0.5 * (deviation / spread) ** 2 - np.log(spread * np.sqrt(2 * np.pi))


@pytest.mark.parametrize(("creatinine", "gravity", "relation"), SPECIMENS)
def test_a_measured_specimen_is_what_weighted_simulation_says(creatinine, gravity, relation):
    flow, usual, osmoles, effective, _ = simulated(ADULT, creatinine, gravity, relation)

    void = condition_void(ADULT, creatinine, gravity, relation, deviates(4000))

    # The error of a simulated end is about 2.1 spreads over the root of the effective number, 0.03 of a spread at the least
    # number here. A strip's reading stands for one of 16 values.
    assert effective > 5_000
    for result, expected in ((void.flow, flow), (void.usual, usual), (void.osmoles, osmoles)):
        spread = (expected[-1] - expected[0]) / 3.29
        assert np.allclose(np.quantile(result, LEVELS), expected, atol=0.1 * spread)


@pytest.mark.parametrize(("creatinine", "gravity", "relation"), SPECIMENS)
def test_the_evidence_is_the_mean_density_over_voids(creatinine, gravity, relation):
    *_, effective, expected = simulated(ADULT, creatinine, gravity, relation)

    evidence = void_evidence(ADULT, creatinine, gravity, relation)

    # The density of a gravity is told by its logarithm, that of the simulation by the gravity itself.
    by_logarithm = 0.0 if gravity is None else np.log(gravity - 1.0)
    assert evidence == pytest.approx(expected + by_logarithm, abs=4.0 / np.sqrt(effective) + 0.03)


def closed_form(prior, creatinine, gravity, relation):
    """Mean and spread of the logarithm of a void's flow without a ceiling: least squares of flow and osmoles together."""
    rows = [((1.0, 0.0), prior.asked, prior.asked_spread), ((0.0, 1.0), prior.osmoles, prior.osmoles_spread)]
    if creatinine is not None:
        shared = prior.correlation * prior.excretion_spread / prior.osmoles_spread
        seen = np.log(14.4 * creatinine) - prior.excretion + shared * prior.osmoles
        rows.append(((-1.0, shared), seen, prior.excretion_spread * np.sqrt(1.0 - prior.correlation**2)))
    if gravity is not None:
        seen = np.log((gravity - 1.0) / relation.per_osmolality * 1.44)
        rows.append(((-1.0, 1.0), seen, np.hypot(relation.spread, relation.error / (gravity - 1.0))))
    design = np.array([np.array(weights) / spread for weights, _, spread in rows])
    covariance = np.linalg.inv(design.T @ design)
    mean = covariance @ design.T @ np.array([value / spread for _, value, spread in rows])
    return mean[0], np.sqrt(covariance[0, 0])


@pytest.mark.parametrize(("creatinine", "gravity"), [(20.0, None), (150.0, None), (None, 1.012), (60.0, 1.020)])
def test_without_a_ceiling_it_is_the_closed_form(creatinine, gravity):
    mean, spread = closed_form(UNBOUNDED, creatinine, gravity, REFRACTOMETER)

    void = condition_void(UNBOUNDED, creatinine, gravity, REFRACTOMETER, deviates(4000))

    # Two evenly spread numbers make up a flow; in 4,000 draws chance still correlates them by up to 0.03.
    assert np.isclose(void.flow.mean(), mean, atol=0.02 * spread)
    assert np.isclose(void.flow.std(), spread, rtol=0.03)


def test_the_closed_form_updates_the_usual_flow_in_proportion():
    void = condition_void(UNBOUNDED, 20.0, None, REFRACTOMETER, deviates(4000))
    share = 0.403**2 / (0.403**2 + 0.668**2)

    expected = UNBOUNDED.usual + share * (void.flow.mean() - UNBOUNDED.asked)

    assert np.isclose(void.usual.mean(), expected, atol=0.005)


@pytest.mark.parametrize("field", VoidPrior._fields)
def test_every_draw_may_have_its_own_prior(field):
    z = deviates(300)
    shifts = np.linspace(-0.1, 0.1, 300)
    prior = ADULT._replace(**{field: getattr(ADULT, field) + (np.abs(shifts) if "spread" in field else shifts)})

    together = condition_void(prior, 80.0, 1.012, REFRACTOMETER, z)

    for i in (0, 150, 299):
        one = prior._replace(**{field: float(getattr(prior, field)[i])})
        alone = condition_void(one, 80.0, 1.012, REFRACTOMETER, Deviates(*(part[i : i + 1] for part in z)))
        assert np.isclose(together.flow[i], alone.flow[0], atol=1e-9)
        assert np.isclose(together.usual[i], alone.usual[0], atol=1e-9)


def test_several_people_side_by_side_are_those_one_by_one():
    z = deviates(200)
    several = ADULT._replace(excretion=np.log(np.array([[800.0], [1500.0], [2200.0]])))
    wide = Deviates(*(np.broadcast_to(part, (3, 200)) for part in z))
    creatinine, gravity = (np.array(column).reshape(3, 1) for column in ([60.0, 80.0, 20.0], [1.020, 1.012, 1.003]))

    for relation in (REFRACTOMETER, STRIP):
        together = condition_void(several, creatinine, gravity, relation, wide)
        for row, excretion in enumerate((800.0, 1500.0, 2200.0)):
            own = ADULT._replace(excretion=np.log(excretion))
            alone = condition_void(own, float(creatinine[row, 0]), float(gravity[row, 0]), relation, z)
            assert np.allclose(together.flow[row], alone.flow, atol=1e-9)


def test_more_creatinine_means_less_flow_without_a_step():
    z = deviates(400)
    values = np.exp(np.linspace(np.log(2.0), np.log(600.0), 200))
    medians = [np.median(condition_void(ADULT, value, None, REFRACTOMETER, z).flow) for value in values]

    assert np.all(np.diff(medians) < 0.0)
    assert np.abs(np.diff(medians)).max() < 0.04


def test_gravity_narrows_what_creatinine_says_and_the_other_way_round():
    z = deviates(2000)

    def spread(creatinine, gravity):
        return condition_void(ADULT, creatinine, gravity, REFRACTOMETER, z).flow.std()

    both, of_creatinine, of_gravity = spread(90.0, 1.015), spread(90.0, None), spread(None, 1.015)
    nothing = sample_void(ADULT, z).flow.std()

    assert both < of_creatinine < nothing
    assert both < of_gravity < nothing


def test_no_void_is_more_concentrated_than_the_ceiling():
    z = deviates(4000)
    void = sample_void(ADULT, z)
    osmolality = np.exp(ADULT.osmoles + ADULT.osmoles_spread * z.osmoles - np.log(1.44) - void.flow)

    assert osmolality.max() <= 1100.0 * (1 + 1e-9)
    assert 0.1 < np.mean(osmolality > 1099.0) < 0.25


def test_a_flow_that_is_known_says_something_of_the_usual_flow():
    rng = np.random.default_rng(8)
    z = Deviates(*(rng.standard_normal(1_000_000) for _ in range(4)))
    drawn = sample_void(ADULT, z)
    for flow in (20.0, 60.0, 300.0):
        near = np.abs(drawn.flow - np.log(flow / 60)) < 0.02
        result = void_of_flow(ADULT, np.log(flow / 60), deviates(2000)).usual
        # Between 3,000 and 30,000 voids are near: the error of their mean is below 0.008.
        assert np.isclose(result.mean(), drawn.usual[near].mean(), atol=0.03)
        assert np.isclose(result.std(), drawn.usual[near].std(), rtol=0.05)


def test_the_normal_distribution_function_is_near_enough():
    z = np.linspace(-6.0, 6.0, 4001)[1:-1]

    assert np.allclose(
        inverse_normal(np.clip(normal_probability(z), 1e-12, 1 - 1e-12))[1000:-1000], z[1000:-1000], atol=1e-4
    )
    assert np.isclose(normal_probability(-1.6448536), 0.05, atol=2e-7)
