"""Questions about results, shared by the tests of this room."""

import copy

import pytest

INFUSION = {"amount_mg": {"low": 20, "high": 60}, "route": "intravenous", "duration_min": 40}
POWDER = {"amount_mg": {"low": 30, "high": 150}, "route": "intranasal-powder"}


def result(analyte, **level):
    return {"analyte": analyte, **level}


ONE = {
    "substance": "ketamine",
    "specimens": [
        {
            "id": "A",
            "collected_h": 0,
            "urine_creatinine_mg_dl": 88,
            "results": [
                result("ketamine", below_ng_ml=1.0),
                result("norketamine", value_ng_ml=4.2),
                result("dehydronorketamine", value_ng_ml=61),
            ],
        }
    ],
    "accounts": [{"id": "reported", "doses": [INFUSION], "last_use": {"earliest_h": -336}}],
    "options": {"draws": 1000},
}
PAIR = {
    "substance": "ketamine",
    "specimens": [
        {
            "id": name,
            "collected_h": at,
            "urine_creatinine_mg_dl": creatinine,
            "results": [
                result("ketamine", below_ng_ml=1.0),
                result("norketamine", value_ng_ml=nk),
                result("dehydronorketamine", value_ng_ml=dhnk),
            ],
        }
        for name, at, creatinine, nk, dhnk in (("A", 96, 100, 20, 300), ("B", 192, 120, 4, 40))
    ],
    "accounts": [
        {"id": "earlier", "doses": [POWDER | {"start_h": -1416, "repeat": {"every_h": 24, "count": 60}}]},
        {"id": "again", "extends": "earlier", "further_use": POWDER | {"earliest_h": 96, "latest_h": 192}},
    ],
    "compare": [["again", "earlier"]],
    "options": {"draws": 200},
}


@pytest.fixture
def one():
    """One specimen, and an account whose time of last use is not known."""
    return copy.deepcopy(ONE)


@pytest.fixture
def pair():
    """Two specimens, and the accounts of earlier use alone and of one more use."""
    return copy.deepcopy(PAIR)


@pytest.fixture(scope="session")
def question_of_one():
    """The question of `one`, not to be changed."""
    return copy.deepcopy(ONE)


@pytest.fixture(scope="session")
def answer_of_one():
    """The answer to the question of `one`."""
    from detectapi import service

    return service.interpret(copy.deepcopy(ONE))


@pytest.fixture(scope="session")
def answer_of_pair():
    """The answer to the question of `pair`."""
    from detectapi import service

    return service.interpret(copy.deepcopy(PAIR))
