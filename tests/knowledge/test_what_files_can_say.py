"""What data files can say: charges, conjugates, carriers, blocks, covariates, units of doses, tests in stages, panels."""

import pytest

from detectapi.knowledge import catalog
from detectapi.values.errors import CatalogError, NotSupported
from tests.support import toys
from tests.support.toys import ASSUMED, Moiety

MORPHINE = Moiety("poppyne", mass=285.0)
GLUCURONIDE = Moiety("poppyne-glucuronide", {"poppyne": 0.7}, 461.0, {"conjugate_of": "poppyne", "reabsorbed": False})
TREE = [MORPHINE, GLUCURONIDE]
ORAL = toys.oral({"poppyne": 0.3, "poppyne-glucuronide": 0.4})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "substances").mkdir()
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return tmp_path


def read(folder, *substances, **more):
    toys.write(folder, substances, **more)
    assert not catalog.mistakes(*(one["id"] for one in substances))
    catalog.panels()
    return catalog.substance(substances[0]["id"])


def refusal(folder, *substances, **more):
    toys.write(folder, substances, **more)
    with pytest.raises(CatalogError) as caught:
        catalog.substance(substances[0]["id"])
    return caught.value.message


def poppy(**keys):
    return toys.substance("poppy", TREE, [ORAL], **keys)


# -- moieties ---------------------------------------------------------------------------------------------------------


def test_a_conjugate_that_is_not_reabsorbed_needs_neither_pka_nor_permeability_nor_a_residual_of_its_own(folder):
    known = set(read(folder, poppy()).parameters)

    assert {name for name in known if name.startswith("poppyne-glucuronide.")} == {
        "poppyne-glucuronide.clearance", "poppyne-glucuronide.central_volume", "poppyne-glucuronide.fraction_unbound",
        "poppyne-glucuronide.formation_fraction",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["pka", "permeability_surface", "residual_factor"])
def test_what_a_conjugate_cannot_have_is_refused(folder, name):
    extra = Moiety("poppyne-glucuronide", {"poppyne": 0.7}, 461.0, GLUCURONIDE.keys, **{name: 1.0})

    assert f"poppyne-glucuronide.{name}" in refusal(folder, toys.substance("poppy", [MORPHINE, extra], [ORAL]))


def test_a_neutral_moiety_has_no_pka(folder):
    sleep = read(
        folder, toys.substance("sleep", [Moiety("sleep", keys={"charge": "neutral"})], [toys.oral({"sleep": 0.9})])
    )

    assert sleep.root.charge == "neutral"
    assert not [name for name in sleep.parameters if name.endswith(("pka", "ph_sensitivity"))]


@pytest.mark.parametrize("charge", ["acid", "base"])
def test_an_acid_and_a_base_have_a_pka(folder, charge):
    one = read(folder, toys.substance("sleep", [Moiety("sleep", keys={"charge": charge})], [toys.oral({"sleep": 0.9})]))

    assert one.root.charge == charge
    assert "sleep.pka" in one.parameters


@pytest.mark.parametrize(
    ("conjugate_of", "moieties"),
    [
        ("nobody", []),
        ("two", []),
        ("sulfate", [Moiety("sulfate", {"one": 0.2}, keys={"conjugate_of": "one"})]),
        ("whole", [Moiety("whole", {"one": 0.2}, keys={"total": True})]),
    ],
)
def test_a_conjugate_belongs_to_a_free_moiety_of_the_file(folder, conjugate_of, moieties):
    tree = [Moiety("one"), *moieties, Moiety("two", {"one": 0.3}, keys={"conjugate_of": conjugate_of})]

    assert f"moieties[{len(tree) - 1}].conjugate_of" in refusal(
        folder, toys.substance("x", tree, [toys.oral({"one": 0.5})])
    )


def test_a_moiety_may_have_several_parents_with_a_share_of_each(folder):
    tree = [Moiety("one"), Moiety("two", {"one": 0.3}), Moiety("three", {"one": 0.2, "two": 0.8})]
    one = read(folder, toys.substance("x", tree, [toys.oral({"one": 0.5})]))

    assert one.moiety("three").parents == ("one", "two")
    assert {"three.formation_fraction_from_one", "three.formation_fraction_from_two"} <= set(one.parameters)


def test_shares_of_one_parent_add_up_over_products_of_several_parents(folder):
    tree = [Moiety("one"), Moiety("two", {"one": 0.5}), Moiety("three", {"one": 0.6, "two": 0.8})]

    assert "is more than 1" in refusal(folder, toys.substance("x", tree, [toys.oral({"one": 0.5})]))


@pytest.mark.parametrize(
    "parents", [{"three": 0.5}, {"one": 0.5, "three": 0.2}, {"two": 0.5}], ids=["a ring", "half a ring", "itself"]
)
def test_a_tree_that_goes_round_in_a_circle_is_refused(folder, parents):
    tree = [Moiety("one"), Moiety("two", parents), Moiety("three", {"two": 0.5})]

    assert "formed_from" in refusal(folder, toys.substance("x", tree, [toys.oral({"one": 0.5})]))


def test_a_carrier_has_no_kinetics_and_is_no_analyte(folder):
    tree = [Moiety("spirit", keys={"carrier": True}, mass=46.0), Moiety("marker")]
    spirit = read(folder, toys.substance("spirit", tree, [toys.oral({"marker": 0.01})]))

    assert not [name for name in spirit.parameters if name.startswith("spirit.")]
    with pytest.raises(NotSupported) as caught:
        catalog.resolve_analyte(spirit, "spirit")
    assert ["marker"] == caught.value.allowed


@pytest.mark.parametrize(
    ("tree", "delivers", "key"),
    [
        ([Moiety("spirit", keys={"carrier": True}), Moiety("marker", {"spirit": 0.1})], {"marker": 0.1}, "formed_from"),
        ([Moiety("spirit", keys={"carrier": True}), Moiety("marker")], {"spirit": 0.1, "marker": 0.1}, "carrier"),
        ([Moiety("one"), Moiety("spirit", keys={"carrier": True})], {"one": 0.1}, "carrier"),
        ([Moiety("one"), Moiety("two")], {"one": 0.1}, "formed_from"),
    ],
)  # fmt: skip
def test_what_is_neither_formed_nor_delivered_is_refused(folder, tree, delivers, key):
    assert f".{key}" in refusal(folder, toys.substance("x", tree, [toys.oral(delivers)]))


def test_a_moiety_may_be_kept_from_being_asked_for_with_its_reason(folder):
    tree = [Moiety("one", keys={"no_analyte": "it is in urine in traces only"}), Moiety("two", {"one": 0.5})]
    one = read(folder, toys.substance("x", tree, [toys.oral({"one": 0.5})]))

    with pytest.raises(NotSupported, match="traces"):
        catalog.resolve_analyte(one, "one")
    assert {"two"} == set(one.half_life_model.fraction_excreted)


# -- files that take from others ----------------------------------------------------------------------------------------

BLOCK = {"moieties": [m.table() for m in TREE], "parameters": MORPHINE.parameters() | GLUCURONIDE.parameters()}


def test_a_block_gives_moieties_and_parameters_to_several_files(folder):
    alone = toys.substance("poppy", [], [ORAL], toys.PH_SENSITIVITY, include=[{"block": "poppyne"}])
    del alone["moieties"]
    alone["half_life_model"]["fraction_excreted"] = {m.name: toys.quantity(0.3) for m in TREE}
    mother = Moiety("mother")
    made = toys.substance(
        "mother", [mother, *TREE], [toys.oral({"mother": 0.5})], {"poppyne.formation_fraction": toys.parameter(0.1, "1", "logit")},
        include=[{"block": "poppyne", "formed_from": "mother"}],
    )  # fmt: skip
    made["moieties"] = [mother.table()]
    made["parameters"] = {k: v for k, v in made["parameters"].items() if k not in BLOCK["parameters"]}
    tests = {"poppy-test": toys.assay(["poppy", "mother"], [{"analyte": "poppyne", "cutoff_ng_ml": 10}])}
    made["default_assay"] = "poppy-test"
    poppy = read(folder, alone, made, assays=tests, **{"blocks/poppyne": BLOCK})
    mother = catalog.substance("mother")

    assert [m.id for m in poppy.moieties] == ["poppyne", "poppyne-glucuronide"]
    assert [m.id for m in mother.moieties] == ["mother", "poppyne", "poppyne-glucuronide"]
    assert mother.moiety("poppyne").parents == ("mother",)
    assert all(mother.parameters[name] == poppy.parameters[name] for name in BLOCK["parameters"])


def including(**keys):
    one = toys.substance("poppy", TREE, [ORAL], include=[{"block": "poppyne"}], **keys)
    del one["moieties"]
    one["parameters"] = {k: v for k, v in one["parameters"].items() if k not in BLOCK["parameters"]}
    return one


def test_a_files_own_parameter_stands_in_place_of_a_blocks(folder):
    one = including()
    one["parameters"]["poppyne.clearance"] = toys.parameter(33.0, "L/h")

    result = read(folder, one, **{"blocks/poppyne": BLOCK}).parameters

    assert result["poppyne.clearance"].value == 33.0
    assert result["poppyne.central_volume"].value == 100.0


def test_the_digest_covers_the_blocks(folder):
    digests = set()
    for mass in (285.0, 286.0):
        moieties = [Moiety("poppyne", mass=mass).table(), GLUCURONIDE.table()]
        block = {**BLOCK, "moieties": moieties}
        toys.write(folder, [including()], **{"blocks/poppyne": block})
        digests.add(catalog.substance("poppy").sha256)

    assert len(digests) == 2


@pytest.mark.parametrize(
    ("block", "include", "place"),
    [
        (BLOCK, [{"block": "nothing"}], "there is no blocks/nothing.toml"),
        (BLOCK, [{"block": "poppyne"}, {"block": "poppyne"}], "include[1].block: is included twice"),
        (BLOCK, [{"block": "poppyne", "colour": 1}], "include[0].colour"),
        ({**BLOCK, "routes": []}, [{"block": "poppyne"}], "include[0].block: routes does not belong"),
        ({**BLOCK, "moieties": []}, [{"block": "poppyne"}], "include[0].block: has no moieties"),
        ({**BLOCK, "interactions": {"tea": "Other."}}, [{"block": "poppyne"}], "interactions: tea is something else"),
    ],
)
def test_wrong_blocks_are_refused(folder, block, include, place):
    one = {**including(interactions={"tea": "Tea."}), "include": include}

    assert place in refusal(folder, one, **{"blocks/poppyne": block})


def two_routes():
    juice = [{"covariate": "interactions", "form": "category", "factors": {"juice": 0.5}, **ASSUMED}]
    share = toys.parameter(0.999, "1", "logit", effects=["juice"])
    return toys.substance(
        "base", [Moiety("one")], [toys.oral({"one": 0.5}), toys.bolus("one")], {"intravenous.fraction_one": share},
        effects={"juice": juice}, interactions={"juice": "Juice."},
        evidence=[{"grade": "calibrated", "because": "Seen.", "sources": [], "routes": ["intravenous"]},
                  {"grade": "extrapolated", "because": "Near.", "sources": [], "routes": ["oral", "intravenous"]},
                  {"grade": "hypothesis", "because": "A toy.", "sources": []}],
    )  # fmt: skip


def heir(**keys):
    head = {
        k: v
        for k, v in two_routes().items()
        if k in ("schema_version", "description", "revision", "reviewed", "default_assay")
    }
    return {**head, "id": "heir", "name": "Heir", "extends": "base", **keys}


HEIR_TEST = {"base-test": toys.assay(["base", "heir"], [{"analyte": "one", "cutoff_ng_ml": 10}])}


def test_an_extension_may_leave_out_routes_and_what_belongs_to_them(folder):
    one = read(folder, heir(without_routes=["intravenous"]), two_routes(), assays=HEIR_TEST)

    assert list(one.routes) == ["oral"]
    assert "intravenous.fraction_one" not in one.parameters
    assert [rule.routes for rule in one.evidence] == [("oral",), None]
    assert [h.routes for h in one.half_life_model.half_lives] == [("oral",)]
    assert one.interactions == {}


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"without_routes": ["rectal"]}, "without_routes: the file that is extended has no route rectal"),
        ({"include": [{"block": "x"}]}, "include: cannot stand beside extends"),
    ],
)
def test_wrong_extensions_are_refused(folder, keys, place):
    assert place in refusal(folder, heir(**keys), two_routes(), assays=HEIR_TEST)


def test_only_an_extension_leaves_out_routes(folder):
    assert "without_routes: cannot stand without extends" in refusal(folder, poppy(without_routes=["oral"]))


# -- covariates ---------------------------------------------------------------------------------------------------------

WORDS = [{"word": "slow", "share": 0.2, "meaning": "Slow."}, {"word": "fast", "share": 0.8, "meaning": "Fast."}]
ENZYME = {"covariates": {"enzyme": {"name": "Enzyme", "words": WORDS, **ASSUMED}}}


def with_effect(covariate, **keys):
    effect = {"covariate": covariate, "form": "category", **ASSUMED, **keys}
    one = poppy(effects={"e": [effect]})
    one["parameters"]["poppyne.nonrenal_factor"] = toys.parameter(1.0, effects=["e"])
    return one


def test_an_effect_may_depend_on_a_covariate_of_words(folder):
    one = read(folder, with_effect("enzyme", factors={"slow": 0.1}), covariates=ENZYME)

    assert dict(one.covariates["enzyme"].words) == {"slow": "Slow.", "fast": "Fast."}
    assert one.covariates["enzyme"].shares == (0.2, 0.8)


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"covariate": "enzyme", "factors": {"quick": 2}}, "factors.quick"),
        ({"covariate": "pattern", "factors": {"sometimes": 2}}, "factors.sometimes"),
        ({"covariate": "enzyme", "form": "linear", "coefficient": 1, "reference": 1}, "form: does not suit"),
        ({"covariate": "amount_mg", "form": "linear", "coefficient": 1, "reference": 1}, "form: must be power"),
        ({"covariate": "liver_enzyme", "factors": {"slow": 2}}, "covariate: must be one of"),
    ],
)
def test_effects_of_words_that_are_not_there_are_refused(folder, keys, place):
    assert place in refusal(folder, with_effect(**keys), covariates=ENZYME)


def test_a_share_may_not_fall_faster_than_the_amount_rises(folder):
    effect = {"covariate": "amount_mg", "form": "power", "coefficient": -1, "reference": 100, **ASSUMED}
    one = poppy(effects={"e": [effect]})
    one["parameters"]["oral.fraction_poppyne"]["effects"] = ["e"]

    assert '"oral.fraction_poppyne": must fall more slowly' in refusal(folder, one)


@pytest.mark.parametrize(
    ("covariates", "place"),
    [
        ({"enzyme": {"name": "E", "words": [{**WORDS[0]}, {**WORDS[1], "share": 0.7}], **ASSUMED}}, "enzyme.words"),
        ({"enzyme": {"name": "E", "words": [WORDS[0], {**WORDS[1], "word": "slow"}], **ASSUMED}}, "words[1].word"),
        ({"weight_kg": {"name": "E", "words": WORDS, **ASSUMED}}, "covariates.weight_kg"),
        (
            {"enzyme": {"name": "E", "words": WORDS, "where_pattern": {"chronic": "new"}, **ASSUMED}},
            "where_pattern.chronic",
        ),
        (
            {"enzyme": {"name": "E", "words": WORDS, "where_pattern": {"often": "slow"}, **ASSUMED}},
            "where_pattern.often",
        ),
        ({"cyp2d6": {"name": "E", "words": WORDS, **ASSUMED}}, "cyp2d6: exists already"),
    ],
)
def test_wrong_covariates_are_refused(folder, covariates, place):
    assert place in refusal(folder, poppy(), covariates={"covariates": covariates})


# -- doses --------------------------------------------------------------------------------------------------------------


def test_a_file_may_name_units_of_doses_brands_and_its_largest_dose(folder):
    units = [{"id": "drink", "name": "standard drink", "amount": toys.quantity(14, "g")}]
    salt = [{"id": "sulfate", "base_fraction": toys.quantity(0.75)}]
    one = read(folder, poppy(
        dose_units=units, salts=salt, most_mg=1_000_000, brands=[{"name": "Popptin", "salt": "sulfate", "route": "oral"}],
    ))  # fmt: skip

    assert one.dose_units[0].amount.value == 14_000.0
    assert one.most_mg == 1_000_000.0
    assert catalog.substance("Popptin").id == "poppy"


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"brands": [{"name": "P", "salt": "sulfate"}]}, "brands[0].salt"),
        ({"brands": [{"name": "P", "route": "rectal"}]}, "brands[0].route"),
        ({"dose_units": [{"id": "d", "name": "d", "amount": toys.quantity(14, "L")}]}, "dose_units[0].amount.unit"),
        ({"dose_units": [{"id": "d", "name": "d", "amount": toys.quantity(0, "g")}]}, "dose_units[0].amount"),
        ({"most_mg": 0}, "most_mg"),
    ],
)
def test_wrong_units_and_brands_are_refused(folder, keys, place):
    assert place in refusal(folder, poppy(**keys))


def test_a_kind_of_a_route_is_answered_as_that_route_where_the_data_know_only_that():
    assert "inhaled" == catalog.resolve_route(catalog.substance("ketamine"), "smoked").id
    with pytest.raises(NotSupported):
        catalog.resolve_route(catalog.substance("amphetamine"), "smoked")


# -- tests --------------------------------------------------------------------------------------------------------------

SCREEN = toys.assay(
    ["poppy"], [{"analyte": "poppyne", "cutoff_ng_ml": 20}], "immunoassay", kit_bias_sd=toys.quantity(0.3)
)
TOTAL = {"analyte": "poppyne", "cutoff_ng_ml": 10, "hydrolysed": True}
CONFIRM = toys.assay(["poppy"], [TOTAL], hydrolysis_yield={"value": 0.9, "uncertainty": 0.1, **ASSUMED})
BOTH = {
    "name": "Both",
    "issuer": "Toy maker",
    "date": "2026",
    "substances": ["poppy"],
    "stages": ["screen", "confirm"],
    **ASSUMED,
}
ASSAYS = {"screen": SCREEN, "confirm": CONFIRM, "both": BOTH}


def test_a_test_may_split_conjugates_and_have_a_bias_of_its_kit(folder):
    read(folder, poppy(), assays=ASSAYS)
    confirm, screen = catalog.assay("confirm").assay, catalog.assay("screen").assay

    assert confirm.components[0].hydrolysed
    assert (confirm.hydrolysis_yield.value, confirm.hydrolysis_yield.uncertainty) == (0.9, 0.1)
    assert screen.kit_bias.log_sd == 0.3


def test_a_test_in_stages_names_a_screen_and_a_confirmation(folder):
    read(folder, poppy(), assays=ASSAYS)
    both = catalog.assay("both")

    assert [stage.id for stage in both.assay.stages] == ["screen", "confirm"]
    assert both.assay.components == catalog.assay("confirm").assay.components


def test_a_cutoff_may_be_stated_per_creatinine(folder):
    per_creatinine = toys.assay(["poppy"], [{"analyte": "poppyne", "cutoff_ng_mg_creatinine": 35}])
    read(folder, poppy(), assays={"poppy-test": per_creatinine})
    component = catalog.assay("poppy-test").assay.components[0]

    assert component.per_creatinine
    assert component.cutoff_ng_ml == 35.0


@pytest.mark.parametrize(
    ("name", "entry", "place"),
    [
        ("both", {**BOTH, "stages": ["confirm", "screen"]}, "assays.both.stages"),
        ("both", {**BOTH, "stages": ["screen"]}, "assays.both.stages"),
        ("both", {**BOTH, "stages": ["screen", "nothing"]}, "assays.both.stages"),
        ("both", {**BOTH, "substances": ["poppy", "ketamine"]}, "assays.both.substances"),
        ("both", {**BOTH, "rule": "any"}, "assays.both.rule"),
        ("confirm", {**CONFIRM, "kit_bias_sd": toys.quantity(0.3)}, "assays.confirm.kit_bias_sd"),
        ("screen", {**SCREEN, "hydrolysis_yield": CONFIRM["hydrolysis_yield"]}, "assays.screen.hydrolysis_yield"),
        ("confirm", {**CONFIRM, "hydrolysis_yield": {"value": 2, "uncertainty": 0.1, **ASSUMED}}, "hydrolysis_yield.value"),
        ("confirm", {**CONFIRM, "components": [{**TOTAL, "cutoff_ng_mg_creatinine": 3}]}, "components[0].cutoff_ng_mg_creatinine"),
        ("confirm", {**CONFIRM, "components": [TOTAL, TOTAL]}, "assays.confirm.components"),
    ],
)  # fmt: skip
def test_wrong_tests_are_refused(folder, name, entry, place):
    toys.write(folder, [poppy()], {**ASSAYS, name: entry})
    with pytest.raises(CatalogError) as caught:
        catalog.assays()

    assert place in caught.value.message


CLASS = {"id": "opiates", "name": "Opiates", "assays": ["both"]}
PANEL = {
    "name": "Toy panel",
    "issuer": "Toy maker",
    "date": "2026",
    "because": "not on its list",
    "classes": [CLASS],
    **ASSUMED,
}


def test_a_panel_is_a_list_of_classes_with_their_tests(folder):
    nothing = {"substances": ["ketamine"], "because": "its list of 2026 has no ketamine", **ASSUMED}
    read(folder, poppy(), assays=ASSAYS, panels={"panels": {"toy-panel": {**PANEL, "not_tested": [nothing]}}})
    panel = catalog.panels()["toy-panel"]

    assert [(one.id, one.assays) for one in panel.classes] == [("opiates", ("both",))]
    assert panel.not_tested[0].substances == ("ketamine",)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"classes": []}, "panels.toy-panel.classes"),
        ({"classes": [CLASS, CLASS]}, "panels.toy-panel.classes"),
        ({"classes": [{**CLASS, "assays": ["nothing"]}]}, "classes[0].assays: nothing"),
        ({"classes": [{**CLASS, "assays": ["both", "confirm"]}]}, "classes[0].assays: confirm tests for a substance"),
        ({"colour": 1}, "panels.toy-panel.colour"),
    ],
)
def test_wrong_panels_are_refused(folder, changes, place):
    toys.write(folder, [poppy()], ASSAYS, panels={"panels": {"toy-panel": {**PANEL, **changes}}})
    with pytest.raises(CatalogError) as caught:
        catalog.panels()

    assert place in caught.value.message


# -- evidence -----------------------------------------------------------------------------------------------------------


def test_evidence_and_notes_may_depend_on_hydrolysis_and_on_the_dose(folder):
    rules = [{"grade": "extrapolated", "because": "Seen.", "sources": [], "analytes": ["poppyne"], "hydrolysed": True},
             {"grade": "hypothesis", "because": "No such dose.", "sources": [], "above_mg": 80},
             {"grade": "extrapolated", "because": "A toy.", "sources": []}]  # fmt: skip
    one = read(folder, poppy(evidence=rules, notes=[{"code": "free", "message": "Free only.", "hydrolysed": False}]))

    assert [(rule.hydrolysed, rule.above_mg) for rule in one.evidence] == [(True, None), (None, 80.0), (None, None)]
    assert one.notes[0].hydrolysed is False


@pytest.mark.parametrize("condition", [{"hydrolysed": True}, {"above_mg": 80}])
def test_the_last_rule_of_evidence_holds_always(folder, condition):
    rule = {"grade": "hypothesis", "because": "A toy.", "sources": [], **condition}

    assert "evidence: the last rule must hold always" in refusal(folder, poppy(evidence=[rule]))
