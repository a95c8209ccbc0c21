"""The files on the population's body, kidneys and urine: complete, with sources, and refused where they are wrong."""

import tomllib

import pytest

from detectapi.knowledge import DATA, catalog
from detectapi.knowledge.catalog import meaning
from detectapi.knowledge.catalog.population import FILES
from detectapi.knowledge.catalog.reading import parse
from detectapi.values.errors import CatalogError
from tests.support.population import population_of, population_table, shipped_population

MOST_ASSUMED = 5


def origins(value):
    """Every table of a file that says where a number comes from."""
    if isinstance(value, dict):
        if "basis" in value:
            yield value
        for inner in value.values():
            yield from origins(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from origins(inner)


@pytest.fixture(scope="module")
def texts():
    return {name: (DATA / "physiology" / f"{name}.toml").read_text(encoding="utf-8") for name in FILES}


def test_nearly_every_number_was_measured(texts):
    every = [origin for text in texts.values() for origin in origins(tomllib.loads(text))]
    assumed = [origin for origin in every if origin["basis"] == "assumed"]

    assert len(every) > 70
    assert len(assumed) <= MOST_ASSUMED
    assert all(len(origin["reason"]) > 40 for origin in assumed)


@pytest.mark.parametrize("name", FILES)
def test_every_source_is_known_and_was_consulted(name):
    table = population_table(name)

    meaning.check_sources(table, catalog.references())

    assert table.mistakes == []


def test_both_sexes_have_bodies_at_every_age():
    for survey in shipped_population().bodies.values():
        assert survey.ages[0] == 0.0
        assert survey.ages[-1] > 75.0
        assert len(survey.ages) == len(survey.weights) == len(survey.heights)


@pytest.mark.parametrize(
    ("name", "old", "new", "place"),
    [
        ("kidney", 'value = 0.010\nunit = "1/y"', 'value = 0.010\nunit = "kg"', "quantities.gfr.fall"),
        (
            "kidney",
            '[quantities."gfr.fall"]',
            '[quantities."gfr.falls"]',
            "quantities: missing, or not needed by the model",
        ),
        ("kidney", "[ckd_stages.G5]", "[ckd_stages.G6]", "ckd_stages: must be G1"),
        ("kidney", "high = 15\n", "high = 4\n", "ckd_stages.G5.low"),
        (
            "kidney",
            '[gfr_methods."ckid-u25"]',
            '[gfr_methods."ckid"]',
            "gfr_methods: missing, or not needed by the model",
        ),
        ("kidney", "factor = 0.97", "factor = 0", "gfr_methods.ckd-epi-2021.factor"),
        (
            "kidney",
            "dilute_creatinine_mg_dl = 20",
            "dilute_creatinine_mg_dl = nan",
            "specimen_validity.dilute_creatinine_mg_dl",
        ),
        ("kidney", 'source = "cfr49-40-88"\n', "", "specimen_validity.source"),
        ("urine", "age_y = 3.5,", "age_y = 0.5,", "courses.urine_flow_ml_h.points"),
        ("urine", "value = 22, basis", "value = 0, basis", "courses.urine_flow_ml_h.points"),
        (
            "urine",
            '[courses."void_interval_h"]',
            '[courses."void_interval"]',
            "courses: missing, or not needed by the model",
        ),
        ("body", "correlation = 0.43", "correlation = 0.43\nextra = 1", "bodies.male.adult.extra"),
        ("body", "[0, 0.083, 0.167,", "[0, 0.083, 0.083,", "bodies.male.medians"),
        ("body", "[bodies.male.adult]", "[bodies.man.adult]", "bodies"),
    ],
)
def test_a_wrong_file_is_refused(texts, name, old, new, place):
    assert old in texts[name]
    changed = texts | {name: texts[name].replace(old, new, 1)}

    with pytest.raises(CatalogError) as caught:
        population_of([parse(changed[file].encode(), f"physiology/{file}.toml") for file in FILES])

    assert place in caught.value.message.replace('"', "")


def test_surveys_are_of_known_sources_and_say_where_a_number_stands():
    known = tomllib.loads((DATA / "physiology" / "surveys.toml").read_text(encoding="utf-8"))["surveys"]

    assert {one["source"] for one in known} <= set(catalog.references())
    assert all(one["locator"] for one in known)
