"""Every void of a person: a day's worth of them lasts a day, nights come once a day, and each differs as the data say."""

import numpy as np
import pytest

from detectapi import service
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.sampler import Sampler
from detectapi.model.simulation import Simulation
from detectapi.model.voids import HOURS_A_DAY, every_void, spread_of

COUNT, DRAWS = 400, 100
QUESTION = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous"}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
}


def sampled(person=None, specimen=None, remembers_ph=False):
    asked = read_question(service.load({**QUESTION, "person": person or {}, "specimen": specimen or {}}))
    simulation = Simulation(asked, Draws(5, layout(DRAWS)))
    physiology = simulation.physiology
    sampler = Sampler(physiology.known.distributions, simulation.deviates, simulation.selection)
    return every_void(physiology, simulation.person, sampler, COUNT, remembers_ph), simulation


def test_the_voids_of_a_day_last_a_day():
    voids, _ = sampled({"age_y": 40})

    # 400 intervals with a CV of about one half: 2.5 % of the mean, so four standard errors are 10 %.
    assert voids.interval.mean(axis=0) == pytest.approx(voids.mean_interval, rel=0.12)
    assert voids.interval.mean() == pytest.approx(voids.mean_interval.mean(), rel=0.01)
    assert (HOURS_A_DAY / voids.mean_interval).mean() == pytest.approx(7.0, abs=1.5)  # healthy adults: 6 to 8 a day


def upper_spread(flow):
    """Spread of the logarithm of the flow of each draw, by its upper half: the lower one ends where urine cannot be denser."""
    median, high = np.quantile(np.log(flow), [0.5, 0.9], axis=0)
    return ((high - median) / 1.2816).mean()


def test_voids_differ_by_the_spreads_of_the_data():
    voids, simulation = sampled({"age_y": 40})
    spread = spread_of(simulation.physiology.norms)

    assert np.std(voids.ph, axis=0).mean() == pytest.approx(spread.ph, rel=0.1)
    assert upper_spread(voids.flow) == pytest.approx(spread.flow, rel=0.1)
    of_interval = np.std(np.log(voids.interval), axis=0).mean()
    assert spread.interval < of_interval < 2.5 * spread.interval


def test_each_void_has_numbers_of_its_own():
    voids, _ = sampled({"age_y": 40})

    for values in (np.log(voids.flow), voids.ph, np.log(voids.interval)):
        centred = values - values.mean(axis=0)
        lag_one = (centred[1:] * centred[:-1]).mean() / (centred**2).mean()
        assert abs(lag_one) < 0.1


def test_one_ph_may_be_remembered_by_all_voids_of_a_draw():
    voids, _ = sampled(remembers_ph=True)

    assert (voids.ph == voids.ph[0]).all()
    assert np.std(voids.ph[0]) > 0.1


def test_a_measured_specimen_tells_the_usual_urine_and_not_that_of_every_void():
    (free, _), (dilute, _) = (sampled(specimen=one) for one in ({}, {"urine_creatinine_mg_dl": 15}))

    assert np.median(free.flow) < np.median(dilute.flow) < 4.0 * np.median(free.flow)
    assert upper_spread(dilute.flow) == pytest.approx(upper_spread(free.flow), rel=0.1)
