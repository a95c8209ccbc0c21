"""The likelihood of typical values: against slow and obvious computations of the same thing."""

from dataclasses import replace

import numpy as np
import pytest

from detectapi.evaluation.calibration.likelihood import Likelihood, fits
from detectapi.evaluation.calibration.people import CommonNumbers, TypicalNumbers
from detectapi.evaluation.validation import rules
from detectapi.evaluation.validation.outcomes import Forecaster, simulate
from detectapi.knowledge.observations import observations

ROWS = {row.id: row for row in observations("ketamine")}
NAMES = ("ketamine.clearance", "dehydronorketamine.clearance")


def likelihood(*ids):
    return Likelihood("ketamine", NAMES, rows=[ROWS[i] if isinstance(i, str) else i for i in ids])


def test_many_sets_at_once_are_each_set_alone():
    rows = likelihood("hasan2021-iv-auc", "kamp2020-bja-ketamine", "parkin2008-dehydronorketamine")
    sets = np.random.default_rng(1).standard_normal((5, 2))

    alone = np.array([rows.log_posterior(one[None])[0] for one in sets])

    assert rows.log_posterior(sets) == pytest.approx(alone, rel=1e-9)


def test_a_clearance_is_most_likely_where_it_was_measured():
    row = ROWS["kamp2020-meta-clearance"]  # 79 L/h where the prior's centre is 88, one deviate a tenth
    z = np.linspace(-3.0, 3.0, 121)
    result = likelihood(row)(np.stack([z, np.zeros_like(z)], axis=1))

    assert 88.0 * np.exp(0.1 * z[result.argmax()]) == pytest.approx(79.0, rel=0.03)


def test_what_repeats_a_quantity_of_one_paper_shares_one_weight():
    weights = {
        t.row.id: t.weight
        for t in likelihood("hasan2021-iv-auc", "hasan2021-iv-clearance-s", "shaffer2022-iv-auc").terms
    }

    assert weights == {"hasan2021-iv-auc": 0.5, "hasan2021-iv-clearance-s": 0.5, "shaffer2022-iv-auc": 1.0}


def test_rows_from_memory_never_calibrate():
    chosen = rules.calibration("ketamine")["routes"]
    recalled = [row for row in observations() if row.status == "recalled" and row.study.doses]

    assert recalled
    assert not any(fits(row, chosen) for row in recalled)


@pytest.mark.slow
def test_without_a_publication_its_urine_rows_are_gone():
    names = rules.calibration("ketamine")["parameters"]
    gone = {t.row.id for t in Likelihood("ketamine", names).terms} - {
        t.row.id for t in Likelihood("ketamine", names, without="parkin2008").terms
    }

    assert gone == {"parkin2008-ketamine-or-norketamine", "parkin2008-dehydronorketamine"}


def test_a_longest_time_is_likely_where_the_simulated_study_has_it():
    """The likelihood's chance of each interval of sampling against the shares of a study simulated person by person."""
    row = ROWS["parkin2008-dehydronorketamine"]
    fixed = {name: np.zeros(300) for name in ROWS_PARAMETERS}
    sample = simulate([row], fixed, Forecaster(repetitions=300, described=False))[0][0].sample / 24.0
    days = np.arange(4, 16)
    shares = np.array([np.mean((sample >= d - 0.5) & (sample < d + 0.5)) for d in days])
    chances = np.array([np.exp(likelihood(replace(row, value=24.0 * d))([[0.0, 0.0]])[0]) for d in days])

    # 12 people for the whole population and specimens in a steady rhythm: means agree to a day, spreads to a half.
    mean, expected = (np.average(days, weights=w) for w in (shares, chances))
    assert expected == pytest.approx(mean, abs=1.2)


ROWS_PARAMETERS = [
    f"{m}.{p}"
    for m in ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")
    for p in (
        "clearance",
        "central_volume",
        "intercompartmental_clearance_1",
        "intercompartmental_clearance_2",
        "intercompartmental_clearance_3",
        "peripheral_volume_1",
        "peripheral_volume_2",
        "release_half_life_3",
        "fraction_unbound",
        "pka",
        "secretion_clearance",
        "permeability_surface",
        "formation_fraction",
    )
] + [
    "renal.ph_sensitivity",
    "oral.swallowed.fraction_ketamine",
    "oral.swallowed.fraction_norketamine",
    "oral.swallowed.absorption_rate_constant",
]


def test_common_people_are_the_same_under_every_set():
    numbers = CommonNumbers(("a",), np.zeros((3, 1)), 8)
    people = numbers.normal("people", "x")[numbers.selection().people].reshape(3, 8)

    assert (people == people[0]).all()
    assert abs(people[0].mean()) < 1e-12
    assert len(set(people[0])) == 8


def test_the_typical_person_differs_in_what_is_told_only():
    numbers = TypicalNumbers(("a",), np.array([[1.0], [2.0]]))

    assert list(numbers.normal("knowledge", "a")) == [1.0, 2.0]
    assert not numbers.normal("knowledge", "b").any()
    assert not numbers.normal("people", "a").any()
