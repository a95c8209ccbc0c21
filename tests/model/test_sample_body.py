"""The age that a body suggests where none was told."""

import numpy as np
import pytest

from detectapi import service
from detectapi.model.body import GROWN_AGE
from detectapi.model.question import read_question
from detectapi.model.sample_body import with_age


def suggested(**person):
    """What is known of a person, with the age that weight and height suggest."""
    asked = {"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "intravenous"}], "person": person}
    physiology = read_question(service.load(asked)).physiology
    return with_age(physiology.known, physiology.norms)


@pytest.mark.parametrize(
    ("person", "by", "likely"),
    [
        ({"weight_kg": 20}, "from weight, as", (4.0, 9.0)),  # medians of charts: 18 kg at 5 years, 26 kg at 8
        ({"height_cm": 110}, "from height, as", (4.0, 7.0)),  # 110 cm at 5 years
        ({"weight_kg": 20, "height_cm": 110}, "from weight and height, as", (4.0, 7.0)),
    ],
)
def test_a_childs_body_suggests_an_age_between_birth_and_grown(person, by, likely):
    known = suggested(**person)
    age = known.distributions["age_y"]

    assert "age_y" in known.inferred
    assert likely[0] < age.centre < likely[1]
    assert (age.scale, age.low, age.high, age.source) == ("linear", 0.0, GROWN_AGE, "derived")
    assert age.detail.startswith(by)
    assert 0.3 < age.spread < 3.0
    assert (np.asarray(age.value(np.array([-30.0, 30.0]))) == [0.0, GROWN_AGE]).all()


@pytest.mark.parametrize("person", [{}, {"weight_kg": 80}, {"height_cm": 175}, {"weight_kg": 20, "age_y": 9}])
def test_no_age_is_suggested_for_an_adults_body_or_beside_an_age(person):
    known = suggested(**person)

    assert "age_y" not in known.inferred
    assert ("age_y" in known.distributions) == ("age_y" in person)
