"""A test in two stages: a specimen is positive where the screen and the confirmation of it both are."""

import numpy as np
import pytest
import toys
from network import Network
from toys import Moiety

from detectapi import service
from detectapi.batch import chunk
from detectapi.batch.options import Options
from detectapi.evaluation import typical
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.recipe import run
from detectapi.model.serial import serial
from detectapi.model.simulation import Simulation, simulate_typical
from detectapi.model.specimen import normal_probability
from detectapi.model.void_chances import highest
from detectapi.telling.summary import summarize
from detectapi.values.errors import NotSupported

VARIED = {"interindividual_cv": 0.4, "uncertainty": 0.2}
TREE = [
    Moiety("drug", None, 285.0, clearance={"value": 20.0, **VARIED}),
    Moiety("sugar", {"drug": 0.6}, 461.0, {"conjugate_of": "drug", "reabsorbed": False}),
    Moiety("product", {"drug": 0.3}, 270.0),
]
SCREEN = toys.assay(
    ["drug", "other"], [{"analyte": "drug", "cutoff_ng_ml": 300, "cross_reactivity": {"sugar": 0.6, "product": 0.2}}],
    "immunoassay", 0.2, kit_bias_sd=toys.quantity(0.3),
)  # fmt: skip
LOW = toys.assay(["drug"], [{"analyte": "drug", "cutoff_ng_ml": 200, "hydrolysed": True}])
SEVERAL = toys.assay(
    ["drug"], [{"analyte": "drug", "cutoff_ng_ml": 400, "hydrolysed": True}, {"analyte": "product", "cutoff_ng_ml": 40}]
)
ENTRY = {"name": "Both", "issuer": "Toy maker", "date": "2026", "substances": ["drug"], **toys.ASSUMED}
ASSAYS = {
    "screen": SCREEN, "low": LOW, "several": SEVERAL,
    "screen-low": {**ENTRY, "stages": ["screen", "low"]}, "screen-several": {**ENTRY, "stages": ["screen", "several"]},
}  # fmt: skip
STAGED = {"screen-low": ("screen", "low"), "screen-several": ("screen", "several")}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    other = toys.substance("other", [Moiety("else")], [toys.oral({"else": 0.5})])
    toys.write(tmp_path, [toys.substance("drug", TREE, [toys.oral({"drug": 0.4, "sugar": 0.3})]), other], ASSAYS)


def ask(assay, amount=60.0, **more):
    dose = {"amount_mg": amount, "route": "oral", "repeat": {"every_h": 8, "count": 3}}
    return service.load({"substance": "drug", "doses": [dose], "assay": assay, **more})


def simulate(assay, draws=500):
    return Simulation(read_question(ask(assay)), Draws(5, layout(draws)))


def readings(stage, time):
    """What each part of a stage compares with its cutoff, over the cutoff. Shape (parts, draws)."""
    return np.array([
        (stage.concentration(part, np.array([time])) * stage.columns.wide(stage.compared(part)))[0] / part.cutoff_ng_ml
        for part in stage.assay.components
    ])  # fmt: skip


@pytest.mark.parametrize("assay", STAGED)
def test_a_specimen_is_positive_where_every_stage_reads_it_so(assay):
    estimate = run(read_question(ask(assay)), 500, 5, 0.9)
    for time in (1.0, 12.0, 30.0, 60.0):
        positive = np.logical_and.reduce(
            [(readings(stage, time) >= 1.0).any(axis=0) for stage in simulate(assay).stages()]
        )
        chance = np.interp(time, estimate.curve.time, estimate.curve.probability)

        # Between two times of the curve it moves by less than this.
        assert positive.mean() == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize("assay", STAGED)
def test_both_stages_read_the_same_specimen_each_with_its_own_error(assay):
    both = simulate(assay)
    screen, confirm = both.stages()
    alone = simulate(STAGED[assay][1])

    assert confirm is both
    assert screen.response("drug") is confirm.response("drug")
    assert (readings(confirm, 9.0) == readings(alone, 9.0)).all()
    assert screen.assay.imprecision_cv == 0.2
    errors = [np.log(stage.columns.wide(stage.noise(stage.assay.components[0]))) for stage in (screen, confirm)]
    # Kit and laboratory err independently; 500 draws leave a correlation of at most 0.15 by chance.
    assert abs(np.corrcoef(errors)[0, 1]) < 0.15


@pytest.mark.parametrize("draw", [0, 41])
def test_each_stage_is_that_of_matrix_exponentials(draw):
    for stage in simulate("screen-several", 100).stages():
        for part in stage.assay.components:
            truth, times = Network(stage, draw, part), np.array([0.0, 2.0, 20.0])
            read = stage.concentration(part, times)[:, draw]
            assert read == pytest.approx([truth.reading(t) for t in times], rel=1e-6)
            noise = float(np.ravel(stage.columns.wide(stage.compared(part)))[draw])
            last = stage.crossings(part).last[draw]
            assert last == pytest.approx(truth.last_crossing(part.cutoff_ng_ml / noise, 300.0, 1.0), abs=1e-4)


@pytest.mark.parametrize("assay", STAGED)
def test_two_stages_are_never_positive_for_longer_than_either(assay):
    answer = service.answer(ask(assay, options={"draws": 500}))
    whole, (screen, confirm) = answer["window"], (stage["window"] for stage in answer["stages"])

    for end in ("low_h", "median_h", "high_h", "ever_positive"):
        assert whole[end] <= min(screen[end], confirm[end])
    assert confirm == service.answer(ask(STAGED[assay][1], options={"draws": 500}))["window"]


def test_an_answer_names_both_stages_and_what_each_would_find():
    answer = service.answer(ask("screen-several", options={"draws": 100}))
    used = [entry["detail"] for entry in answer["inputs_used"] if entry["name"] == "assay_imprecision_cv"]

    assert [stage["id"] for stage in answer["stages"]] == ["screen", "several"]
    assert answer["assay"]["id"] == "screen-several"
    assert [entry["cutoff_ng_ml"] for entry in answer["analytes"]] == [400, 40]
    assert "two-stages" in [note["code"] for note in answer["notes"]]
    assert len(used) == 2
    said = summarize(answer)
    assert "in the screening test, and at least 400" in said.positive
    assert [row.name for row in said.windows] == ["both stages", "Toy test", "Toy test"]


def test_a_test_in_one_stage_has_no_stages_in_its_answer():
    assert "stages" not in service.answer(ask("low", options={"draws": 100}))


def test_the_typical_person_is_positive_until_the_first_stage_ends():
    simulation = simulate_typical(read_question(ask("screen-several")))
    screen, confirm = simulation.stages()
    each = [max(stage.crossings(part).last[0] for part in stage.assay.components) for stage in (screen, confirm)]

    assert typical.positive_until(simulation) == min(each)


def test_rows_of_a_table_are_read_in_two_stages_too():
    common = {"substance": "drug", "route": "oral", "every_h": 8, "count": 3}
    table = [
        {"id": f"{assay} {amount}", **common, "amount_mg": amount, "assay": assay}
        for assay in ("screen-several", "screen", "several")
        for amount in (20, 60)
    ]
    good, bad = chunk.answer(enumerate(table), Options(draws=500, seed=3))
    alone = [
        service.answer(ask(row["assay"], row["amount_mg"], options={"draws": 500, "seed": 3}))["window"]
        for row in table
    ]

    assert not bad
    assert [(row["median_h"], row["high_h"]) for row in good] == [(one["median_h"], one["high_h"]) for one in alone]


def test_sensitivity_is_that_of_both_stages():
    answer = service.sensitivity(ask("screen-low", options={"draws": 200}))

    assert answer["window"]["median_h"] > 0.0
    assert "assay imprecision" in [group["name"] for group in answer["groups"]]


def test_a_substance_that_one_stage_does_not_see_is_refused(tmp_path):
    unseen = {**SCREEN, "components": [{"analyte": "else", "cutoff_ng_ml": 3}]}
    one = toys.substance("drug", TREE, [toys.oral({"drug": 0.4})])
    other = toys.substance("other", [Moiety("else")], [toys.oral({"else": 0.5})])
    both = {**ENTRY, "stages": ["screen", "low"]}
    toys.write(tmp_path, [one, other], {"screen": unseen, "low": LOW, "screen-low": both})
    with pytest.raises(NotSupported):
        read_question(ask("screen-low"))


# -- every void is tested ---------------------------------------------------------------------------------------------


def test_of_a_series_both_stages_are_positive_no_longer_than_either():
    stages, whole = serial(simulate("screen-several", 2000))

    for name in ("last_positive", "first_negative"):
        both, *each = (np.sort(getattr(one, name)) for one in (whole, *(own for _, own in stages)))
        # Quantile by quantile; a few voids are drawn by other numbers.
        assert (both[::50] <= np.minimum(*each)[::50] + 3.0).all()


@pytest.mark.parametrize(("screen", "confirm"), [(0.2, 0.1), (0.3, 0.3), (0.05, 0.2)])
@pytest.mark.parametrize("spread", [0.2, 0.5])
def test_the_chance_of_both_stages_at_a_void_is_that_of_one_residual_and_two_errors(spread, screen, confirm):
    levels, z = np.linspace(-1.0, 1.0, 9), np.linspace(-8.0, 8.0, 4001)
    weight = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
    for shift in (-0.3, 0.0, 0.4):
        one, other = levels / spread, (levels + shift) / spread
        sds = screen / spread, confirm / spread
        conditional = [
            normal_probability((z[:, np.newaxis] - level) / sd) for level, sd in zip((one, other), sds, strict=True)
        ]
        truth = weight @ (conditional[0] * conditional[1])
        level, variance = highest((one, np.full(9, sds[0] ** 2)), (other, np.full(9, sds[1] ** 2)))
        ours = normal_probability(-level / np.sqrt(1.0 + variance))

        # The higher of two normals is not quite normal: at most 0.01 of a chance.
        assert np.abs(ours - truth).max() < 0.01


def test_the_higher_of_two_normals_has_these_moments():
    rng = np.random.default_rng(3)
    drawn = np.maximum(1.0 + 0.5 * rng.standard_normal(400_000), 1.3 + 0.2 * rng.standard_normal(400_000))
    mean, variance = highest((np.array([1.0]), np.array([0.25])), (np.array([1.3]), np.array([0.04])))

    # Of so many draws the mean is known to 0.0006 and the variance to 0.0004.
    assert mean[0] == pytest.approx(drawn.mean(), abs=0.003)
    assert variance[0] == pytest.approx(drawn.var(), abs=0.002)
