"""An answer as it is written: what is rounded, what is dated, what each part is called."""

from datetime import datetime, timedelta

import pytest

from detectapi import service
from detectapi.model.answer import error_in_hours, hours, probabilities, significant

DATED = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "start": "2026-03-02T08:00:00+01:00", "duration_min": 40}],
    "assay": {
        "analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}, {"analyte": "ketamine", "cutoff_ng_ml": 50}]
    },
    "options": {"draws": 100, "include": ["concentration"]},
}


@pytest.fixture(scope="module")
def dated():
    return service.answer(DATED)


@pytest.mark.parametrize(
    ("value", "written"), [(12.34, 12.3), (239.94, 239.9), (240.4, 240.0), (1000.6, 1001.0), (0.04, 0.0)]
)
def test_hours_are_finer_below_ten_days(value, written):
    assert hours(value) == written


def test_probabilities_and_concentrations_are_rounded_to_what_draws_carry():
    assert probabilities([0.12345, 1.0]) == [0.123, 1.0]
    assert significant([123.456, 0.00123456]) == [123.0, 0.00123]
    assert significant([123.456], 2) == [120.0]


def test_dates_of_a_window_are_its_hours_after_the_end_of_the_last_dose(dated):
    end = datetime.fromisoformat("2026-03-02T08:40:00+01:00")
    window = dated["window"]

    for name in ("median", "low", "high"):
        at = datetime.fromisoformat(window[f"{name}_at"])
        # The hours are rounded to 0.1 h, the dates down to a minute.
        assert abs(at - end - timedelta(hours=window[f"{name}_h"])) <= timedelta(minutes=4.1)


def test_each_analyte_has_its_cutoff_its_window_and_its_concentration(dated):
    assert [one["analyte"] for one in dated["analytes"]] == ["norketamine", "ketamine"]
    for one in dated["analytes"]:
        assert one["cutoff_ng_ml"] == 50
        assert 0.0 < one["window"]["median_h"] <= dated["window"]["high_h"]
        assert one["concentration"]["time_h"]


def test_where_it_came_from_repeats_the_question(dated):
    provenance = dated["provenance"]

    assert (provenance["draws"], provenance["model"], provenance["assay"]) == (100, "population", None)
    assert sum(dated["uncertainty"].values()) == pytest.approx(1.0, abs=0.03)  # five numbers, each rounded to 0.01


def test_a_standard_error_is_never_rounded_to_nothing():
    assert [0.0, 0.01, 0.01, 1.23] == [error_in_hours(value) for value in (0.0, 1e-4, 0.0112, 1.2345)]
