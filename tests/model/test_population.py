import numpy as np
import pytest

from detectapi.knowledge import catalog
from detectapi.model.draws import Draws, MedianDraw, layout
from detectapi.model.population import Population, adjust
from detectapi.values.errors import InputError, OutOfRange
from detectapi.values.substance import Correlation, Effect, Origin, Parameter

ORIGIN = Origin("assumed", reason="made up")
PLAN = layout(20_000)


def parameter(name="x", value=10.0, scale="log", variability=0.0, uncertainty=0.0, effects=(), **more):
    bounds = {"low": 1e-9, "high": 1e9} | more
    return Parameter(name, value, "1", scale, variability, uncertainty, origin=ORIGIN, effects=effects, **bounds)


def population(*parameters, covariates=None, correlations=(), draws=None):
    draws = draws or Draws(1, PLAN)
    by_name = {p.name: p for p in parameters}
    return Population(by_name, correlations, draws, draws.selection(), covariates or {})


def effect(form, **more):
    return Effect("x", form, ORIGIN, **more)


@pytest.mark.parametrize("variability", [0.1, 0.6])
def test_log_normal_people_around_a_typical_value(variability):
    values = population(parameter(variability=variability))("x")

    assert np.median(values) == pytest.approx(10.0, rel=0.02)
    assert np.log(values).std() == pytest.approx(variability, rel=0.03)


def test_uncertainty_is_the_same_for_all_people_of_a_row():
    values = population(parameter(uncertainty=0.3))("x").reshape(PLAN.rows, -1)

    assert np.all(values == values[:, :1])
    assert np.log(values[:, 0]).std() == pytest.approx(0.3, rel=0.05)


def test_a_fraction_stays_between_zero_and_one():
    values = population(parameter(value=0.8, scale="logit", variability=1.5))("x")

    assert np.all((values > 0.0) & (values < 1.0))
    assert np.median(values) == pytest.approx(0.8, abs=0.02)


def test_bounds_hold():
    values = population(parameter(variability=1.0, low=5.0, high=20.0))("x")

    assert (5.0, 20.0) == (values.min(), values.max())


def test_the_median_draw_is_the_typical_value():
    for scale, value in (("log", 10.0), ("logit", 0.3), ("linear", -2.0)):
        p = parameter(value=value, scale=scale, variability=0.5, uncertainty=0.5, low=-10.0)
        assert population(p, draws=MedianDraw())("x") == pytest.approx(value)


@pytest.mark.parametrize(
    ("item", "value", "factor"),
    [
        (effect("power", coefficient=0.75, reference=70.0), 35.0, 0.5**0.75),
        (effect("linear", coefficient=0.0025, reference=100.0, clip=(10.0, 110.0)), 2.0, 1.0 - 0.225),
        (effect("category", factors={"B": 0.5}), "B", 0.5),
        (effect("category", factors={"B": 0.5}), "A", 1.0),
        (effect("category", factors={"a": 0.5, "b": 3.0}), ("a", "b"), 1.5),
        (effect("power", coefficient=0.75, reference=70.0), None, 1.0),
    ],
    ids=["power", "linear, clipped", "category", "other category", "several categories", "not known"],
)
def test_effects_of_a_covariate(item, value, factor):
    assert population(parameter(effects=(item,)), covariates={"x": value})("x") == pytest.approx(10.0 * factor)


def test_correlated_parameters():
    a, b = parameter("a", variability=0.3), parameter("b", variability=0.4)
    people = population(a, b, correlations=(Correlation(("a", "b"), 0.5, ORIGIN),))

    # 10,000 people: a correlation is known to 0.01.
    assert np.corrcoef(np.log(people("a")), np.log(people("b")))[0, 1] == pytest.approx(0.5, abs=0.04)
    assert np.log(people("b")).std() == pytest.approx(0.4, rel=0.03)


def test_a_parameter_is_scaled_or_set_and_the_file_stays_as_it_is():
    ketamine = catalog.substance("ketamine")
    before = ketamine.parameters["ketamine.clearance"].value

    assert adjust(ketamine, {"ketamine.clearance": {"scale": 0.8}})["ketamine.clearance"].value == pytest.approx(
        0.8 * before
    )
    assert 70.0 == adjust(ketamine, {"ketamine.clearance": {"set": 70.0}})["ketamine.clearance"].value
    assert before == ketamine.parameters["ketamine.clearance"].value


def test_a_parameter_cannot_leave_its_bounds_or_be_invented():
    ketamine = catalog.substance("ketamine")

    with pytest.raises(OutOfRange) as outside:
        adjust(ketamine, {"ketamine.clearance": {"set": 1e6}})
    with pytest.raises(InputError) as unknown:
        adjust(ketamine, {"ketamine.clearence": {"scale": 2.0}})

    assert "/model/adjust/ketamine.clearance" == outside.value.pointer
    assert "ketamine.clearance" in unknown.value.allowed
