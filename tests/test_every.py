"""Tests of `every`, which runs many cases in one test: all of them, and each failure is named."""

import pytest
from every import every


def test_all_cases_run_and_each_failure_is_named():
    seen = []

    @every("number", [1, 2, 3, 4])
    def even(number):
        seen.append(number)
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match="2 of 4 cases fail") as caught:
        even()

    assert seen == [1, 2, 3, 4]
    assert [error.__notes__ for error in caught.value.exceptions] == [["in the case 1"], ["in the case 3"]]


def test_a_refusal_that_does_not_come_is_a_failure():
    @every("number", [1])
    def refused(number):
        with pytest.raises(ValueError, match="never"):
            abs(number)

    with pytest.raises(BaseExceptionGroup, match="1 of 1 cases fail"):
        refused()


def test_no_case_is_a_failure():
    with pytest.raises(AssertionError, match="there is no case"):
        every("number", [])(lambda number: None)()


@every("number", [1, 2])
def test_fixtures_come_beside_the_case(number, question):
    assert question["substance"]
    assert number in (1, 2)
