"""Amounts in units of mass, per hour, and of the substance itself; brands with their salt and route; the largest dose."""

import pytest
import toys
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.question import read_question
from detectapi.values.errors import InputError, NotSupported

DRINK = {"id": "drink-us", "name": "standard drink, United States", "amount": toys.quantity(14, "g")}
SALTS = [{"id": "sulfate", "base_fraction": toys.quantity(0.75)}]
BRANDS = [
    {"name": "Popptin", "salt": "sulfate", "route": "oral"},
    {"name": "Plainbrand"},
]
MOST = 1_000_000


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    oral, skin = toys.oral({"poppy": 0.5}), toys.oral({"poppy": 0.9}, 0.05, "skin")
    skin[0].update(id="transdermal", name="Patch", accepts_duration=True)
    poppy = toys.substance(
        "poppy", [Moiety("poppy")], [oral, skin], dose_units=[DRINK], salts=SALTS, brands=BRANDS, most_mg=MOST
    )
    toys.write(tmp_path, [poppy, toys.substance("plain", [Moiety("plain")], [toys.oral({"plain": 0.5})])])


def trains(*doses, substance="poppy", **more):
    return read_question(service.load({"substance": substance, "doses": list(doses), **more})).regimen.trains


def milligrams(**dose):
    (train,) = trains({"route": "oral", **dose})
    return train.amount.low, train.amount.high


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (250, "mg", 250.0), (2, "g", 2000.0), (800, "ug", 0.8), (800, "\u00b5g", 0.8), (800, "MCG", 0.8),
        (3, "drink-us", 42_000.0), (3, "Standard drink, United States", 42_000.0),
    ],
)  # fmt: skip
def test_an_amount_has_any_unit_of_mass_or_of_the_substance(amount, unit, expected):
    assert milligrams(amount=amount, unit=unit) == pytest.approx((expected, expected))


def test_an_amount_in_a_unit_may_be_a_range_and_of_a_salt():
    assert milligrams(amount={"low": 2, "high": 4}, unit="g", basis="sulfate") == pytest.approx((1500.0, 3000.0))


@pytest.mark.parametrize("length", [{}, {"duration_min": 0}])
def test_a_patch_needs_the_time_for_which_it_was_worn(length):
    with pytest.raises(InputError, match="how long it was worn") as refused:
        trains({"route": "patch", "amount_mg": 3.6, **length})

    assert (refused.value.pointer, refused.value.code) == ("/doses/0/duration_min", "required")


def test_an_amount_per_hour_is_given_over_the_duration():
    (train,) = trains({"route": "transdermal", "amount": 50, "unit": "ug/h", "duration_min": 72 * 60})

    assert (train.amount.centre, train.duration) == pytest.approx((3.6, 72.0))


def test_a_pattern_has_the_same_units():
    pattern = {"frequency": "daily", "for_days": 5, "amount": 2, "unit": "drink-us", "route": "oral"}
    (train,) = read_question(service.load({"substance": "poppy", "pattern": pattern})).regimen.trains

    assert (train.amount.centre, train.count) == (28_000.0, 5)


@pytest.mark.parametrize(
    ("dose", "pointer", "code"),
    [
        ({"amount": 3, "unit": "pints"}, "/doses/0/unit", "unknown-unit"),
        ({"amount": 3, "unit": "mg/h"}, "/doses/0/duration_min", "required"),
        ({"amount": 3, "unit": "g", "basis": "tartrate"}, "/doses/0/basis", "unknown-salt"),
        ({"amount": 1001, "unit": "g"}, "/doses/0/amount", "range"),
        ({"amount": {"low": 1, "high": 100}, "unit": "drink-us"}, "/doses/0/amount", "range"),
        ({"amount_mg": 1_000_001}, "/doses/0/amount_mg", "range"),
        ({"amount_mg_per_kg": 5_001}, "/doses/0/amount_mg_per_kg", "range"),
    ],
)
def test_what_has_no_meaning_here_is_refused_where_it_stands(dose, pointer, code):
    with pytest.raises(InputError) as caught:
        trains({"route": "oral", **dose})

    (problem,) = caught.value.problems
    assert (problem.pointer, problem.code) == (pointer, code)


def test_a_refused_unit_lists_those_of_the_substance():
    with pytest.raises(NotSupported) as caught:
        trains({"route": "oral", "amount": 3, "unit": "pints"})

    assert "drink-us" in caught.value.allowed


@pytest.mark.parametrize("dose", [{"amount_mg": 20_001}, {"amount_mg_per_kg": 101}, {"amount": 21, "unit": "g"}])
def test_a_file_that_states_no_largest_dose_has_the_ordinary_one(dose):
    assert trains({"route": "oral", "amount_mg": 20_000}, substance="plain")
    with pytest.raises(InputError, match="At most"):
        trains({"route": "oral", **dose}, substance="plain")


def test_a_brand_brings_its_salt_and_its_route_and_the_question_overrides_both():
    (brand,) = trains({"amount_mg": 80}, substance="Popptin")
    (own,) = trains({"amount_mg": 80, "basis": "base", "route": "transdermal", "duration_min": 60}, substance="popptin")

    assert (brand.amount.centre, brand.route) == (60.0, "oral")
    assert (own.amount.centre, own.route) == (80.0, "transdermal")


@pytest.mark.parametrize("name", ["poppy", "Plainbrand"])
def test_without_a_brand_that_has_one_the_route_is_missing(name):
    with pytest.raises(InputError) as caught:
        trains({"amount_mg": 80}, substance=name)

    assert (caught.value.pointer, caught.value.code) == ("/doses/0/route", "required")


def test_tables_have_units_and_brands_too():
    common = {"substance": "poppy", "route": "oral", "analyte": "poppy", "cutoff_ng_ml": 10}
    table = [
        {"id": "drinks", **common, "amount": 2, "unit": "drink-us"},
        {"id": "range", **common, "amount_low": 1, "amount_high": 4, "unit": "g"},
        {"id": "brand", **common, "substance": "Popptin", "route": None, "amount_mg": 100},
        {"id": "salt", **common, "amount_mg": 75},
        {"id": "wrong", **common, "amount": 2, "unit": "pints"},
        {"id": "no route", **common, "route": None, "amount_mg": 3},
    ]
    good, bad = chunk.answer(enumerate(table), Options(draws=100, seed=3))
    medians = {row["id"]: row["median_h"] for row in good}

    assert medians["brand"] == medians["salt"] < medians["range"] < medians["drinks"]
    assert [(line["id"], line["pointer"], line["code"]) for line in bad] == [
        ("wrong", "/unit", "unknown-unit"), ("no route", "/route", "required"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "basis", "expected"),
    [("Adderall", None, "mixed-salts"), ("amphetamine", None, "base"), ("Adderall", "base", "base"),
     ("amphetamine", "sulfate", "sulfate")],
)  # fmt: skip
def test_an_answer_says_what_amounts_are_of(name, basis, expected):
    dose = {"amount_mg": 20, "route": "oral"} | ({"basis": basis} if basis else {})
    answer = service.answer({"substance": name, "doses": [dose], "options": {"draws": 100}})

    assert {"name": "basis", "value": expected, "source": "given"} in answer["inputs_used"]
    same = service.answer(
        {"substance": "amphetamine", "doses": [dose | {"basis": expected}], "options": {"draws": 100}}
    )
    assert answer["window"] == same["window"]
