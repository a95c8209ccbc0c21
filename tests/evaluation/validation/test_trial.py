"""Studies simulated as they were done: against closed forms, and the ways their statistics must move."""

from dataclasses import replace

import numpy as np
import pytest

from detectapi.evaluation.validation import measures
from detectapi.evaluation.validation.outcomes import STATISTICS, Forecaster, simulate, why_not
from detectapi.evaluation.validation.trial import StudyNumbers, Trial
from detectapi.knowledge.observations import observations

ROWS = {row.id: row for row in observations("ketamine")}
LONGEST = ROWS["parkin2008-dehydronorketamine"]


class NobodyDiffers(StudyNumbers):
    """Every deviate at its median."""

    def normal(self, stream, name):
        return np.zeros(self.rows if stream == "knowledge" else self.rows * self.people)


def trial(row, numbers=None):
    return Trial(row.study, row.study.given, numbers or NobodyDiffers(1, 1, 3))


def test_area_under_the_curve_is_dose_over_clearance():
    row = ROWS["shaffer2022-iv-auc"]
    there = trial(row)

    assert measures.auc(there, row) == pytest.approx(10_000.0 / there.total_clearance("ketamine"), rel=1e-12)


def test_area_under_the_curve_is_that_of_the_curve():
    row = ROWS["hasan2021-iv-ratio-norketamine"]
    there = trial(row)
    time = np.concatenate([np.linspace(0.0, 4.0, 2001), np.geomspace(4.001, 4000.0, 3000)])

    for analyte in ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine"):
        area = np.trapezoid(there.plasma(analyte, time), time, axis=0)
        # The trapezium errs by the square of the step; the 4000 h leave less than 1e-5 of the very slow store.
        assert there.auc(analyte) == pytest.approx(area, rel=2e-3)


def test_plasma_is_seen_during_the_infusion():
    row = ROWS["kamp2020-bja-ketamine"]
    rising = trial(row).plasma("ketamine", [0.5, 1.5, 2.5, 3.0])[:, 0]

    assert (np.diff(rising) > 0.0).all()
    assert trial(row).plasma("ketamine", [3.5])[0, 0] < rising[-1]


def test_what_is_in_urine_is_bounded_by_the_renal_share():
    row = ROWS["wieber1975-ketamine"]
    there = trial(row)
    share = there.renal_clearance("ketamine") / there.total_clearance("ketamine")
    result = measures.urinary_fraction(there, row)

    # 72 h leave little in the body, and the grid errs by about 1 %.
    assert result == pytest.approx(share, rel=0.05)
    assert (result < share * 1.01).all()


def test_a_recovery_is_of_the_amount_that_was_taken_where_it_forms_at_a_constant_rate():
    (row,) = (row for row in observations("alcohol") if row.id == "goll2002-recovery")
    there = trial(row)

    # 25 g of ethanol, whose molar mass is 46.07 g/mol; what was measured is 0.0083 % of it, by moles.
    assert there.dose() == pytest.approx(25e6 / 46.07, rel=1e-12)
    assert measures.urinary_fraction(there, row) == pytest.approx(8.3e-5, rel=0.4)


def test_the_longest_of_more_people_is_longer():
    few, many = (
        simulate([replace(LONGEST, n=n)], forecaster=Forecaster(repetitions=100))[0][0].sample for n in (2, 20)
    )

    assert np.median(many) > 1.2 * np.median(few)


def test_nobody_is_seen_positive_after_the_end_of_follow_up():
    sampling = replace(LONGEST.study.sampling, until_h=100.0)
    cut = replace(LONGEST, study=replace(LONGEST.study, sampling=sampling))

    assert simulate([cut], forecaster=Forecaster(repetitions=50))[0][0].sample.max() <= 100.0


def test_a_higher_cutoff_is_reached_for_less_long():
    low, high = (
        simulate([replace(LONGEST, cutoff_ng_ml=c)], forecaster=Forecaster(repetitions=50))[0][0].sample
        for c in (0.05, 5.0)
    )

    assert (high <= low).all()
    assert np.median(high) < 0.8 * np.median(low)


def test_the_first_negative_specimen_follows_a_positive_one_and_does_not_come_after_the_visit_that_follows_the_last_positive():
    numbers = StudyNumbers(1, 20, 5)
    there = trial(LONGEST, numbers)
    first, last = measures.first_negative(there, LONGEST), measures.detection_time(there, LONGEST)
    every = LONGEST.study.sampling.every_h

    assert (first > 0.0).all()
    assert (first <= last + every + 1e-9).all()
    assert (first < last).any(), "flow and pH let a specimen fall below the cutoff before the last positive one"


def test_who_is_positive_to_the_end_of_the_follow_up_counts_with_it_as_first_negative():
    sampling = replace(LONGEST.study.sampling, until_h=48.0)
    cut = replace(LONGEST, cutoff_ng_ml=1e-9, study=replace(LONGEST.study, sampling=sampling))

    assert (measures.first_negative(trial(cut), cut) == 48.0).all()


def timed(times_h):
    sampling = replace(LONGEST.study.sampling, kind="times", clock="first-dose-start", every_h=None, times_h=times_h)
    return replace(LONGEST, cutoff_ng_ml=20.0, study=replace(LONGEST.study, sampling=sampling))


def test_a_share_of_specimens_at_known_times_is_that_of_all_specimens_of_a_person():
    alone = [measures.positive_share(trial(timed((t,))), timed((t,))) for t in (3.0, 400.0)]
    together = measures.positive_share(trial(timed((3.0, 400.0))), timed((3.0, 400.0)))

    assert [set(share) for share in alone] == [{1.0}, {0.0}]
    assert set(together) == {0.5}


def test_the_peak_of_a_person_is_the_highest_of_the_specimens_of_the_schedule():
    numbers = StudyNumbers(1, 5, 4)
    row = timed((2.0, 8.0, 24.0))
    there = trial(row, numbers)
    each = [
        there.specimen(row.analytes, np.full(there.size, t), visit)[row.analytes[0]]
        for visit, t in enumerate(row.study.sampling.times_h, start=1)
    ]

    assert measures.urine_peak(there, row) == pytest.approx(np.max(each, axis=0))
    assert not measures.scheduled(replace(row.study.sampling, times_h=()))


def test_the_same_seed_gives_the_same_forecast_and_another_one_another():
    first, again, other = (
        simulate([LONGEST], forecaster=Forecaster(seed=seed, repetitions=30))[0][0].sample for seed in (5, 5, 6)
    )

    assert (first == again).all()
    assert not (first == other).all()


def test_statistics_over_people():
    people = np.array([[1.0, 4.0, 16.0], [2.0, 2.0, 2.0]])

    assert STATISTICS["geometric-mean"](people) == pytest.approx([4.0, 2.0])
    assert STATISTICS["harmonic-mean"](people) == pytest.approx([3.0 / (1.0 + 0.25 + 0.0625), 2.0])
    assert list(STATISTICS["max"](people)) == [16.0, 2.0]


def test_rows_that_cannot_be_simulated_say_why():
    assert "restates" in why_not(ROWS["parkin2008-dehydronorketamine-recalled"])
    assert "no dose" in why_not(ROWS["ketalar-half-life"]) or why_not(ROWS["ketalar-half-life"])
    assert why_not(LONGEST) is None
