"""The reusable fields: what they take, what they refuse, and that they say so."""

import math
from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from detectapi.inputs.table import INPUTS
from schemas.fields import Integer, Items, Name, Number, Quantity, Table, Word
from schemas.inputs import field_of
from schemas.timestamp import Timestamp

NUMBER = Number(0, 100, above=True)
QUANTITY = Quantity(4, 9, normal=True)
AGE = Quantity(0, 120)


def code_of(field, value):
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value)
    return caught.value.messages[0].code


@pytest.mark.parametrize("value", [1e-300, 1, 99.5, 100])
def test_a_number_within_bounds_is_a_float(value):
    loaded = NUMBER.deserialize(value)

    assert value == loaded
    assert float is type(loaded)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("35", "type"),
        (True, "type"),
        (False, "type"),
        (None, "null"),
        ([], "type"),
        ({}, "type"),
        (1 + 0j, "type"),
        (math.nan, "not-finite"),
        (math.inf, "not-finite"),
        (-math.inf, "not-finite"),
        (10**400, "not-finite"),
        (0, "range"),
        (-0.0, "range"),
        (-1, "range"),
        (100.0001, "range"),
    ],
)
def test_a_number_refuses_all_else(value, code):
    assert code == code_of(NUMBER, value)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (NUMBER, "Must be a number above 0 and at most 100."),
        (QUANTITY, "Must be a number from 4 to 9, or a range with low and high."),
        (Integer(100, 20_000), "Must be an integer from 100 to 20000."),
        (Quantity(1.001, 1.040, normal=True), "Must be a number from 1.001 to 1.04, or a range with low and high."),
    ],
)
def test_a_refusal_states_the_bounds_and_not_the_value(field, words):
    with pytest.raises(ValidationError) as caught:
        field.deserialize(-987654)

    assert [words] == caught.value.messages


@pytest.mark.parametrize("value", [2000, 2000.0])
def test_a_whole_number_is_an_int(value):
    loaded = Integer(100, 20_000).deserialize(value)

    assert 2000 == loaded
    assert int is type(loaded)


@pytest.mark.parametrize("value", [2000.5, "2000", True, 99, 10**9])
def test_an_integer_refuses_all_else(value):
    assert code_of(Integer(100, 20_000), value) in ("type", "range")


def test_a_quantity_is_a_number_or_a_range():
    assert 6.2 == QUANTITY.deserialize(6.2)
    assert {"low": 5.0, "high": 7.0} == QUANTITY.deserialize({"low": 5, "high": 7})


@pytest.mark.parametrize(
    ("value", "place", "code"),
    [
        ({"low": 5}, "high", "required"),
        ({"high": 5}, "low", "required"),
        ({}, "low", "required"),
        ({"low": 5, "high": 6, "unit": "1"}, "unit", "unknown-field"),
        ({"low": "5", "high": 6}, "low", "type"),
        ({"low": 5, "high": True}, "high", "type"),
        ({"low": 3.9, "high": 6}, "low", "range"),
        ({"low": 5, "high": math.nan}, "high", "not-finite"),
        ({"low": {"low": 5, "high": 6}, "high": 7}, "low", "type"),
    ],
)
def test_a_range_is_refused_at_its_place(value, place, code):
    with pytest.raises(ValidationError) as caught:
        QUANTITY.deserialize(value)

    assert code == caught.value.messages[place][0].code


@pytest.mark.parametrize("value", [{"low": 6, "high": 6}, {"low": 7, "high": 6}])
def test_a_range_is_not_empty(value):
    assert "empty-range" == code_of(QUANTITY, value)


def test_a_log_normal_range_starts_above_zero():
    assert 0.0 == AGE.deserialize(0)
    with pytest.raises(ValidationError) as caught:
        AGE.deserialize({"low": 0, "high": 5})

    assert "range" == caught.value.messages["low"][0].code


def test_a_range_says_something():
    assert {"low": 0.01, "high": 100.0} == AGE.deserialize({"low": 0.01, "high": 100})
    assert "wide-range" == code_of(AGE, {"low": 0.0099, "high": 100})


def test_a_quantity_describes_both_of_its_forms():
    number, both = AGE.metadata["oneOf"]

    assert {"type": "number", "minimum": 0, "maximum": 120} == number
    assert {"type": "number", "exclusiveMinimum": 0, "maximum": 120} == both["properties"]["low"]
    assert both["additionalProperties"] is False


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T07:20:00Z", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
        ("2026-11-23t08:20:00+01:00", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
        ("2026-11-23 07:20:00.123456789z", datetime(2026, 11, 23, 7, 20, 0, 123456, tzinfo=UTC)),
        (datetime(2026, 11, 23, 7, 20, tzinfo=UTC), datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
        ("2026-11-23T08:20:00+0100", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),  # date +%z
        ("2026-11-23 08:20:00+01", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),  # PostgreSQL
        ("2026-11-23 08:20:00 +01:00", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),  # Ruby, R
        ("2026-11-23T02:20:00\N{MINUS SIGN}05:00", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
        ("2026-11-23T08:20+01:00", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
        ("2026-11-23T07:20:00,5Z", datetime(2026, 11, 23, 7, 20, 0, 500000, tzinfo=UTC)),
        ("2026-11-22T24:00:00Z", datetime(2026, 11, 23, tzinfo=UTC)),
        (" 2026-11-23T07:20:00Z\t", datetime(2026, 11, 23, 7, 20, tzinfo=UTC)),
    ],
)
def test_a_timestamp_is_a_moment(text, moment):
    assert moment == Timestamp().deserialize(text)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2026-11-23T07:20:00", "no-offset"),
        ("2026-11-23T07:20", "no-offset"),
        (datetime(2026, 11, 23, 7, 20), "no-offset"),
        ("2026-11-23", "format"),
        ("2026-W48-1T07:20:00Z", "format"),
        ("20261123T072000Z", "format"),
        ("2026-13-23T07:20:00Z", "format"),
        ("2026-11-23T07:20:00+25:00", "format"),
        ("2026-11-22T24:00:01Z", "format"),
        ("2026-11-23T07:20:00+1", "format"),
        ("23.11.2026 07:20 +01:00", "format"),
        ("٢٠٢٦-11-23T07:20:00Z", "format"),
        ("", "format"),
        ("0001-01-01T00:00:00+14:00", "range"),
        ("9999-12-31T23:59:59-14:00", "range"),
        (1764000000, "type"),
        (True, "type"),
    ],
)
def test_a_timestamp_refuses_all_else(value, code):
    assert code == code_of(Timestamp(), value)


def test_a_word_lists_the_words_allowed():
    with pytest.raises(ValidationError) as caught:
        Word(("low", "usual", "high")).deserialize("lots")

    assert ("choice", ("low", "usual", "high")) == (caught.value.messages[0].code, caught.value.messages[0].allowed)


@pytest.mark.parametrize("value", [["low"], None, 3, {}])
def test_a_word_is_text(value):
    assert code_of(Word(("low",)), value) in ("choice", "null")


@pytest.mark.parametrize(("value", "code"), [("", "length"), ("x" * 101, "length"), (3, "type"), (None, "null")])
def test_a_name_is_short_text(value, code):
    assert code == code_of(Name(), value)


@pytest.mark.parametrize(
    ("value", "code"),
    [(["a"] * 4, "length"), (["a", "a"], "duplicate"), ("ab", "type"), ({"a": 1}, "type"), ([], "length")],
)
def test_items_are_few_and_different(value, code):
    assert code == code_of(Items(Name(), minimum=1, maximum=3, unique=True), value)


def test_a_table_reports_each_entry_under_its_name():
    table = Table(Number(0, 10), maximum=2)

    assert {"a": 1.0} == table.deserialize({"a": 1})
    assert "type" == code_of(table, [1])
    assert "length" == code_of(table, {"a": 1, "b": 2, "c": 3})
    with pytest.raises(ValidationError) as caught:
        table.deserialize({"a": 1, "b": 11})
    assert ["b"] == list(caught.value.messages)


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.75z", "2017-01-01T00:59:60+01:00"])
def test_a_leap_second_is_the_end_of_its_minute(text):
    assert datetime(2017, 1, 1, tzinfo=UTC) == Timestamp().deserialize(text)


@pytest.mark.parametrize(
    "text", ["2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:59:61Z", "9999-12-31T23:59:60Z"]
)
def test_a_leap_second_within_a_day_is_refused(text):
    assert code_of(Timestamp(), text) == "format"


@pytest.mark.parametrize("entry", [entry for entry in INPUTS if entry.kind == "word"], ids=lambda entry: entry.path)
def test_words_of_every_input_are_read_in_any_case(entry):
    for word in entry.words:
        assert field_of(entry).deserialize(word.upper()) == word
        assert field_of(entry).deserialize(word.title()) == word


def test_the_short_words_for_sex_are_understood():
    assert [field_of(INPUTS["person.sex"]).deserialize(word) for word in ("F", "m")] == ["female", "male"]


@pytest.mark.parametrize("text", ["Twice weekly", "TWICE_WEEKLY", " twice-weekly "])
def test_spaces_and_underscores_of_a_word_are_hyphens(text):
    assert Word(("twice-weekly",), any_case=True).deserialize(text) == "twice-weekly"


@pytest.mark.parametrize("text", ["St John's wort", "ST-JOHNS-WORT", "st\N{RIGHT SINGLE QUOTATION MARK} johns  wort"])
def test_a_name_of_the_data_is_read_however_it_is_typed(text):
    assert Name(any_case=True).deserialize(text) == "st-johns-wort"
    assert Name().deserialize(text) == text
