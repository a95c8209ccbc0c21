"""Does learning from made-up studies find the values they were made from? Then ranks of the truth are uniform."""

import json
from dataclasses import replace

import numpy as np
import pytest

from detectapi.evaluation.calibration import ranks
from detectapi.evaluation.calibration.likelihood import Likelihood
from detectapi.evaluation.validation import rules
from detectapi.knowledge import posterior
from detectapi.knowledge.observations import observations

CALIBRATED = sorted(file.stem for file in (posterior.DATA / "calibration").glob("*.json"))


def least(result):
    """The smallest probability times the number of quantities."""
    return min(result["uniform"].values()) * len(result["uniform"])


@pytest.mark.parametrize("name", CALIBRATED)
def test_the_recipe_of_each_shipped_calibration_recovers_made_up_truths(name):
    about = json.loads((posterior.DATA / "calibration" / f"{name}.json").read_text(encoding="utf-8"))

    # Fewer effective draws would make the ranks themselves noise. One in a hundred right recipes would fail the second.
    assert about["ranks"]["effective_size"] > 100
    assert least(about["ranks"]) > 0.01


@pytest.mark.slow
def test_true_windows_rank_uniformly_among_what_was_learnt():
    result = ranks.of_substance("ketamine", rules.calibration("ketamine")["parameters"])

    assert result["effective_size"] > 100
    assert least(result) > 0.01


@pytest.mark.slow
def test_a_recipe_that_trusts_its_rows_too_much_is_seen():
    likelihood = Likelihood("morphine", ("morphine.clearance", "morphine.release_half_life_2"))
    right = ranks.ranks(likelihood, truths=400, bank=4000)

    class TooSure(ranks.Number):
        def judge(self, data):
            return 4.0 * super().judge(data)  # as if standard errors were half as large

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranks, "_study", TooSure)
        wrong = ranks.ranks(likelihood, truths=400, bank=4000)

    assert least(right) > 0.01
    assert least(wrong) < 1e-4


def test_ranks_that_are_uniform_are_told_from_ranks_that_are_not():
    even = np.random.default_rng(1).random(500)

    assert ranks.uniform(even) > 0.01
    assert ranks.uniform(even**1.5) < 1e-6


def test_an_extreme_is_made_up_as_one_of_the_intervals_that_are_probable():
    row = next(row for row in observations("ketamine") if row.id == "parkin2008-dehydronorketamine")
    likelihood = Likelihood("ketamine", ("dehydronorketamine.clearance",), rows=[replace(row)])
    ((term, trial),) = likelihood.forecasts([[0.0], [1.0]])
    study = ranks.Extreme(term)
    study.look(trial)
    study.join()
    made = [study.make(0, np.random.default_rng(seed)) for seed in range(200)]

    assert study.expected.sum(axis=0) == pytest.approx(1.0, abs=1e-9)
    # 200 of them: the share of the likeliest interval has a standard error of 0.035 at most.
    likeliest = study.expected[:, 0].argmax()
    assert made.count(likeliest) / 200 == pytest.approx(study.expected[likeliest, 0], abs=0.11)
