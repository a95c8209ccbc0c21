"""The panels of programmes: their analytes, cutoffs and stages, and whether each class has a test for all that can raise it."""

import pytest

from detectapi.knowledge import catalog

HHS = {
    "cannabis": [({"carboxy-thc": 50}, {"carboxy-thc": 15})],
    "cocaine": [({"benzoylecgonine": 150}, {"benzoylecgonine": 100})],
    "opiates": [({"morphine": 2000}, {"codeine": 2000, "morphine": 4000})],
    "hydrocodone": [({"hydrocodone": 300}, {"hydrocodone": 100, "hydromorphone": 100})],
    "oxycodone": [({"oxycodone": 100}, {"oxycodone": 100, "oxymorphone": 100})],
    "heroin": [({"6-acetylmorphine": 10}, {"6-acetylmorphine": 10})],
    "phencyclidine": [({"phencyclidine": 25}, {"phencyclidine": 25})],
    "fentanyl": [({"fentanyl": 1}, {"fentanyl": 1, "norfentanyl": 1})],
    "amphetamines": [
        ({"amphetamine": 500}, {"amphetamine": 250}),
        ({"methamphetamine": 500}, {"methamphetamine": 250, "amphetamine": 100}),
    ],
    "mdma": [({"mdma": 500}, {"mdma": 250, "mda": 250})],
}
"""The table of 90 FR 4662: initial and confirmatory cutoffs. [ng/mL]"""
DOT = {name: tests for name, tests in HHS.items() if name != "fentanyl"} | {
    "opiates": [({"morphine": 2000}, {"codeine": 2000, "morphine": 2000})],
}
"""That of 49 CFR 40.85."""
ANZ_AMPHETAMINES = [
    ({"amphetamine": 300}, {"amphetamine": 150}),
    ({"methamphetamine": 300}, {"methamphetamine": 150, "amphetamine": 150}),
    ({"mdma": 300}, {"mdma": 150, "mda": 150}),
]
ANZ_2023 = {
    "cannabis": [({"carboxy-thc": 50}, {"carboxy-thc": 15})],
    "cocaine": [({"benzoylecgonine": 150}, {"benzoylecgonine": 100})],
    "amphetamines": ANZ_AMPHETAMINES,
    "opiates": [({"morphine": 300}, {"morphine": 300, "codeine": 300, "6-acetylmorphine": 10})],
    "benzodiazepines": [
        (dict.fromkeys(("nordiazepam", "oxazepam", "temazepam", "alpha-hydroxyalprazolam", "7-aminoclonazepam"), 100),)
    ],
}
ANZ_2008 = ANZ_2023 | {
    "cocaine": [({"benzoylecgonine": 300}, {"benzoylecgonine": 150})],
    "benzodiazepines": [
        (
            dict.fromkeys(("diazepam", "nordiazepam", "oxazepam", "temazepam"), 200)
            | dict.fromkeys(("alpha-hydroxyalprazolam", "7-aminoclonazepam"), 100),
        )
    ],
}
EWDTS = {
    "cannabis": [({"carboxy-thc": 50}, {"carboxy-thc": 15})],
    "cocaine": [({"benzoylecgonine": 150}, {"benzoylecgonine": 100})],
    "amphetamines": [({"amphetamine": 500},), ({"methamphetamine": 500},)],
    "opiates": [({"morphine": 300}, {"morphine": 300, "codeine": 300, "6-acetylmorphine": 10})],
    "methadone": [({"eddp": 100}, {"eddp": 75})],
    "buprenorphine": [({"buprenorphine": 5}, {"buprenorphine": 2, "norbuprenorphine": 2})],
}
EXPECTED = {
    "hhs-panel": HHS,
    "dot-panel": DOT,
    "as-nzs-4308-2023-panel": ANZ_2023,
    "as-nzs-4308-2008-panel": ANZ_2008,
    "ewdts-panel": EWDTS,
    "etg-programme": {"alcohol": [({"ethyl-glucuronide": 500}, {"ethyl-glucuronide": 500})]},
    "etg-programme-100": {"alcohol": [({"ethyl-glucuronide": 100},)]},
}
DATES = {
    "hhs-panel": "2026-03-13", "dot-panel": "2023", "as-nzs-4308-2023-panel": "2023", "as-nzs-4308-2008-panel": "2008",
    "ewdts-panel": "2022-10", "etg-programme-100": "2012",
}  # fmt: skip


def written(panel):
    """The analytes with their cutoffs of each stage of each test, by class."""
    return {
        one.id: [
            tuple(
                {part.analyte: part.cutoff_ng_ml for part in stage.components}
                for stage in catalog.assay(name).assay.in_turn
            )
            for name in one.assays
        ]
        for one in panel.classes
    }


@pytest.mark.parametrize("panel", EXPECTED)
def test_a_programme_has_its_analytes_cutoffs_and_stages(panel):
    assert written(catalog.panels()[panel]) == EXPECTED[panel]


def test_a_programme_has_its_date():
    assert {name: catalog.panels()[name].date for name in DATES} == DATES


def test_methamphetamine_needs_amphetamine_beside_it_in_the_united_states_and_either_suffices_in_australia():
    assert catalog.assay("hhs-methamphetamine").assay.stages[-1].rule == "all"
    assert catalog.assay("as-nzs-4308-methamphetamine").assay.stages[-1].rule == "any"


@pytest.mark.parametrize("panel", catalog.panels().values(), ids=lambda panel: panel.id)
def test_each_class_has_a_test_for_every_substance_that_can_raise_it(panel):
    """A substance whose urine holds what a class reads, such as 6-acetylmorphine after heroin, is one that the class is for."""
    for one in panel.classes:
        tests = [catalog.assay(name) for name in one.assays]
        meant = {substance for test in tests for substance in test.substances}
        read = {analyte for test in tests for part in test.assay.every_component for analyte in part.weights}
        raising = {
            substance.id for substance in catalog.substances() if substance.id not in ("toy",)
            and read & {moiety.id for moiety in substance.moieties if not moiety.carrier}
        }  # fmt: skip

        assert raising <= meant, one.id


@pytest.mark.parametrize(
    ("substance", "classes"),
    [
        ("codeine", {"opiates"}),
        ("heroin", {"opiates", "heroin"}),
        ("poppy-seed", {"opiates"}),
        ("lisdexamfetamine", {"amphetamines"}),
        ("methamphetamine", {"amphetamines"}),
        ("mdma", {"mdma"}),
        ("fentanyl", {"fentanyl"}),
    ],
)
def test_a_federal_class_is_for_what_becomes_what_it_reads(substance, classes):
    panel = catalog.panels()["hhs-panel"]

    assert classes == {
        one.id for one in panel.classes for name in one.assays if substance in catalog.assay(name).substances
    }


@pytest.mark.parametrize("panel", catalog.panels().values(), ids=lambda panel: panel.id)
def test_a_panel_says_for_each_substance_why_it_is_not_looked_for_or_has_a_class_for_it(panel):
    meant = {s for one in panel.classes for name in one.assays for s in catalog.assay(name).substances}
    named = [s for said in panel.not_tested for s in said.substances]

    assert len(set(named)) == len(named)
    assert not meant & set(named)
    for said in (panel, *panel.not_tested):
        assert said.because
        assert said.origin.source or said.origin.reason
