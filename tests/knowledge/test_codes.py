"""Codes of other systems: each means something that exists, and none counts that nobody has looked up."""

import pytest

from detectapi.knowledge import catalog, codes

EVERY = list(codes.codes().values())
ACTIVE = [code for code in EVERY if code.is_active]
MEASURED = {"urine-creatinine", "urine-ph", "specific-gravity", "serum-creatinine", "egfr", "weight", "height"}
CLASSES = {"amphetamines", "cannabinoids"}


def words_of(kind):
    if kind in ("quantity", "presence"):
        return {moiety.id for one in catalog.substances() for moiety in one.moieties if not moiety.no_analyte}
    if kind in ("ingredient", "product"):
        return set(catalog.ids())
    return {
        "measurement": MEASURED, "class": CLASSES, "class-quantity": CLASSES, "cutoff": CLASSES, "panel": {"panel"},
        "verdict": {"positive", "negative", "below", "above"},
    }[kind]  # fmt: skip


@pytest.mark.parametrize("kind", sorted({code.kind for code in ACTIVE} - {"label"}))
def test_every_code_that_is_used_means_something_that_exists(kind):
    assert {code.of for code in ACTIVE if code.kind == kind} <= words_of(kind)


def test_no_recalled_code_is_used_by_default():
    assert [code for code in EVERY if code.status == "recalled"]
    assert not [code for code in ACTIVE if code.status == "recalled"]


def test_a_product_is_of_a_salt_and_a_route_that_the_substance_has():
    for code in ACTIVE:
        if code.strength_mg is not None:
            substance = catalog.substance(code.of)
            assert code.basis in [salt.id for salt in substance.salts]
            assert code.route in substance.routes


def test_units_convert_to_those_of_a_question():
    units = codes.units()

    assert units["concentration"]["ug/L"].factor == units["concentration"]["ng/mL"].factor == 1
    assert units["concentration"]["mg/L"].factor == 1000
    assert units["creatinine"]["umol/L"].factor * 88.4 == pytest.approx(1.0, rel=1e-3)
    assert units["dose"]["mcg"].code == "ug"
