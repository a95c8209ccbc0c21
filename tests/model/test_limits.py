"""How much a question may ask, worked out on paper for the small substance of `by_hand`."""

import pytest
from by_hand import component, substance, train

from detectapi.model.limits import check_coefficients, check_open_doses
from detectapi.values.assay import Assay
from detectapi.values.errors import InputError
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Path, RouteForm

FORMS = (
    RouteForm(28.0, (Path("small", "bolus", ("parent",)),)),
    RouteForm(None, (Path("large", "bolus", ("parent",), lag=True),)),
)
SPRAY = {"small.fraction_parent": 1.0, "large.fraction_parent": 1.0, "large.lag_time": 10.0}


def allowed(*trains, draws, of=None):
    """The most doses that may be asked about instead; None where nothing is refused."""
    try:
        check_open_doses(Regimen(trains), of or substance(), draws, "/doses")
    except InputError as error:
        return error.problems[0].allowed[1]
    return None


def test_doses_within_the_longest_void_are_open():
    # Of hourly doses up to time 0 those of the last 24 hours and the one at their start: 25.
    hourly = train(10.0, start=-99.0, every=1.0, count=100)

    assert allowed(hourly, draws=20_000) is None
    assert 24 == allowed(hourly, draws=20_001)


def test_no_more_doses_are_open_than_there_are():
    assert allowed(train(10.0, start=-2.0, every=1.0, count=3), draws=100_000) is None
    assert allowed(train(10.0), train(10.0, start=-30.0), draws=300_000) is None
    assert 1 == allowed(train(10.0), train(10.0, start=-20.0), draws=300_000)


def test_a_dose_stays_open_for_as_long_as_its_form_takes_to_begin():
    # A dose 30 hours before the last one: with a lag of 10 h it is still open within the void of 24 h.
    made = substance(SPRAY, forms=FORMS)
    early = {"route": "oral", "start": -30.0}

    assert allowed(train(84.0, **early), train(84.0, route="oral"), draws=300_000, of=made) == 1
    assert allowed(train(10.0, **early), train(10.0, route="oral"), draws=300_000, of=made) is None


def test_a_dose_per_kg_is_open_as_long_as_a_dose_of_its_form():
    # 1.2 mg/kg is 84 mg in a person of 70 kg: the form with the lag.
    made = substance(SPRAY, forms=FORMS)
    trains = (train(1.2, per_kg=True, route="oral", start=-30.0), train(1.2, per_kg=True, route="oral"))

    assert 1 == allowed(*trains, draws=300_000, of=made)


def refusal(ranges, draws):
    trains = [train(10.0, 20.0, pointer=f"/doses/{i}", start=-float(i)) for i in range(ranges)]
    with pytest.raises(InputError) as refused:
        check_coefficients(Regimen(tuple(trains)), substance(), Assay("any", (component("first"),), 0.0), draws)
    return refused.value.problems[0]


def test_ranges_of_amounts_each_have_coefficients_of_their_own():
    # 98 paths, 2 poles of the chain: 98 * 100 coefficients in each draw, so 2,040 draws have 19,992,000.
    trains = tuple(train(10.0, 20.0, pointer=f"/doses/{i}", start=-float(i)) for i in range(98))
    check_coefficients(Regimen(trains), substance(), Assay("any", (component("first"),), 0.0), 2040)

    assert ("/options/draws", (100, 2040)) == (refusal(98, 2041).pointer, tuple(refusal(98, 2041).allowed))


def test_more_ranges_than_fit_with_the_fewest_draws_are_refused_as_doses():
    problem = refusal(500, 100)

    assert ("/doses", "too-much-work") == (problem.pointer, problem.code)
