"""How far studies depart from each other, learned of all substances together."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import multivariate_normal

from detectapi.cli.main import cli
from detectapi.evaluation.benchmark.table import fitted_by
from detectapi.evaluation.calibration import joint, joint_report, sampling, unseen
from detectapi.evaluation.validation import departures
from detectapi.knowledge import DATA, observations

ROOT = Path(__file__).parents[3]
ABOUT = json.loads((DATA / f"{departures.NAME}.json").read_text(encoding="utf-8"))
KINDS = len(departures.read()["kinds"])
RERUN = "run: detectapi calibrate --joint"


def flat(m, **others):
    """Scales of m draws with every factor 1, and others in place of some."""
    usual = {
        "kind": np.full((m, KINDS), 0.3), "common_factor": np.ones(m), "kinds": np.zeros(m), "substances": np.zeros(m),
        "publications": np.zeros(m), "shared": np.full(m, 0.5), "of_substance": np.zeros((m, 1)),
    }  # fmt: skip
    return departures.Scales(**usual | others)


def a_publication(gap, kinds, covariance, source="a"):
    labels = tuple(f"{source}-{i}" for i in range(len(gap)))
    return joint.Publication(source, 0, labels, np.array(kinds), np.array(gap, float), np.array(covariance, float))


def test_the_likelihood_of_a_publication_is_that_of_a_normal_distribution():
    covariance = np.array([[0.04, 0.01, 0.0], [0.01, 0.09, 0.0], [0.0, 0.0, 0.01]])
    publication = a_publication([0.3, -0.2, 0.5], [0, 0, 1], covariance)
    between = 0.09 * np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]])

    value = joint.log_likelihood(publication, flat(1))

    assert value[0] == pytest.approx(multivariate_normal(np.zeros(3), covariance + between).logpdf(publication.gap))


def test_publications_that_are_unequal_explain_a_large_departure_better():
    publication = a_publication([1.5], [0], [[0.01]])
    equal, unequal = (joint.log_likelihood(publication, flat(1, publications=np.array([x])))[0] for x in (0.0, 0.8))

    assert unequal > equal + 2.0


def test_the_prior_has_the_assumed_values_as_its_medians():
    draws = np.random.default_rng(1).standard_normal((20_000, joint.dimensions()))
    medians = [kind["median"] for kind in departures.read()["kinds"]]

    # The log standard deviation of a kind is about 0.6 under the prior: standard error of the median 0.005.
    assert np.median(departures.scales(draws).kind, axis=0) == pytest.approx(medians, rel=0.03)


def test_a_publication_is_forecast_with_what_the_others_teach():
    narrow_and_wide = flat(2, kind=np.tile([[0.01], [1.0]], KINDS))
    learned = departures.Learned(narrow_and_wide, {"a": np.array([0.0, 50.0])}, {"x": 0})

    assert set(learned.without("a", 50)) == {0}
    assert set(learned.without("b", 50)) == {0, 1}


def test_departures_of_a_row_have_the_spread_of_its_kind():
    row = SimpleNamespace(
        id="r", quantity="half_life", evidence="primary-text", study=SimpleNamespace(source="s", substance="x")
    )
    learned = departures.Learned(flat(1), {}, {"x": 0})

    assert learned(row, 4000, seed=1).std() == pytest.approx(0.3, rel=0.05)
    assert (learned(SimpleNamespace(**vars(row) | {"quantity": "detection_time"}), 10, seed=1) == 0.0).all()


def test_only_rows_that_a_calibration_was_fitted_to_and_nothing_was_chosen_by_teach():
    rows = {row.id: row for row in observations.observations()}
    labels = [label for some in ABOUT["rows"].values() for label in some]

    assert labels
    for label in labels:
        row = rows[label]
        assert row.id in fitted_by(), label
        assert not row.tuned, label
        assert row.quantity in departures.kinds(), label


def test_the_fit_converged():
    assert min(ABOUT["effective_size"]) > 1000
    assert max(ABOUT["split_r_hat"]) < 1.01


def test_the_fit_is_of_the_calibrations_and_rows_at_hand():
    assert ABOUT["digest"] == joint.digest(), RERUN


@pytest.mark.slow
def test_the_committed_report_is_what_the_command_writes():
    assert (ROOT / "docs" / "validation" / joint_report.REPORT).read_text(encoding="utf-8") == joint_report.text(), (
        RERUN
    )


@pytest.mark.slow
def test_every_miss_says_where_it_lies():
    text = joint_report.text()

    assert "not explained" not in text
    assert "not known |" not in text


def test_every_publication_of_a_calibration_can_be_left_out():
    draws = unseen.draws()

    assert {
        f"{members[0]} {source}"
        for members in unseen.calibrations()
        for _, source in draws
        if (members[0], source) in draws
    } == set(ABOUT["unseen"])
    assert all(len(v) == unseen.KEPT for knowledge in draws.values() for v in knowledge.values())


@pytest.mark.parametrize("arguments", [[], ["ketamine", "--joint"], ["--joint", "--seed", "1"]])
def test_the_command_takes_a_substance_or_all_of_them_together(arguments):
    result = CliRunner().invoke(cli, ["calibrate", *arguments])

    assert result.exit_code == 2
    assert "SUBSTANCE" in result.output


@pytest.mark.slow
def test_the_log_posterior_of_the_shipped_draws_is_what_it_was():
    """It is of 55 forecasts of 400 repetitions each; another processor may round a draw differently, not more."""
    draws = unseen.draws()
    left_out = [
        SimpleNamespace(
            calibration=name, source=source, deviates=np.array([known[n] for n in unseen.parameters(name)]).T
        )
        for (name, source), known in draws.items()
        if name in {members[0] for members in unseen.calibrations()}
    ]
    with np.load(DATA / f"{departures.NAME}.npz") as stored:
        checked = joint.checked(stored["draws"])

    assert joint.Posterior(joint.gather(left_out))(checked) == pytest.approx(ABOUT["check"], abs=0.05), RERUN


@pytest.mark.slow
def test_the_fit_recovers_a_known_spread():
    """Sixty publications of two numbers of one kind that depart by 0.5: a standard deviation known to 7 %."""
    rng = np.random.default_rng(3)
    noise = 0.01 * np.eye(2)
    gaps = rng.multivariate_normal(np.zeros(2), noise + 0.25 * np.array([[1.0, 0.3], [0.3, 1.0]]), 60)
    target = joint.Posterior([a_publication(gap, [2, 2], noise, source=str(i)) for i, gap in enumerate(gaps)])

    begin = sampling.start(target, joint.dimensions(), 64, seed=1)
    draws = sampling.sample(target, begin, steps=80, burn=80, seed=1).flat
    scales = departures.scales(draws)
    whole = scales.kind[:, 2] * np.exp(scales.publications**2 + scales.of_substance[:, 0])

    low, high = np.quantile(whole, [0.02, 0.98])
    assert low < 0.5 < high
    assert high < 0.8
