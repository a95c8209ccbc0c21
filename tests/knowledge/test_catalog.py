"""Looking things up by the words people use, and adding a substance by writing a file."""

import json
import shutil
from pathlib import Path

import pytest

from detectapi.knowledge import catalog
from detectapi.values.errors import CatalogError, InputError, NotSupported, UnknownSubstance

EXTRA = Path(__file__).parents[1] / "data" / "extra"
TOY = (EXTRA / "substances" / "toy.toml").read_text(encoding="utf-8")
KETAMINE = catalog.substance("ketamine")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of one's own that holds the toy substance."""
    shutil.copytree(EXTRA, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return tmp_path


def write(folder, text, name="substances/toy.toml"):
    (folder / name).write_text(text, encoding="utf-8")


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["ketamine", "Ketamine", " KETAMINE", "racemic ketamine", "Ketalar"])
def test_a_substance_is_found_by_id_name_and_alias(word):
    assert "ketamine" == catalog.substance(word).id


@pytest.mark.parametrize("word", ["esketamine", "S-ketamine", "(S)-ketamine", "Spravato"])
def test_esketamine_is_found_by_its_names(word):
    assert "esketamine" == catalog.substance(word).id


def test_a_mistyped_substance_is_refused_with_the_nearest():
    with pytest.raises(UnknownSubstance) as caught:
        catalog.substance("ketamin")

    assert "ketamine" in caught.value.allowed
    assert "ketamin." not in caught.value.message.replace("ketamine", "")


@pytest.mark.parametrize(
    ("word", "route"),
    [
        ("intravenous", "intravenous"),
        ("IV", "intravenous"),
        ("i.v.", "intravenous"),
        ("infusion", "intravenous"),
        ("im", "intramuscular"),
        ("SC", "subcutaneous"),
        ("nasal_spray", "nasal-spray"),
        ("Nasal Spray", "nasal-spray"),
        ("insufflated", "intranasal-powder"),
        ("snorted", "intranasal-powder"),
        ("troche", "sublingual"),
        ("buccal", "sublingual"),
        ("wafer", "sublingual"),
        ("po", "oral"),
        ("by mouth", "oral"),
        ("XR", "oral-extended-release"),
        ("prolonged-release", "oral-extended-release"),
        ("suppository", "rectal"),
        ("PR", "rectal"),
        ("nebulized", "inhaled"),
    ],
)
def test_everyday_words_mean_a_route(word, route):
    assert route == catalog.resolve_route(KETAMINE, word).id


@pytest.mark.parametrize("word", ["intranasal", "nasal", "in", "epidural", ""])
def test_a_word_that_means_no_route_or_two_is_refused_with_the_routes(word):
    with pytest.raises(NotSupported) as caught:
        catalog.resolve_route(KETAMINE, word, "/doses/0/route")

    assert "/doses/0/route" == caught.value.pointer
    assert caught.value.allowed == list(KETAMINE.routes)


@pytest.mark.parametrize(
    ("word", "analyte"),
    [
        ("ketamine", "ketamine"),
        ("K", "ketamine"),
        ("NK", "norketamine"),
        ("Norketamine", "norketamine"),
        ("dhnk", "dehydronorketamine"),
        ("5,6-dehydronorketamine", "dehydronorketamine"),
        ("HNK", "hydroxynorketamine"),
    ],
)
def test_names_and_abbreviations_mean_an_analyte(word, analyte):
    assert analyte == catalog.resolve_analyte(KETAMINE, word).id


def test_an_unknown_analyte_is_refused_with_the_analytes():
    with pytest.raises(NotSupported) as caught:
        catalog.resolve_analyte(KETAMINE, "morphine", "/assay/target")

    assert "/assay/target" == caught.value.pointer
    assert ["ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine"] == caught.value.allowed


def test_an_assay_is_found_by_id():
    assert "mayo-ketau" == catalog.assay("Mayo-KETAU").id
    assert catalog.assay(KETAMINE.default_assay).assay is not None


def test_an_unknown_assay_is_refused_with_the_nearest():
    with pytest.raises(InputError) as caught:
        catalog.assay("mayo-ketu")

    assert "/assay" == caught.value.pointer
    assert "mayo-ketau" in caught.value.allowed


# -- cards ------------------------------------------------------------------------------------------------------------


def origins(value):
    """Every origin within a card."""
    if isinstance(value, dict):
        if "basis" in value:
            yield value
        for inner in value.values():
            yield from origins(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from origins(inner)


@pytest.mark.parametrize("substance_id", ["ketamine", "esketamine"])
def test_a_card_is_plain_data_with_every_source_written_out(substance_id):
    card = catalog.as_card(catalog.substance(substance_id))

    assert json.loads(json.dumps(card, allow_nan=False)) == card
    assert len(card["parameters"]) == len(catalog.substance(substance_id).parameters)
    for origin in origins(card):
        assert origin["reason"] if origin["basis"] == "assumed" else origin["source"]["citation"] and origin["locator"]


def test_every_number_of_a_card_has_an_origin():
    card = catalog.as_card(KETAMINE)
    numbers = [*card["parameters"], *card["correlations"], *card["half_life_model"]["half_lives"]]
    numbers += card["half_life_model"]["fraction_excreted"].values()
    numbers += [effect for parameter in card["parameters"] for effect in parameter["effects"]]
    numbers += [moiety["molar_mass"] for moiety in card["moieties"]]

    assert all(number["origin"]["basis"] in ("measured", "derived", "assumed") for number in numbers)


def test_a_card_shows_the_cv_as_the_file_has_it():
    clearance = next(p for p in catalog.as_card(KETAMINE)["parameters"] if p["name"] == "ketamine.clearance")

    assert 0.25 == clearance["variability"]["cv"]


def test_assay_cards_are_plain_data():
    for registered in catalog.assays():
        card = catalog.assay_card(registered)
        assert json.loads(json.dumps(card, allow_nan=False)) == card
        assert (card["test"] is None) == bool(card["because"])


def test_a_citation_says_how_a_source_was_consulted():
    references = catalog.references()

    assert references["wieber1975"].citation.endswith("[cited from memory]")
    assert references["perezruixo2021"].citation.endswith("[known second-hand]")
    assert references["fanta2015"].citation.endswith("doi:10.1007/s00228-015-1826-y")


# -- adding a substance by writing a file -----------------------------------------------------------------------------


def test_a_substance_of_ones_own_is_found(folder):
    packaged = {file.stem for file in (catalog.PACKAGED / "substances").glob("*.toml")}

    assert "toy" == catalog.substance("toy salt").id
    assert sorted({*packaged, "toy"}) == [substance.id for substance in catalog.substances()]
    assert "toy-test" == catalog.assay("toy-test").id
    catalog.check()


def test_numbers_are_brought_to_canonical_units(folder):
    toy = catalog.substance("toy")
    clearance = toy.parameters["toy.clearance"]

    assert (30.0, 3.0, 300.0, "L/h") == (clearance.value, clearance.low, clearance.high, clearance.unit)
    assert 0.25 == toy.parameters["oral.lag_time"].value
    assert (2.0, 3.0) == (toy.half_life_model.half_lives[0].low, toy.half_life_model.half_lives[0].high)


def test_a_changed_folder_is_noticed_without_a_restart(folder, monkeypatch):
    assert "toy" == catalog.substance("toy").id

    monkeypatch.delenv("DETECTAPI_DATA")

    with pytest.raises(UnknownSubstance):
        catalog.substance("toy")


@pytest.fixture
def extension(folder):
    """The toy's folder with a second substance that extends it; the text of its file."""
    head = TOY[: TOY.index("[[moieties]]")].replace('"toy"', '"toytwo"').replace("toy salt", "toy two")
    text = head + 'extends = "toy"\n'
    write(folder, text, "substances/toytwo.toml")
    assays = (folder / "assays.toml").read_text(encoding="utf-8")
    write(folder, assays.replace('["toy"]', '["toy", "toytwo"]'), "assays.toml")
    return text


def test_a_substance_that_extends_another_takes_the_rest_from_it(folder, extension):
    assert catalog.substance("toytwo").parameters == catalog.substance("toy").parameters


def test_what_an_extension_says_itself_comes_first(folder, extension):
    before = catalog.substance("toytwo")
    rule = '[[evidence]]\ngrade = "calibrated"\nbecause = "Its own."\nsources = []\n'
    interactions = '[interactions]\njuice = "Its own."\n'
    note = '[[notes]]\ncode = "own"\nmessage = "Its own."\n'
    write(folder, f"{extension}\n{rule}\n{note}\n{interactions}", "substances/toytwo.toml")
    catalog.forget()
    after = catalog.substance("toytwo")

    assert ["calibrated", "extrapolated", "hypothesis"] == [rule.grade for rule in after.evidence]
    assert ["own", "a-toy"] == [note.code for note in after.notes]
    assert {"juice": "Its own."} == after.interactions
    assert len({before.sha256, after.sha256, catalog.substance("toy").sha256}) == 3


def test_the_digest_covers_the_file_that_is_extended(folder, extension):
    before = catalog.substance("toytwo").sha256
    write(folder, TOY.replace("value = 100\n", "value = 101\n"))
    catalog.forget()

    assert before != catalog.substance("toytwo").sha256


def test_a_folder_that_is_none_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path / "nowhere"))

    with pytest.raises(CatalogError):
        catalog.substances()


def test_a_name_is_found_without_reading_the_other_files(monkeypatch):
    read = []
    monkeypatch.setattr(catalog, "substance", lambda one: read.append(one) or real(one))
    catalog.forget()

    assert catalog.resolve_substance("ketamine") == "ketamine"
    assert not read
    assert catalog.resolve_substance("Adderall") == "amphetamine"
    assert 1 <= len(read) < 5


real = catalog.substance
