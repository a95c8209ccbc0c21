"""What an error says to a reader of Python: the field, what is wrong, what is allowed."""

import pytest

import detectapi
from detectapi.values.errors import InputError, Problem, nearest

DOSE = {"amount_mg": 35, "route": "oral"}


def test_a_refusal_names_its_field_and_what_is_allowed():
    with pytest.raises(InputError) as caught:
        detectapi.estimate(substance="ketamine", doses=[{**DOSE, "amount_mg": -1}], person={"sex": "unknown"})

    first, *lines = str(caught.value).splitlines()
    assert first == "2 fields need attention."
    assert [line.partition(": ")[0] for line in sorted(lines)] == ["doses[0].amount_mg", "person.sex"]
    assert "female" in str(caught.value)
    assert repr(caught.value) == f"InputError({str(caught.value)!r})"


def test_a_refusal_of_one_field_is_one_line():
    error = InputError("No data.", pointer="/doses/0/route", allowed=["oral", "smoked"])

    assert str(error) == "doses[0].route: No data. Allowed: oral, smoked."


def test_words_that_the_sentence_lists_are_not_listed_again():
    assert Problem("/a~1b", "choice", "Must be one of: x, y.", ("x", "y")).in_words == "a/b: Must be one of: x, y."


def test_an_unknown_substance_is_refused_with_the_nearest_ids():
    with pytest.raises(detectapi.UnknownSubstance, match="substance: .* Allowed: ketamine"):
        detectapi.estimate(substance="ketamin", doses=[DOSE])


@pytest.mark.parametrize("name", ["benzos", "qwertyuiop", "xx"])
def test_a_name_like_no_other_gets_no_suggestion(name):
    assert nearest(name, ["ketamine", "esketamine", "diazepam", "oxazepam", "morphine", "alcohol"]) == []


def test_a_name_with_a_wrong_letter_gets_the_right_one_first():
    names = ["esketamine", "amphetamine", "methamphetamine", "ketamine", "diazepam"]

    assert nearest("ketamin", names)[0] == "ketamine"
    assert nearest("amfetamine", names)[0] == "amphetamine"
