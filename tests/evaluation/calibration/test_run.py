"""What `detectapi calibrate` writes beside its draws, and when it may be kept."""

import json
import shutil

import numpy as np
import pytest

from detectapi.evaluation.calibration import publications, report, run
from detectapi.evaluation.calibration.likelihood import Likelihood, rows_of
from detectapi.evaluation.validation import rules
from detectapi.knowledge import catalog, posterior
from detectapi.values.errors import CatalogError


@pytest.fixture
def folder(tmp_path):
    """A folder with the calibration of morphine."""
    (tmp_path / "calibration").mkdir()
    for end in (".json", ".npz"):
        shutil.copy(posterior.DATA / "calibration" / f"morphine{end}", tmp_path / "calibration")
    return tmp_path


def change(folder, **values):
    file = folder / "calibration" / "morphine.json"
    about = json.loads(file.read_text(encoding="utf-8")) | values
    run.write(about, file)
    return file


def test_digests_are_renewed_where_the_likelihood_is_the_same(folder):
    file = change(folder, observations="0" * 64)
    run.renew("morphine", folder)

    assert file.read_bytes() == (posterior.DATA / "calibration" / "morphine.json").read_bytes()


def test_digests_are_not_renewed_where_the_likelihood_differs(folder):
    check = json.loads((folder / "calibration" / "morphine.json").read_text(encoding="utf-8"))["check"]
    change(folder, check=[value + 0.01 for value in check])

    with pytest.raises(CatalogError, match="calibrate"):
        run.renew("morphine", folder)


def test_a_substance_without_a_plan_is_refused():
    with pytest.raises(CatalogError, match=r"pregabalin\.toml"):
        run.calibrate("pregabalin", posterior.DATA)


def test_studies_of_another_substance_count_by_the_routes_that_are_named():
    borrowed = [row for row in rows_of("codeine") if row.study.substance == "morphine"]

    assert borrowed
    assert {dose["route"] for row in borrowed for dose in row.study.doses} == {"intravenous", "intramuscular"}


def test_rows_that_are_not_fitted_have_a_reason_and_are_not_fitted():
    plans = [file.stem for file in (posterior.DATA / "calibration").glob("*.toml")]
    items = [(plan, item) for plan in plans for item in rules.calibration(plan).get("not_fitted", ())]

    assert items
    for plan, item in items:
        assert item["reason"].endswith(".")
        assert item["row"] not in {row.id for row in rows_of(plan)}


def test_a_publication_is_scored_as_a_calibration_without_it_would_score_it():
    """One parameter and two publications: the posterior without one is computed on a grid."""
    rows = [row for row in rows_of("morphine") if row.id in ("bjcp2000-clearance", "pmc2014461-clearance")]
    likelihood = Likelihood("morphine", ("morphine.clearance",), rows=rows)
    grid = np.linspace(-5.0, 5.0, 2001)
    prior = np.exp(-0.5 * grid**2)
    each = {term.row.study.source: np.exp(value) for term, value in likelihood.each(grid[:, None])}
    rng = np.random.default_rng(1)
    whole = prior * np.prod(list(each.values()), axis=0)
    draws = rng.choice(grid, 20_000, p=whole / whole.sum())[:, None]
    scored = {item["source"]: item for item in publications.scores(likelihood, draws, seed=2)}

    for source, here in each.items():
        others = prior * np.prod([value for name, value in each.items() if name != source], axis=0)
        # 4,000 draws of the prior, 20,000 of the posterior: standard errors of 0.01.
        assert scored[source]["blind"] == pytest.approx(np.log((here * others).sum() / others.sum()), abs=0.03)
        assert scored[source]["prior"] == pytest.approx(np.log((here * prior).sum() / prior.sum()), abs=0.03)


@pytest.mark.parametrize("plan", sorted(file.stem for file in (posterior.DATA / "calibration").glob("*.toml")))
def test_every_value_to_fit_is_an_uncertain_parameter(plan):
    parameters = catalog.substance(plan).parameters

    assert all(parameters[name].uncertainty > 0 for name in rules.calibration(plan)["parameters"])


@pytest.mark.parametrize("name", sorted(file.stem for file in (posterior.DATA / "calibration").glob("*.json")))
def test_no_shipped_calibration_forecasts_publications_clearly_worse_than_its_prior(name):
    about = json.loads((posterior.DATA / "calibration" / f"{name}.json").read_text(encoding="utf-8"))
    whole = report.gain(about)

    assert whole.count >= 2
    assert whole.total > -2.0 * whole.error


def test_the_gain_is_a_sum_of_differences_with_its_standard_error():
    scored = [
        {"source": source, "prior": -1.0, "blind": -1.0 + gain}
        for source, gain in (("a", 0.5), ("b", -0.1), ("c", 0.2))
    ]
    whole = report.gain({"publications": scored, "left_out": ["b"]})

    assert whole.total == pytest.approx(0.6)
    assert whole.error == pytest.approx(0.3 * np.sqrt(3.0))
    assert (whole.better, whole.count) == (2, 3)
    assert report.gain({"publications": scored, "left_out": ["b"]}, of_urine=True).total == pytest.approx(-0.1)
