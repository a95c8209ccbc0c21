"""The grammar of the command line's words."""

import pytest

from detectapi.cli.dose_words import dose, hours, number_or_range
from detectapi.cli.flags import cutoff
from detectapi.values.errors import InputError
from detectapi.values.regimen import HOURS_BETWEEN, doses_within


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("35 mg intravenous", {"amount_mg": 35.0, "route": "intravenous"}),
        (
            "35 mg intravenous over 40 min every 84 h x6 at 0 h",
            {
                "amount_mg": 35.0,
                "route": "intravenous",
                "duration_min": 40.0,
                "repeat": {"every_h": 84.0, "count": 6},
                "start_h": 0.0,
            },
        ),
        ("0.5 mg/kg iv over 1 h", {"amount_mg_per_kg": 0.5, "route": "iv", "duration_min": 60.0}),
        (
            "1 g intranasal-powder every 1 d x 180",
            {"amount_mg": 1000.0, "route": "intranasal-powder", "repeat": {"every_h": 24.0, "count": 180}},
        ),  # fmt: skip
        (
            "30-40mg as hydrochloride po",
            {"amount_mg": {"low": 30.0, "high": 40.0}, "route": "po", "basis": "hydrochloride"},
        ),
        ("56 mg nasal spray at -84 h", {"amount_mg": 56.0, "route": "nasal spray", "start_h": -84.0}),
        (
            "35 mg iv at 2026-11-23T07:20:00+01:00",
            {"amount_mg": 35.0, "route": "iv", "start": "2026-11-23T07:20:00+01:00"},
        ),
    ],
)
def test_a_dose_in_words(text, entry):
    assert entry == dose(text, "/doses/0")


@pytest.mark.parametrize("unit", ["\u00b5g", "\u03bcg", "\u039cG", "mcg", "MCG", "Mcg", "ug", "UG"])
def test_micrograms_have_either_letter_and_any_case(unit):
    assert dose(f"700 {unit} intravenous", "/doses/0") == pytest.approx({"amount_mg": 0.7, "route": "intravenous"})


def test_words_of_a_dose_have_any_case():
    assert dose("1 G ORAL OVER 1 Min EVERY 1 D X2 AT 2 H", "/doses/0") == {
        "amount_mg": 1000.0, "route": "ORAL", "duration_min": 1.0, "repeat": {"every_h": 24.0, "count": 2}, "start_h": 2.0,
    }  # fmt: skip


def test_a_refused_dose_is_told_every_unit():
    with pytest.raises(InputError, match=r"AMOUNT mg\|g\|µg\|mcg\[/kg\|/h\]"):
        dose("mg oral", "/doses/0")


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("3 drink-us oral over 2 h", {"amount": 3.0, "unit": "drink-us", "route": "oral", "duration_min": 120.0}),
        ("2-4 drink-us oral", {"amount": {"low": 2.0, "high": 4.0}, "unit": "drink-us", "route": "oral"}),
        (
            "0.05 mg/h transdermal over 3 d",
            {"amount": 0.05, "unit": "mg/h", "route": "transdermal", "duration_min": 4320.0},
        ),
        ("80 mg every 12 h x4", {"amount_mg": 80.0, "repeat": {"every_h": 12.0, "count": 4}}),
        ("700 grains oral", {"amount": 700.0, "unit": "grains", "route": "oral"}),
    ],
)
def test_a_dose_may_be_counted_in_a_unit_of_its_own_and_leave_out_the_route(text, entry):
    assert entry == dose(text, "/doses/0")


def test_micrograms_an_hour_are_milligrams_an_hour():
    assert dose("50 µg/h transdermal over 72 h", "/doses/0") == {
        "amount": pytest.approx(0.05), "unit": "mg/h", "route": "transdermal", "duration_min": 4320.0,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "35", "mg iv", "-35 mg iv", "thirty mg iv"])
def test_a_dose_outside_the_grammar_is_told_the_grammar(text):
    with pytest.raises(InputError, match="over N min") as caught:
        dose(text, "/doses/3")

    assert "/doses/3" == caught.value.pointer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("68", 68.0),
        ("6.2", 6.2),
        (".5", 0.5),
        ("-3", -3.0),
        ("60-70", {"low": 60.0, "high": 70.0}),
        ("1e3", 1000.0),
        ("70,5", 70.5),
        ("60,5-70", {"low": 60.5, "high": 70}),
        ("60 to 70", {"low": 60, "high": 70}),
    ],
)
def test_a_number_or_a_range(text, value):
    assert value == number_or_range(text, "/x")


@pytest.mark.parametrize("text", ["", "x", "60-", "60-70-80", "nan", "inf"])
def test_no_number(text):
    with pytest.raises(InputError):
        number_or_range(text, "/x")


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("norketamine=50", {"analyte": "norketamine", "cutoff_ng_ml": 50.0}),
        ("norketamine = 50 ng/mL", {"analyte": "norketamine", "cutoff_ng_ml": 50.0}),
        ("morphine=300 hydrolysed", {"analyte": "morphine", "cutoff_ng_ml": 300.0, "hydrolysed": True}),
        ("thc-cooh=15 ng/mg", {"analyte": "thc-cooh", "cutoff_ng_mg_creatinine": 15.0}),
        ("thc-cooh=15ng/mg hydrolysed", {"analyte": "thc-cooh", "cutoff_ng_mg_creatinine": 15.0, "hydrolysed": True}),
    ],
)
def test_a_cutoff_in_words(text, entry):
    assert entry == cutoff(text, "/assay/analytes/0")


def test_a_cutoff_outside_the_grammar_is_refused():
    for text in ("norketamine", "=50", "norketamine=high", "norketamine=50 ng", "norketamine=50 mg/mL"):
        with pytest.raises(InputError) as caught:
            cutoff(text, "/assay/analytes/0")
        assert caught.value.pointer.startswith("/assay/analytes/0")


@pytest.mark.parametrize(
    ("text", "number"),
    [("72h", 72.0), ("30d", 720.0), ("72", 72.0), ("90 min", 1.5), ("2 D", 48.0), ("1,5h", 1.5), ("3 weeks", 504.0)],
)
def test_a_time_after_the_last_dose_is_read_in_hours_or_days(text, number):
    assert hours(text, "/options/times_h/0") == pytest.approx(number)


@pytest.mark.parametrize("text", ["soon", "-3h", "3 months", "", "1,000h"])
def test_a_time_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError) as caught:
        hours(text, "/options/times_h/0")
    assert caught.value.problems[0].pointer == "/options/times_h/0"


@pytest.mark.parametrize(
    ("words", "milligrams"),
    [("2 g", 2000), ("2 gram", 2000), ("2 Grams", 2000), ("0,5 g", 500), ("0.5 Gramm", 500), ("35 milligrams", 35),
     ("1.5 MILLIGRAM", 1.5), ("700 micrograms", 0.7), ("2,5 mg", 2.5)],
)  # fmt: skip
def test_units_of_mass_are_understood_in_words_and_numbers_with_a_decimal_comma(words, milligrams):
    assert dose(f"{words} oral", "/doses/0") == {"amount_mg": pytest.approx(milligrams), "route": "oral"}


@pytest.mark.parametrize(
    ("often", "every", "count"),
    [("daily x10", 24, 10), ("every day x 10", 24, 10), ("Every Day for 10 days", 24, 10), ("once daily 3 times", 24, 3),
     ("once a day for 1 week", 24, 7), ("twice a day for 5 days", 12, 10), ("three times daily for 2 days", 8, 6),
     ("every other day x5", 48, 5), ("weekly x4", 168, 4), ("twice weekly for 2 weeks", 84, 4), ("every month x3", 730.5, 3),
     ("every 8 hours for 10 days", 8, 30), ("every 2 weeks x3", 336, 3), ("every 0,5 d x2", 12, 2)],
)  # fmt: skip
@pytest.mark.parametrize("route", ["oral", "nasal spray", ""])
def test_how_often_is_understood_in_words(often, every, count, route):
    entry = dose(f"10 mg {route} {often}", "/doses/0")

    assert entry["repeat"] == {"every_h": every, "count": count}
    assert entry.get("route", "") == route


def test_a_length_of_use_holds_as_many_doses_as_the_same_pattern():
    for often, frequency in (("daily", "daily"), ("twice weekly", "twice-weekly"), ("weekly", "weekly")):
        for days in (1, 7, 10, 30):
            counted = dose(f"10 mg oral {often} for {days} days", "/doses/0")["repeat"]
            assert counted["count"] == doses_within(days, HOURS_BETWEEN[frequency])


@pytest.mark.parametrize("often", ["daily", "every day", "every 8 h", "twice a week"])
def test_repeated_doses_without_a_number_are_told_what_to_write(often):
    with pytest.raises(InputError, match="how many doses") as caught:
        dose(f"10 mg oral {often}", "/doses/2")
    assert caught.value.pointer == "/doses/2/repeat/count"


@pytest.mark.parametrize("text", ["1,000 mg oral", "1.000 mg oral", "1,000-2,000 mg oral", "5 mg oral over 1,000 min"])
def test_a_thousand_is_never_silently_one(text):
    with pytest.raises(InputError, match="two ways"):
        dose(text, "/doses/0")


def test_bounds_of_an_input_tell_how_a_number_is_meant():
    assert number_or_range("1,015", "/urine", (1.001, 1.04)) == 1.015
