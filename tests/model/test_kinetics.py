"""How doses are shared out among the forms of a route."""

from types import SimpleNamespace

import numpy as np
import pytest

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.model.kinetics import form_shares

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


def test_rows_of_such_amounts_equal_single_estimates():
    person = [{}, {"weight_kg": 55.0}]
    rows = [
        {"substance": "esketamine", "route": "nasal-spray", "analyte": "norketamine", "cutoff_ng_ml": cutoff, **who, **dose}
        for who in person
        for cutoff in (25.0, 60.0)
        for dose in (
            {"amount_mg": 30.0}, {"amount_mg": 35.0}, {"amount_mg": 56.0}, {"amount_mg_per_kg": 0.5},
            {"amount_mg_low": 30.0, "amount_mg_high": 45.0},
        )
    ]  # fmt: skip
    found, bad = chunk.answer(list(enumerate(rows, 1)), Options(draws=100, seed=3, times_h=(24.0,)))

    assert not bad
    for row, one in zip(rows, found, strict=True):
        amount = {k: v for k, v in row.items() if k in ("amount_mg", "amount_mg_per_kg")}
        if "amount_mg_low" in row:
            amount = {"amount_mg": {"low": row["amount_mg_low"], "high": row["amount_mg_high"]}}
        single = service.answer({
            "substance": "esketamine", "doses": [{"route": "nasal-spray", **amount}],
            "person": {k: v for k, v in row.items() if k == "weight_kg"},
            "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": row["cutoff_ng_ml"]}]},
            "options": {"draws": 100, "seed": 3},
        })["window"]  # fmt: skip
        for name in ("median_h", "low_h", "high_h", "monte_carlo_se_h"):
            assert single[name] == one[name]
