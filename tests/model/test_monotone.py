"""Monotone where nature is: more drug, a lower cutoff, more doses, less water never shorten a window.

Draws of the same seed are the same people, so this holds draw by draw and not only on average.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine

ROUTES = ("intravenous", "intramuscular", "nasal-spray", "intranasal-powder", "sublingual", "oral", "rectal", "inhaled")
ANALYTES = ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")
PLAN = layout(100)
# Both crossings are exact to far less than this. [h]
EXACT = 1e-6

quietly = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def last_positive(amount=50.0, route="oral", count=1, every=24.0, analyte="norketamine", cutoff=10.0, seed=1, **more):
    request = {
        "substance": "ketamine",
        "doses": [{"amount_mg": amount, "route": route, "repeat": {"every_h": every, "count": count}}],
        "assay": {"rule": "any", "analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]},
    }
    asked = read_question(request | more)
    simulation = Simulation(asked, Draws(seed, PLAN))
    return combine([simulation.crossings(part) for part in asked.assay.components], "any")[1]


uses = st.fixed_dictionaries({
    "amount": st.floats(1.0, 25.0),
    "route": st.sampled_from(ROUTES),
    "analyte": st.sampled_from(ANALYTES),
    "cutoff": st.floats(0.1, 500.0),
    "count": st.integers(1, 30),
    "every": st.sampled_from([6.0, 24.0, 84.0]),
    "seed": st.integers(0, 1000),
})  # fmt: skip


@quietly
@given(uses, st.floats(1.01, 100.0))
def test_a_lower_cutoff_never_shortens(use, factor):
    assert np.all(last_positive(**use) <= last_positive(**use | {"cutoff": use["cutoff"] / factor}) + EXACT)


@quietly
@given(uses.filter(lambda use: use["route"] != "nasal-spray"), st.floats(1.01, 100.0))
def test_more_drug_never_shortens(use, factor):
    # Nasal spray is left out: a larger dose is absorbed in a smaller fraction there, in some draws in less than half. Its median is
    # the next test.
    assert np.all(last_positive(**use) <= last_positive(**use | {"amount": use["amount"] * factor}) + EXACT)


@pytest.mark.parametrize("analyte", ["ketamine", "norketamine"])
def test_more_spray_never_shortens_the_median(analyte):
    amounts = (14.0, 27.9, 28.0, 28.1, 28.5, 30.0, 35.0, 42.0, 50.0, 55.9, 56.0, 56.1, 60.0, 84.0)
    for cutoff in (1.0, 25.0):
        medians = [np.median(last_positive(a, "nasal-spray", cutoff=cutoff, analyte=analyte)) for a in amounts]

        assert medians == sorted(medians)


@quietly
@given(uses, st.integers(1, 40))
def test_more_doses_before_never_shorten(use, more):
    assert np.all(last_positive(**use) <= last_positive(**use | {"count": use["count"] + more}) + EXACT)


@quietly
@given(uses, st.floats(20.0, 100.0), st.floats(1.05, 5.0))
def test_less_water_never_shortens_for_dehydronorketamine(use, flow, factor):
    use = use | {"analyte": "dehydronorketamine"}
    slow, fast = (last_positive(**use, hydration={"urine_flow_ml_h": f}, urine_ph=6.0) for f in (flow, flow * factor))

    assert np.median(slow) >= np.median(fast) - EXACT


@pytest.mark.parametrize("seed", [1, 2])
def test_one_analyte_more_never_shortens_an_any_rule(seed):
    one = [{"analyte": "ketamine", "cutoff_ng_ml": 20.0}]
    two = [*one, {"analyte": "norketamine", "cutoff_ng_ml": 20.0}]
    alone, together = (last_positive(seed=seed, assay={"rule": "any", "analytes": a}) for a in (one, two))

    assert np.all(alone <= together + EXACT)
