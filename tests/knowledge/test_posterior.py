"""What calibration learnt, as estimates use it."""

import json
import shutil

import numpy as np
import pytest

from detectapi import service
from detectapi.evaluation.calibration.likelihood import Likelihood
from detectapi.evaluation.calibration.run import checked_draws
from detectapi.knowledge import catalog, posterior
from detectapi.knowledge.posterior import Posterior
from detectapi.model.draws import Draws, MedianDraw, layout

ASKED = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    "options": {"draws": 500},
}
CALIBRATED = sorted(file.stem for file in (posterior.DATA / "calibration").glob("*.json"))


def learnt(m=1000, seed=1):
    deviates = np.random.default_rng(seed).standard_normal((2, m)) * 0.3 + np.array([[1.0], [-0.5]])
    deviates[1] += 2.0 * deviates[0]
    return Posterior("toy", {"a": 0, "b": 1}, deviates[:, deviates[0].argsort()])


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The calibrations and observations in a folder of their own."""
    for name in ("calibration", "observations"):
        shutil.copytree(posterior.DATA / name, tmp_path / name)
    shutil.copy(posterior.DATA / "validation.toml", tmp_path)
    monkeypatch.setattr(posterior, "DATA", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", CALIBRATED)
def test_the_shipped_calibration_belongs_to_the_shipped_data(name):
    result, state = posterior.posterior(catalog.substance(name))

    assert state == posterior.CURRENT
    assert result.size == 4000


@pytest.mark.slow
@pytest.mark.parametrize("name", CALIBRATED)
def test_the_shipped_calibration_belongs_to_the_model_as_it_is(name):
    about = json.loads((posterior.DATA / "calibration" / f"{name}.json").read_text(encoding="utf-8"))
    draws = checked_draws(posterior.DATA / "calibration" / f"{name}.npz")

    # Written with six decimals; the model's own accuracy is better than that.
    assert Likelihood(name, about["parameters"]).log_posterior(draws) == pytest.approx(about["check"], abs=2e-4)


@pytest.mark.parametrize("name", CALIBRATED)
def test_the_sampler_had_done_its_work(name):
    about = json.loads((posterior.DATA / "calibration" / f"{name}.json").read_text(encoding="utf-8"))

    assert min(about["effective_size"]) >= 1000
    assert max(about["split_r_hat"]) <= 1.02


def test_calibrations_take_less_than_two_megabytes():
    assert sum(file.stat().st_size for file in (posterior.DATA / "calibration").iterdir()) < 2_000_000


def test_an_answer_says_which_calibration_it_used():
    result, _ = posterior.posterior(catalog.substance("ketamine"))

    assert service.answer(ASKED)["provenance"]["calibration"] == result.fingerprint[:16]


def test_changed_observations_bring_back_the_prior_and_a_note(copied):
    with open(copied / "observations" / "ketamine-urine.toml", "a", encoding="utf-8") as file:
        file.write("# changed\n")
    answer = service.answer(ASKED)

    assert answer["provenance"]["calibration"] is None
    assert "calibration-stale" in {note["code"] for note in answer["notes"]}


def test_a_changed_substance_brings_back_the_prior(copied):
    file = copied / "calibration" / "ketamine.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace(catalog.substance("ketamine").numbers_sha256, "0" * 64),
        encoding="utf-8",
    )

    assert posterior.posterior(catalog.substance("ketamine")) == (None, posterior.STALE)


def test_a_substance_never_calibrated_has_no_note(copied):
    shutil.rmtree(copied / "calibration")
    answer = service.answer(ASKED)

    assert answer["provenance"]["calibration"] is None
    assert "calibration-stale" not in {note["code"] for note in answer["notes"]}


def test_the_textbook_view_uses_no_calibration():
    assert service.answer(ASKED | {"model": {"kind": "half-life"}})["provenance"]["calibration"] is None


def test_knowledge_rows_are_joint_draws():
    draws = Draws(3, layout(2000), learnt())
    a, b = draws.normal("knowledge", "a"), draws.normal("knowledge", "b")
    pairs = {tuple(column) for column in learnt().deviates.T}

    assert set(zip(a, b, strict=True)) <= pairs


def test_knowledge_rows_cover_the_draws_evenly_in_every_batch():
    plan = layout(2000)
    a = Draws(3, plan, learnt()).normal("knowledge", "a").reshape(plan.batches, -1)
    ranks = np.searchsorted(np.sort(learnt().deviates[0]), a) * a.shape[1] // learnt().size

    assert all(sorted(batch) == list(range(a.shape[1])) for batch in ranks)


def test_what_was_not_learnt_keeps_its_numbers():
    plain, calibrated = Draws(3, layout(500)), Draws(3, layout(500), learnt())

    assert (plain.normal("knowledge", "c") == calibrated.normal("knowledge", "c")).all()
    assert (plain.normal("people", "a") == calibrated.normal("people", "a")).all()


def test_the_typical_person_has_the_median_of_what_was_learnt():
    assert MedianDraw(learnt()).normal("knowledge", "a") == pytest.approx(np.median(learnt().deviates[0]))
    assert MedianDraw(learnt()).normal("people", "a") == 0.0


def test_a_value_that_is_set_is_the_median_and_keeps_its_spread():
    centred = learnt().centred(["a"])

    assert np.median(centred.deviates[0]) == pytest.approx(0.0, abs=1e-12)
    assert centred.deviates[0].std() == pytest.approx(learnt().deviates[0].std(), rel=1e-12)
    assert (centred.deviates[1] == learnt().deviates[1]).all()


def test_adjusting_still_moves_the_window():
    change = {"norketamine.clearance": {"scale": 0.5}}
    longer = service.answer(ASKED | {"model": {"kind": "population", "adjust": change}})["window"]["median_h"]

    assert longer > 1.2 * service.answer(ASKED)["window"]["median_h"]
