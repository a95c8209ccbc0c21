"""The likelihood of concentrations of single people."""

import json

import numpy as np
import pytest
from scipy import stats

from detectapi.evaluation.own import made, people, table

ORAL = {"substance": "zolpidem", "doses": [{"amount_mg": 10, "route": "oral"}]}
NAMES = ("zolpidem.clearance", "zolpidem.central_volume")


def read(rows):
    return table.gathered(rows).people


def some(count=4, loq=0.0):
    return made.make(ORAL, {"plasma": [1, 4, 8]}, ["zolpidem"], count, {}, loq=loq, seed=2)


def likelihood(rows):
    return people.People(read(rows), NAMES, dict.fromkeys(NAMES, 0.0))


def test_it_is_the_density_of_a_normal_distribution_of_logarithms():
    rows = some(1)
    one = likelihood(rows)
    (design,) = one.designs
    mean = design.typical(NAMES, np.zeros((1, 2)))[:, 0] + design.shift
    logs = np.log([float(row["low"]) for row in rows])

    value = one(np.zeros((1, 3)))[0]

    expected = stats.multivariate_normal(mean, design.covariance).logpdf(logs)
    assert value == pytest.approx(expected + 1.5 * np.log(2.0 * np.pi))  # the constant is left out


def test_people_with_the_same_doses_share_a_design_and_their_likelihoods_add():
    rows = some(3)
    alone = [likelihood([row for row in rows if row["person"] == name])(np.zeros((1, 3)))[0] for name in "123"]

    together = likelihood(rows)

    assert len(together.designs) == 1
    assert together(np.zeros((1, 3)))[0] == pytest.approx(sum(alone))


def test_circumstances_make_a_design_of_their_own():
    rows = some(2)
    heavy = {"circumstances": json.dumps({"person": {"weight_kg": 110}})}

    assert len(likelihood([row | (heavy if row["person"] == "2" else {}) for row in rows]).designs) == 2


def test_a_bias_of_the_laboratory_moves_all_points_of_a_quantity():
    one = likelihood(some(1))
    (design,) = one.designs
    moved = design.typical(NAMES, np.zeros((1, 2))) + people.BIAS_SD

    assert one(np.array([[0.0, 0.0, 1.0]]))[0] == pytest.approx(design.log_probability(moved, np.zeros((1, 1)))[0])


def test_concentrations_below_a_limit_have_the_probability_of_a_normal_distribution():
    """The integral with 64 nodes against that of SciPy: within a twentieth of the probability."""
    covariance = np.array([[0.5, 0.35, 0.2], [0.35, 0.6, 0.3], [0.2, 0.3, 0.4]])
    gap = np.array([[0.3, -1.0], [-0.4, 0.2], [0.1, -0.5]])
    nodes = stats.qmc.Halton(3, rng=1).random(people.NODES)

    log = people.below_limits(gap, np.linalg.cholesky(covariance), nodes)

    exact = [stats.multivariate_normal(np.zeros(3), covariance).cdf(gap[:, i]) for i in range(2)]
    assert np.exp(log) == pytest.approx(exact, rel=0.05)


def test_one_concentration_below_a_limit_counts_given_those_with_a_value():
    rows = some(1)
    rows[-1] = rows[-1] | {"low": "< 20"}
    one = likelihood(rows)
    (design,) = one.designs
    mean, cov = design.typical(NAMES, np.zeros((1, 2)))[:, 0] + design.shift, design.covariance
    logs = np.log([float(row["low"]) for row in rows[:2]])
    along = np.linalg.solve(cov[:2, :2], cov[:2, 2])
    sd = np.sqrt(cov[2, 2] - along @ cov[:2, 2])
    chance = stats.norm.logcdf((np.log(20.0) - mean[2] - along @ (logs - mean[:2])) / sd)
    density = stats.multivariate_normal(mean[:2], cov[:2, :2]).logpdf(logs) + np.log(2.0 * np.pi)

    assert one(np.zeros((1, 3)))[0] == pytest.approx(density + chance)


def test_what_the_model_expects_of_people_agrees_with_people_that_are_made_up():
    """Means and covariance of 400 made people against those of other 400: six standard errors."""
    rows = made.make(ORAL, {"plasma": [1, 4, 8]}, ["zolpidem"], 400, {}, seed=11)
    (design,) = likelihood(rows[:3]).designs
    logs = np.log([float(row["low"]) for row in rows]).reshape(400, 3)
    mean = design.typical(NAMES, np.zeros((1, 2)))[:, 0] + design.shift

    sd = np.sqrt(np.diag(design.covariance))
    bias = people.BIAS_SD * 3.0  # one draw of the laboratory's bias
    assert logs.mean(axis=0) == pytest.approx(mean, abs=float(6.0 * sd.max() * np.sqrt(2.0 / 400.0)) + bias)
    assert logs.std(axis=0) == pytest.approx(sd, rel=6.0 / np.sqrt(400.0))


def test_urine_before_the_end_of_the_last_dose_is_refused_with_its_row():
    use = [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}]
    row = {
        "person": "1", "substance": "ketamine", "use": json.dumps(use), "quantity": "urine_concentration",
        "analyte": "norketamine", "time_h": "0.2", "clock": "first-dose-start", "low": "80", "unit": "ng/mL",
    }  # fmt: skip

    with pytest.raises(people.InputError, match="row-2"):
        people.People(read([row]), (), {})
