"""How doses are shared out among the forms of a route."""

from types import SimpleNamespace

import numpy as np
import pytest

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.kinetics import form_shares

SPRAY = SimpleNamespace(forms=(SimpleNamespace(up_to_mg=28.0), SimpleNamespace(up_to_mg=None)))
ONE = SimpleNamespace(forms=(SimpleNamespace(up_to_mg=None),))


@pytest.mark.parametrize(
    ("amount", "shares"),
    [(10.0, {0: 1.0}), (28.0, {0: 1.0}), (42.0, {0: 1 / 3, 1: 2 / 3}), (56.0, {1: 1.0}), (84.0, {1: 1.0})],
)
def test_forms_pass_into_each_other_between_a_limit_and_twice_that(amount, shares):
    assert form_shares(SPRAY, amount) == pytest.approx(shares)
    assert {0: 1.0} == form_shares(ONE, amount)


def test_what_is_absorbed_rises_in_a_straight_line_in_between():
    fractions = (0.54, 0.42)
    amounts = np.linspace(28.0, 56.0, 15)
    absorbed = [
        amount * sum(share * fractions[i] for i, share in form_shares(SPRAY, amount).items()) for amount in amounts
    ]

    assert absorbed == pytest.approx(np.linspace(28.0 * 0.54, 56.0 * 0.42, 15))


def test_a_row_of_such_an_amount_equals_the_single_estimate():
    row = {
        "substance": "esketamine",
        "route": "nasal-spray",
        "amount_mg": 35.0,
        "analyte": "norketamine",
        "cutoff_ng_ml": 25.0,
    }
    (found,), bad = chunk.answer([(1, row)], Options(draws=200, seed=3, times_h=(24.0,)))
    single = service.answer({
        "substance": "esketamine", "doses": [{"amount_mg": 35.0, "route": "nasal-spray"}],
        "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 25.0}]}, "options": {"draws": 200, "seed": 3},
    })  # fmt: skip

    assert not bad
    for name in ("median_h", "low_h", "high_h", "monte_carlo_se_h"):
        assert single["window"][name] == found[name]
