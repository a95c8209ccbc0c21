import pytest

from detectapi.model.question import read_question
from detectapi.values.errors import InputError, NotSupported

ASSAY = {"rule": "any", "analytes": [{"analyte": "NK", "cutoff_ng_ml": 50.0}]}


def ask(*doses, assay=ASSAY, **more):
    return read_question({"substance": "ketamine", "doses": list(doses), "assay": assay} | more)


def dose(**more):
    return {"amount_mg": 35.0, "route": "iv"} | more


def test_everyday_words_are_understood():
    asked = ask(dose())

    assert ("intravenous",) == asked.regimen.routes
    assert ("norketamine",) == asked.analytes


def test_a_salt_is_turned_into_base():
    assert ask(dose(basis="hydrochloride")).regimen.trains[0].amount.centre == pytest.approx(35.0 * 0.867)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"basis": "tartrate"}, "/doses/0/basis"),
        ({"route": "eardrops"}, "/doses/0/route"),
        ({"route": "oral", "duration_min": 10.0}, "/doses/0/duration_min"),
    ],
)
def test_words_without_a_meaning_here_are_refused_where_they_stand(change, pointer):
    with pytest.raises(NotSupported) as refused:
        ask(dose(**change))

    assert pointer == refused.value.pointer
    assert refused.value.allowed


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        ({"pattern": dose(frequency="daily", basis="tartrate")}, "/pattern/basis"),
        ({"pattern": dose(frequency="daily", route="eardrops")}, "/pattern/route"),
        ({"doses": [dose()], "assay": {"target": "morphine", "cutoff_ng_ml": 5.0}}, "/assay/target"),
    ],
)
def test_words_of_a_pattern_and_of_a_test_are_refused_where_they_stand(request_, pointer):
    with pytest.raises(InputError) as refused:
        read_question({"substance": "ketamine", "assay": ASSAY} | request_)

    assert pointer == refused.value.pointer
    assert refused.value.allowed


@pytest.mark.parametrize(
    ("routes", "low", "high"),
    [(["intravenous"], 2.5, 4.0), (["oral"], 2.5, 24.0), (["intravenous", "oral"], 2.5, 24.0)],
)
def test_the_textbook_half_life_is_that_of_the_routes(routes, low, high):
    half_life = ask(*(dose(route=route) for route in routes), model={"kind": "half-life"}).half_life

    assert half_life.centre == pytest.approx((low * high) ** 0.5)
    assert half_life.source == "textbook"
    assert half_life.detail


def test_an_analyte_by_two_names_is_still_twice():
    twice = {"rule": "any", "analytes": [{"analyte": a, "cutoff_ng_ml": 5.0} for a in ("NK", "norketamine")]}

    with pytest.raises(InputError) as refused:
        ask(dose(), assay=twice)

    assert "/assay/analytes/1/analyte" == refused.value.pointer


def test_cross_reactivity_weighs_analytes_against_one_cutoff():
    asked = ask(
        dose(), assay={"target": "norketamine", "cutoff_ng_ml": 50.0, "cross_reactivity": {"K": 0.02, "DHNK": 0.0}}
    )

    assert {"norketamine": 1.0, "ketamine": 0.02} == dict(asked.assay.components[0].weights)


def test_doses_too_many_to_follow_one_by_one_are_refused():
    crowd = [dose(duration_min=600.0, start_h=i * 0.01) for i in range(300)]

    with pytest.raises(InputError) as refused:
        ask(*crowd, options={"draws": 2000})
    assert "too-much-work" == refused.value.code
    assert 300 == ask(*crowd, options={"draws": 500}).regimen.count


def test_amounts_as_ranges_that_would_not_fit_into_memory_are_refused():
    def ranges(count):
        return [dose(amount_mg={"low": 10.0, "high": 20.0}, start_h=i * 30.0) for i in range(count)]

    with pytest.raises(InputError) as fewer_draws:
        ask(*ranges(150), options={"draws": 2000})
    with pytest.raises(InputError) as fewer_ranges:
        ask(*ranges(1000), options={"draws": 100})

    assert ("/options/draws", "too-much-work", [100, 854]) == (
        fewer_draws.value.pointer, fewer_draws.value.code, fewer_draws.value.allowed,
    )  # fmt: skip
    assert ("/doses", "too-much-work") == (fewer_ranges.value.pointer, fewer_ranges.value.code)
    assert 90 == ask(*ranges(90), options={"draws": 2000}).regimen.count
    assert 1000 == ask(*(dose(start_h=i * 30.0) for i in range(1000)), options={"draws": 2000}).regimen.count


def test_a_test_that_sees_every_analyte_takes_more_room():
    immunoassay = {
        "target": "NK", "cutoff_ng_ml": 50.0, "cross_reactivity": {"K": 0.5, "DHNK": 0.2, "HNK": 0.1},
    }  # fmt: skip
    ranges = [dose(amount_mg={"low": 10.0, "high": 20.0}, start_h=i * 30.0) for i in range(30)]

    assert 30 == ask(*ranges, options={"draws": 2000}).regimen.count
    with pytest.raises(InputError):
        ask(*ranges, assay=immunoassay, options={"draws": 2000})


def test_a_long_course_is_not_too_much_work():
    assert 10_000 == ask(dose(repeat={"every_h": 24.0, "count": 10_000}), options={"draws": 20_000}).regimen.count
