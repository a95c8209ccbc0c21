"""Specimens of a simulated population against what a survey measured in 29,951 adults."""

import numpy as np
import pytest

from detectapi.model import excretion
from detectapi.model.body import at_age, size_at_age
from detectapi.model.specimen import Deviates, VoidPrior, sample_void
from tests.support.population import shipped_population

DATA = shipped_population()
N = 100_000
US_OVER_DEFAULT = {"male": 88.2 / 83.0, "female": 73.0 / 70.0}
"""The survey's people are heavier than the default's."""


def number(name):
    return DATA.quantities[name].value


def specimens(sex, ages):
    """Creatinine [mg/dL], osmolality [mOsm/kg] and gravity above 1 of spot specimens."""
    rng = np.random.default_rng(20)
    age = rng.uniform(*ages, N)
    size = size_at_age(DATA.bodies, age, sex)
    usual_weight = size.weight
    weight = usual_weight * US_OVER_DEFAULT[sex] * np.exp(size.weight_spread * rng.standard_normal(N))
    rate = at_age(DATA.courses[f"creatinine_excretion_mg_kg_d.{sex}"], age)
    rate = rate * excretion.decline(age, number(f"creatinine.decline.{sex}"), number("creatinine.decline_from"))
    between = np.sqrt(np.log1p(number(f"creatinine.cv.{sex}") ** 2))
    median = excretion.creatinine_excretion(
        excretion.CreatinineRates(rate, between, usual_weight), weight, number("creatinine.weight_exponent")
    )
    parameters = DATA.parameters
    z = Deviates(*(rng.standard_normal(N) for _ in range(3)))
    shared = number("osmoles.creatinine_correlation")
    person = shared * z.osmoles + np.sqrt(1.0 - shared**2) * rng.standard_normal(N)
    voids = parameters["creatinine_between_voids"].variability * rng.standard_normal(N)
    excreted = np.log(median) + between * person + voids
    flow, dilution = parameters["urine_flow_ml_h"], parameters["urine_flow_between_voids"]
    osmoles = parameters["osmole_excretion_mosm_d"]
    prior = VoidPrior(
        np.log(flow.value / 60), flow.variability, np.log(dilution.value), dilution.variability,
        np.log(osmoles.value), osmoles.variability, excreted, 0.0, 0.0, np.log(number("urine.highest_osmolality")),
    )  # fmt: skip
    void = sample_void(prior, z)
    osmolality = np.exp(prior.osmoles + prior.osmoles_spread * z.osmoles - np.log(1.44) - void.flow)
    gravity = parameters["specific_gravity_per_osmolality"]
    above = gravity.value * osmolality * np.exp(gravity.variability * rng.standard_normal(N))
    return np.exp(excreted - np.log(14.4) - void.flow), osmolality, above


# NHANES 1999-2018, weighted: percentiles 5, 10, 25, 50, 75, 90, 95 [mg/dL] and share below 20 mg/dL.
@pytest.mark.parametrize(
    ("sex", "ages", "centiles", "below_20"),
    [
        ("male", (30, 40), (30, 45, 82, 145, 204, 267, 307), 0.0208),
        ("male", (40, 60), (31, 44, 80, 132, 187, 242, 278), 0.0142),
        ("male", (60, 75), (30, 43, 74, 118, 164, 211, 245), 0.0112),
        ("female", (30, 40), (21, 29, 55, 104, 159, 223, 262), 0.0392),
        ("female", (40, 60), (18, 25, 43, 82, 134, 189, 226), 0.0585),
        ("female", (60, 75), (18, 24, 40, 72, 115, 165, 196), 0.0597),
    ],
)
def test_creatinine_of_spot_specimens_is_what_was_measured(sex, ages, centiles, below_20):
    creatinine, _, _ = specimens(sex, ages)
    found = np.quantile(creatinine, [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])

    # The survey's centiles have errors of 2 to 4 %; the model's shape is off by up to 16 %.
    assert np.allclose(found, centiles, rtol=0.17)
    assert abs(np.mean(creatinine < 20.0) - below_20) < 0.02


def test_osmolality_and_gravity_are_what_was_measured():
    parts = [specimens(sex, (20, 70))[1:] for sex in ("male", "female")]
    osmolality, above = (np.concatenate(part) for part in zip(*parts, strict=True))
    quarters = [part.mean() for part in np.array_split(np.sort(osmolality), 4)]

    # 7,373 people: mean 627, means of the quarters 250, 541, 757, 963; gravity 1.0168 (n 3,288).
    assert np.isclose(osmolality.mean(), 627.0, rtol=0.03)
    assert np.allclose(quarters, [250, 541, 757, 963], rtol=0.2)
    assert np.isclose(above.mean(), 0.0168, rtol=0.04)
    assert np.quantile(osmolality, 0.999) <= 1100.0 + 1e-6


def test_creatinine_and_gravity_go_together_as_they_were_measured():
    parts = [specimens(sex, (18, 80)) for sex in ("male", "female")]
    ratio = np.concatenate([creatinine / (1000.0 * above) for creatinine, _, above in parts])

    # 3,288 people without protein or glucose in urine: 7.0 +/- 2.4.
    assert np.isclose(ratio.mean(), 7.0, rtol=0.05)
    assert 2.4 < ratio.std() < 3.4
