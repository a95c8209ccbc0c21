"""The shipped data: form, meaning, sources, and the numbers themselves against a second typing of them."""

import re
from pathlib import Path

import numpy as np
import pytest
from every import every

from detectapi.evaluation.contribution import rules
from detectapi.knowledge import catalog, evidence
from detectapi.knowledge.catalog import assay_registry, moieties, parameters, population, registries, substance_file
from detectapi.model import covariates
from detectapi.values.units import KINDS, convert
from schemas import assay as assay_form
from schemas import reference as reference_form
from schemas import substance as substance_form
from schemas import vocabulary

ROOT = Path(__file__).parents[2]

# Assays that were collected for the first four substances. A new one needs no line here.
COLLECTED = {
    "amphetamines-1000",
    "ark-ketamine",
    "as-nzs-4308-amphetamine-confirm",
    "as-nzs-4308-amphetamine-screen",
    "as-nzs-4308-methamphetamine-confirm",
    "as-nzs-4308-methamphetamine-screen",
    "dejong-lcmsms",
    "dri-ketamine",
    "ewdts-amphetamine-screen",
    "ewdts-methamphetamine-screen",
    "fast-gcms",
    "harun-lcmsms",
    "hhs-amphetamine-confirm",
    "hhs-amphetamine-screen",
    "hhs-methamphetamine-confirm",
    "hhs-methamphetamine-confirm-alone",
    "hhs-methamphetamine-screen",
    "ids-elisa",
    "itmc-lcmsms",
    "kim-pci-gcms",
    "lua-esi-ms",
    "lzi-ketamine-eia",
    "mayo-ketau",
    "neogen-elisa",
    "nms-9188sp",
    "parkin-uhplc",
    "pcp-immunoassay",
    "soft-dfsa",
    "strip-1000",
    "taichung-vgh-rapid",
    "taiwan-confirmation",
    "taiwan-screen",
    "tcup-compact",
    "toxcontrol-strip",
}
WITHOUT_CUTOFF = {
    "dri-ketamine",
    "ids-elisa",
    "nms-9188sp",
    "pcp-immunoassay",
    "tcup-compact",
}

SUBSTANCES = {substance.id: substance for substance in catalog.substances()}
EVERY_PARAMETER = [
    *(pytest.param(p, id=f"{s.id}:{p.name}") for s in SUBSTANCES.values() for p in s.parameters.values()),
    *(pytest.param(p, id=f"physiology:{p.name}") for p in catalog.physiology().parameters.values()),
]


def test_every_file_has_its_form_and_meaning():
    catalog.check()


# -- every parameter --------------------------------------------------------------------------------------------------


@every("parameter", EVERY_PARAMETER)
def test_a_parameter_is_usable(parameter):
    assert parameter.unit in KINDS
    assert parameter.low <= parameter.value <= parameter.high
    assert parameter.meaning
    assert parameter.variability >= 0.0
    assert parameter.uncertainty >= 0.0
    if parameter.scale == "logit":
        assert 0.0 < parameter.value < 1.0


@pytest.mark.parametrize("parameter", catalog.physiology().parameters.values(), ids=lambda parameter: parameter.name)
def test_bounds_of_physiology_leave_room_for_most_people(parameter):
    assert not rules.bounds_cut_people(parameter)


@pytest.mark.parametrize("substance_id", ["ketamine", "esketamine"])
def test_only_the_very_slow_store_is_a_hypothesis(substance_id):
    hypotheses = {name for name, parameter in SUBSTANCES[substance_id].parameters.items() if parameter.hypothesis}

    assert {"ketamine.intercompartmental_clearance_3", "ketamine.release_half_life_3"} == hypotheses


# -- the numbers, typed a second time ---------------------------------------------------------------------------------

# moiety: parameter: (value, CV between people or 0, uncertainty of the typical value); logit ones in FRACTIONS
DISPOSITION = {
    "ketamine": {
        "clearance": (88, 0.25, 0.10),
        "central_volume": (30, 0.30, 0.30),
        "intercompartmental_clearance_1": (170, 0.25, 0.25),
        "peripheral_volume_1": (130, 0.25, 0.20),
        "intercompartmental_clearance_2": (24, 0.30, 0.20),
        "peripheral_volume_2": (250, 0.35, 0.20),
        "intercompartmental_clearance_3": (0.30, 0.80, 0.70),
        "release_half_life_3": (216, 0.50, 0.40),
        "permeability_surface": (65, 0, 0.5),
        "renal_factor": (1, 0.30, 0),
        "residual_factor": (1, 0.30, 0),
    },
    "norketamine": {
        "clearance": (40, 0.30, 0.20),
        "central_volume": (40, 0.30, 0.25),
        "intercompartmental_clearance_1": (58, 0, 0.25),
        "peripheral_volume_1": (245, 0.30, 0.20),
        "permeability_surface": (14, 0, 0.6),
        "renal_factor": (1, 0.30, 0),
        "residual_factor": (1, 0.30, 0),
    },
    "dehydronorketamine": {
        "clearance": (10, 0.35, 0.35),
        "central_volume": (25, 0, 0.35),
        "intercompartmental_clearance_1": (25, 0, 0.35),
        "peripheral_volume_1": (120, 0.30, 0.35),
        "permeability_surface": (1, 0, 1.0),
        "secretion_clearance": (80, 0, 0.4),
        "renal_factor": (1, 0.30, 0),
        "residual_factor": (1, 0.40, 0),
    },
    "hydroxynorketamine": {
        "clearance": (27, 0.35, 0.35),
        "central_volume": (100, 0, 0.35),
        "intercompartmental_clearance_1": (60, 0, 0.35),
        "peripheral_volume_1": (115, 0, 0.35),
        "permeability_surface": (1, 0, 1.0),
        "renal_factor": (1, 0.30, 0),
        "residual_factor": (1, 0.40, 0),
    },
}
FRACTIONS = {
    "norketamine.formation_fraction": 0.80,
    "dehydronorketamine.formation_fraction": 0.12,
    "hydroxynorketamine.formation_fraction": 0.50,
    "ketamine.fraction_unbound": 0.55,
    "norketamine.fraction_unbound": 0.50,
    "dehydronorketamine.fraction_unbound": 0.60,
    "hydroxynorketamine.fraction_unbound": 0.60,
}
# pKa and its uncertainty
BASES = {
    "ketamine": (7.5, 0.1),
    "norketamine": (6.65, 0.3),
    "dehydronorketamine": (6.0, 0.7),
    "hydroxynorketamine": (6.3, 0.7),
}
MOLAR_MASSES = {"ketamine": 237.73, "norketamine": 223.70, "dehydronorketamine": 221.68, "hydroxynorketamine": 239.70}
# route, single dose: share as ketamine on the spot, share as ketamine after swallowing, share as norketamine
ABSORBED = {
    ("intravenous", 35): (1.0, 0.0, 0.0),
    ("intramuscular", 35): (0.93, 0.0, 0.05),
    ("subcutaneous", 35): (0.90, 0.0, 0.05),
    ("nasal-spray", 28): (0.54, 0.086, 0.23),
    ("nasal-spray", 56): (0.42, 0.104, 0.29),
    ("nasal-spray", 84): (0.42, 0.104, 0.29),
    ("intranasal-powder", 100): (0.33, 0.096, 0.39),
    ("sublingual", 150): (0.20, 0.098, 0.53),
    ("oral", 50): (0.0, 0.16, 0.65),
    ("oral-extended-release", 80): (0.0, 0.15, 0.65),
    ("rectal", 100): (0.10, 0.136, 0.51),
    ("inhaled", 50): (0.60, 0.02, 0.08),
}


@pytest.mark.parametrize("moiety", DISPOSITION)
def test_disposition_is_as_recommended(moiety):
    data = SUBSTANCES["ketamine"].parameters
    for name, (value, cv, uncertainty) in DISPOSITION[moiety].items():
        parameter = data[f"{moiety}.{name}"]
        result = (parameter.value, np.sqrt(np.expm1(parameter.variability**2)), parameter.uncertainty)
        assert result == pytest.approx((value, cv, uncertainty), abs=1e-12), name


@pytest.mark.parametrize("name", FRACTIONS)
def test_fractions_are_as_recommended(name):
    assert FRACTIONS[name] == SUBSTANCES["ketamine"].parameters[name].value


@pytest.mark.parametrize("moiety", BASES)
def test_molecules_are_as_recommended(moiety):
    substance = SUBSTANCES["ketamine"]
    pka = substance.parameters[f"{moiety}.pka"]

    assert (pka.value, pka.uncertainty) == BASES[moiety]
    assert substance.moiety(moiety).molar_mass.value == MOLAR_MASSES[moiety]


def form_for(route, amount_mg):
    return next(form for form in route.forms if form.up_to_mg is None or amount_mg <= form.up_to_mg)


@pytest.mark.parametrize(("route", "amount_mg"), ABSORBED)
def test_absorbed_shares_are_as_recommended(route, amount_mg):
    substance = SUBSTANCES["ketamine"]
    result = {"direct": 0.0, "swallowed": 0.0, "norketamine": 0.0}
    for path in form_for(substance.routes[route], amount_mg).paths:
        for analyte in path.delivers:
            share = substance.parameters[f"{path.prefix}.fraction_{analyte}"].value
            place = "swallowed" if path.prefix.endswith(".swallowed") else "direct"
            result[place if analyte == "ketamine" else analyte] += share

    assert tuple(result.values()) == pytest.approx(ABSORBED[route, amount_mg])


def test_esketamine_differs_from_the_racemate_only_where_it_is_known_to():
    racemate, s_form = SUBSTANCES["ketamine"], SUBSTANCES["esketamine"]
    changed = {name for name, parameter in s_form.parameters.items() if parameter != racemate.parameters[name]}

    assert {"dehydronorketamine.formation_fraction", "hydroxynorketamine.formation_fraction"} == changed
    for name in changed:  # R/S 1.8 in plasma: S makes 2 / 2.8 = 0.71 of the mean; 0.72 was recommended
        assert s_form.parameters[name].value / racemate.parameters[name].value == pytest.approx(0.72)


def test_the_salt_is_as_its_molar_mass_says():
    salt = SUBSTANCES["ketamine"].salts[0]

    # 237.73 / 274.19 = 0.8670; the label's 28 / 32.3 is rounded to three figures, hence 0.001.
    assert salt.base_fraction.value == pytest.approx(237.73 / 274.19, abs=1e-3)


# -- assays -----------------------------------------------------------------------------------------------------------


def test_no_assay_that_was_collected_is_lost():
    assert {registered.id for registered in catalog.assays()} >= COLLECTED


def test_assays_without_a_cutoff_in_urine_say_why():
    without = {registered.id: registered.because for registered in catalog.assays() if registered.assay is None}

    assert set(without) >= WITHOUT_CUTOFF
    assert all(without.values())


def test_assays_name_substances_that_exist():
    assert {name for registered in catalog.assays() for name in registered.substances} <= set(SUBSTANCES)


@every("assay_id", sorted(COLLECTED - WITHOUT_CUTOFF))
def test_imprecision_is_as_assumed_for_its_kind(assay_id):
    registered = catalog.assay(assay_id)
    assumed = {"immunoassay": 0.15, "mass-spectrometry": 0.10}

    assert assumed[registered.kind] == registered.assay.imprecision_cv
    assert "assumed" == registered.assay.imprecision_origin.basis


def test_cross_reactivity_is_stated_only_where_a_number_is_known():
    known = {
        registered.id: dict(component.weights)
        for registered in catalog.assays()
        if registered.assay is not None
        for component in registered.assay.components
        if len(component.weights) > 1
    }

    assert {"neogen-elisa": {"ketamine": 1.0, "norketamine": 0.021}} == {
        name: known[name] for name in COLLECTED & set(known)
    }


# -- sources ----------------------------------------------------------------------------------------------------------


def docstring_citekeys():
    """Citekeys under the References heading of a docstring, with the file they stand in."""
    for path in sorted((ROOT / "detectapi").rglob("*.py")):
        for block in re.findall(
            r"References\n\s*-{10}\n((?:\s+\S.*\n)+?)\s*(?:\"\"\"|\n)", path.read_text(encoding="utf-8")
        ):
            for line in block.splitlines():
                yield path.relative_to(ROOT).as_posix(), line.strip().split(",")[0].split(" ")[0]


def test_citekeys_of_docstrings_are_in_the_references():
    cited = list(docstring_citekeys())

    assert cited
    assert [(path, key) for path, key in cited if key not in catalog.references()] == []


def test_a_number_recalled_is_never_called_measured():
    recalled = {key for key, reference in catalog.references().items() if reference.access == "recalled"}
    numbers = [p.origin for s in SUBSTANCES.values() for p in s.parameters.values()]

    assert recalled
    assert not recalled & {origin.source for origin in numbers}


# -- words ------------------------------------------------------------------------------------------------------------


def test_no_text_of_an_assay_speaks_of_defeating_a_test():
    for registered in catalog.assays():
        assert rules.defeating(catalog.assay_card(registered)) == []


@pytest.mark.parametrize("substance", [SUBSTANCES[name] for name in ("ketamine", "esketamine")], ids=lambda s: s.id)
@pytest.mark.parametrize("analyte", ["ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine"])
def test_only_studied_uses_are_graded_above_extrapolation(substance, analyte):
    for route in substance.routes:
        for pattern in substance_form.PATTERNS:
            grade = evidence.grade(substance, (route,), pattern, (analyte,)).grade
            studied = substance.id == "ketamine" and route == "oral" and pattern == "single" and analyte[0] != "h"
            expected = "hypothesis" if pattern == "chronic" else "calibrated" if studied else "extrapolated"
            assert expected == grade, (route, pattern)


# -- words that stand in two places by design -------------------------------------------------------------------------


def test_form_and_meaning_use_the_same_words():
    assert substance_form.BASES == parameters.BASES
    assert substance_form.SCALES == parameters.SCALES
    assert substance_form.EFFECT_FORMS == parameters.FORMS
    assert substance_form.CHARGES == moieties.CHARGES
    assert substance_form.PATH_KINDS == substance_file.PATH_KINDS
    assert substance_form.PATTERNS == parameters.PATTERNS
    assert vocabulary.EVIDENCE_GRADES == substance_file.GRADES == evidence.GRADES
    assert reference_form.ACCESS == registries.ACCESS
    assert assay_form.KINDS == assay_registry.KINDS
    assert assay_form.STAGES == assay_registry.STAGES
    assert vocabulary.CKD_STAGES == population.CKD_STAGES


def test_every_form_of_an_effect_can_be_computed():
    assert set(parameters.FORMS) == {*covariates.FORMS, "category"}


def test_every_route_of_the_contract_has_words_and_data():
    assert set(vocabulary.ROUTES) >= {route for substance in SUBSTANCES.values() for route in substance.routes}


def test_a_unit_is_converted_to_the_canonical_one():
    assert convert(1.5, "L/min", "L/h") == pytest.approx(90.0)
    assert convert(90.0, "min", "h") == pytest.approx(1.5)
    assert convert(0.6, "L/h", "mL/min") == pytest.approx(10.0)
    assert convert(0.1, "L/h", "L/h") == 0.1


def test_units_of_different_kinds_do_not_convert():
    with pytest.raises(ValueError):
        convert(1.0, "kg", "L")
    with pytest.raises(ValueError):
        convert(1.0, "furlong", "h")


@pytest.mark.parametrize("former", ["dot-urine-panel", "as-nzs-4308"])
def test_ids_of_the_first_release_are_understood_and_listed_once(former):
    panel = catalog.panel(former)

    assert panel is not None
    assert former in panel.formerly
    assert former not in {assay.id for assay in catalog.assays()}
    assert former not in catalog.panels()
