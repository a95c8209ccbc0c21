"""Wrong data files: each mistake is refused with the file and the key it stands at."""

import copy
import functools
import random
import shutil
import tomllib
from datetime import date
from pathlib import Path

import pytest
from every import every

from detectapi.knowledge import catalog
from detectapi.knowledge.catalog import form, registries, substance_file
from detectapi.knowledge.catalog.reading import Table, reading
from detectapi.values.errors import CatalogError

EXTRA = Path(__file__).parents[1] / "data" / "extra"
TOY = (EXTRA / "substances" / "toy.toml").read_text(encoding="utf-8")

CLEARANCE = '[parameters."toy.clearance"]\n'
VALUE = 'value = 0.5\nunit = "L/min"'
SOURCE = 'source = "fanta2015"\nlocator'
UNBOUND = 'high = 0.9\nmeaning = "unbound"'
VOLUME = 'meaning = "volume"\nbasis = "assumed"\n'
MODEL = "[half_life_model]\n"
PATHS = '[[routes.forms]]\npaths = [{ prefix = "oral", kind = "first-order"'
ASSUMED = 'basis = "assumed"\nreason = "a toy"\n'
ONE_MORE = f"""[parameters."toy.colour"]
value = 1
unit = "1"
scale = "log"
uncertainty = 0
low = 1
high = 1
meaning = "colour"
{ASSUMED}
"""


def correlation(names, value):
    return f"[[correlations]]\nparameters = {names}\nvalue = {value}\n{ASSUMED}\n{MODEL}"


def daughter(keys):
    mass = 'molar_mass = { value = 200, unit = "g/mol", basis = "assumed", reason = "a toy" }'
    return f"[[moieties]]\n{keys}\nperipherals = 0\n{mass}\n\n[[effects.growth]]"


# what is wrong: (in the toy's file, this, becomes this, and the refusal names this place)
WRONG = {
    "not TOML": ("schema_version = 1", "schema_version = ", "not TOML"),
    "another version": ("schema_version = 1", "schema_version = 2", "schema_version"),
    "another id": (
        'id = "toy"\nname = "Toyamine"\nali',
        'id = "other"\nname = "Toyamine"\nali',
        "id: must be the name",
    ),
    "unknown key at the top": ("revision = 1", 'revision = 1\ncolour = "red"', " colour"),
    "unknown key of a parameter": (CLEARANCE, CLEARANCE + 'colour = "red"\n', 'parameters."toy.clearance".colour'),
    "unknown key of a route": ("accepts_duration = false", "accepts_duration = false\ncolour = 1", "routes[0].colour"),
    "text for a number": (VALUE, VALUE.replace("0.5", '"0.5"'), 'parameters."toy.clearance".value'),
    "a truth value for a number": (VALUE, VALUE.replace("0.5", "true"), 'parameters."toy.clearance".value'),
    "NaN": (VALUE, VALUE.replace("0.5", "nan"), 'parameters."toy.clearance".value'),
    "infinity": ("high = 5\n", "high = inf\n", 'parameters."toy.clearance".high'),
    "no basis": ('basis = "measured"\n', "", 'parameters."toy.clearance".basis'),
    "a basis of its own": ('basis = "measured"\n', 'basis = "guessed"\n', 'parameters."toy.clearance".basis'),
    "no source": (SOURCE, "locator", 'parameters."toy.clearance".source'),
    "no locator": ('locator = "nowhere: a toy"\n', "", 'parameters."toy.clearance".locator'),
    "assumed without a reason": (VOLUME + "reason", VOLUME + "#", 'parameters."toy.central_volume".reason'),
    "assumed with a source": (VOLUME, VOLUME + 'source = "fanta2015"\n', 'parameters."toy.central_volume".source'),
    "an unknown citekey": (SOURCE, SOURCE.replace("fanta2015", "nobody1900"), 'parameters."toy.clearance".source'),
    "a source recalled only": (SOURCE, SOURCE.replace("fanta2015", "wieber1975"), 'parameters."toy.clearance".source'),
    "an unknown citekey of evidence": ('sources = ["fanta2015"]', 'sources = ["nobody1900"]', "evidence[0].source"),
    "no meaning": ('meaning = "total clearance"\n', "", 'parameters."toy.clearance".meaning'),
    "a unit of another kind": ('unit = "L/min"', 'unit = "kg"', 'parameters."toy.clearance".unit'),
    "a value outside its bounds": ("value = 100\n", "value = 1001\n", 'parameters."toy.central_volume".value'),
    "a log value that may be 0": ("low = 0.05\n", "low = 0\n", 'parameters."toy.clearance".low'),
    "a fraction above 1": (UNBOUND, UNBOUND.replace("0.9", "1.1"), 'parameters."toy.fraction_unbound".value'),
    "a scale of its own": ('"log"\ninterindividual_cv = 0.5', '"cube"', 'parameters."toy.clearance".scale'),
    "a CV of a fraction": ("interindividual_sd", "interindividual_cv", '"toy.fraction_unbound".interindividual_cv'),
    "two variabilities": (
        "interindividual_cv = 0.5",
        "interindividual_cv = 0.5\ninterspecimen_cv = 0.5",
        'parameters."toy.clearance".interspecimen_cv',
    ),
    "a variability of zero": (
        "interindividual_cv = 0.5",
        "interindividual_cv = 0",
        '"toy.clearance".interindividual_cv',
    ),
    "a negative uncertainty": ("0.2\nlow = 0.05", "-0.2\nlow = 0.05", 'parameters."toy.clearance".uncertainty'),
    "no uncertainty": ("uncertainty = 0.2\nlow = 0.05", "low = 0.05", 'parameters."toy.clearance".uncertainty'),
    "a parameter missing": ('[parameters."toy.pka"]', '[parameters."toy.pkb"]', "toy.pka is missing"),
    "a parameter too many": (CLEARANCE, ONE_MORE + CLEARANCE, 'parameters."toy.colour"'),
    "effects that are not there": ('effects = ["growth"]', 'effects = ["growht"]', "effects.growth"),
    "effects that are not there beside some": (
        'effects = ["growth"]',
        'effects = ["growth", "x"]',
        '"toy.clearance".effects',
    ),
    "an unknown covariate": ('covariate = "weight_kg"', 'covariate = "shoe_size"', "effects.growth[0].covariate"),
    "a form that does not suit": ('form = "power"', 'form = "category"', "effects.growth[0].form"),
    "a reference weight of zero": ("reference = 70", "reference = 0", "effects.growth[0].reference"),
    "a clip the wrong way round": ("reference = 70", "reference = 70\nclip = [9, 3]", "effects.growth[0].clip"),
    "a factor of zero": ("juice = 0.5", "juice = 0", "effects.loss[0].factors.juice"),
    "an interaction without effect": ("[interactions]\n", '[interactions]\ntea = "Tea."\n', "interactions"),
    "a root formed from something": (
        "peripherals = 0",
        'peripherals = 0\nformed_from = "toy"',
        "moieties[0].formed_from",
    ),
    "a second root": ("[[effects.growth]]", daughter('id = "b"\nname = "B"'), "moieties[1].formed_from"),
    "a broken tree": (
        "[[effects.growth]]",
        daughter('id = "b"\nname = "B"\nformed_from = "nobody"'),
        "moieties[1].formed_from",
    ),
    "two molecules of one name": (
        "[[effects.growth]]",
        daughter('id = "t"\nname = "B"\nformed_from = "toy"'),
        "moieties[1].abbreviations",
    ),
    "a daughter without parameters": (
        "[[effects.growth]]",
        daughter('id = "b"\nname = "B"\nformed_from = "toy"'),
        "b.clearance is missing",
    ),
    "too many compartments": ("peripherals = 0", "peripherals = 4", "moieties[0].peripherals"),
    "a compartment without volume": (
        "peripherals = 0",
        "peripherals = 1",
        "toy.intercompartmental_clearance_1 is missing",
    ),
    "an unknown route": ('[[routes]]\nid = "oral"', '[[routes]]\nid = "telepathic"', "routes[0].id"),
    "an unknown path": ('kind = "first-order"', 'kind = "second-order"', "routes[0].forms[0].paths[0].kind"),
    "a path to nowhere": ('delivers = ["toy"]', 'delivers = ["toyol"]', "routes[0].forms[0].paths[0].delivers"),
    "no form for large doses": ("[[routes.forms]]\n", "[[routes.forms]]\nup_to_mg = 10\n", "routes[0].forms"),
    "an infusion beside a release": (
        "accepts_duration = false\n\n" + PATHS,
        "accepts_duration = true\n\n" + PATHS.replace("first", "zero"),
        "routes[0].accepts_duration",
    ),
    "a route without half-life": ('routes = ["oral"]\nlow', 'routes = ["rectal"]\nlow', "half_life_model.half_lives"),
    "a half-life in litres": (
        'high = 180\nunit = "min"',
        'high = 180\nunit = "L"',
        "half_life_model.half_lives[0].unit",
    ),
    "half-lives the wrong way round": ("high = 180", "high = 18", "half_life_model.half_lives[0].low"),
    "more excreted than given": ("{ value = 0.3", "{ value = 3", "half_life_model.fraction_excreted"),
    "a grade of its own": ('grade = "hypothesis"', 'grade = "certain"', "evidence[1].grade"),
    "no evidence for the rest": ('"hypothesis"', '"hypothesis"\npatterns = ["single"]', "evidence"),
    "a note for an unknown pattern": ('["single"]\nmessage', '["sometimes"]\nmessage', "notes[0].patterns"),
    "an assay for another substance": ('assay = "toy-test"', 'assay = "mayo-ketau"', "default_assay"),
    "an assay that is not there": ('assay = "toy-test"', 'assay = "nowhere"', "default_assay"),
    "an assay without a cutoff": ('assay = "toy-test"', 'assay = "ids-elisa"', "default_assay"),
    "extending itself": ("revision = 1", 'revision = 1\nextends = "toy"', "extends"),
    "extending what is not there": ("revision = 1", 'revision = 1\nextends = "nothing"', "extends"),
    "extending what extends": ("revision = 1", 'revision = 1\nextends = "esketamine"', "extends"),
    "a correlation of one": (MODEL, correlation('["toy.clearance"]', 0.5), "correlations[0].parameters"),
    "a correlation of what does not vary": (
        MODEL,
        correlation('["toy.clearance", "toy.pka"]', 0.5),
        "correlations[0].parameters",
    ),
    "a perfect correlation": (
        MODEL,
        correlation('["toy.clearance", "toy.renal_factor"]', 1),
        "correlations[0].value",
    ),
}
# Mistakes of form that the schemas find as well; the rest need meaning.
FORM = (
    "another version",
    "unknown key at the top",
    "unknown key of a parameter",
    "unknown key of a route",
    "text for a number",
    "a truth value for a number",
    "NaN",
    "infinity",
    "no basis",
    "a basis of its own",
    "no source",
    "no locator",
    "assumed without a reason",
    "assumed with a source",
    "no meaning",
    "two variabilities",
    "no uncertainty",
    "too many compartments",
    "an unknown path",
    "a grade of its own",
    "a note for an unknown pattern",
    "a correlation of one",
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A data folder of one's own that holds the toy substance."""
    shutil.copytree(EXTRA, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("DETECTAPI_DATA", str(tmp_path))
    catalog.forget()
    return tmp_path


def refusal(folder, text, name="substances/toy.toml", ask=lambda: catalog.substance("toy")):
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        ask()
    return caught.value.message


def spoil(old, new):
    assert TOY.count(old) == 1, "the line to spoil must be there once"
    return TOY.replace(old, new)


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_refused_where_it_stands(folder, mistake):
    old, new, place = WRONG[mistake]
    message = refusal(folder, spoil(old, new))

    assert message.startswith("substances/toy.toml: ")
    assert place in message


@pytest.mark.parametrize("mistake", FORM)
def test_the_forms_find_mistakes_of_form(folder, mistake):
    old, new, _ = WRONG[mistake]
    file = folder / "substances" / "toy.toml"
    file.write_text(spoil(old, new), encoding="utf-8")

    assert form.substance_mistakes(file)


# -- all mistakes of a file at once -----------------------------------------------------------------------------------

# After these it is not known what else should be there: whether a source is needed, what a bound must be.
LEAVES_OPEN = (
    "not TOML",
    "no basis",
    "a basis of its own",
    "a scale of its own",
    "an unknown covariate",
    "a form that does not suit",
    "an unknown route",
)


@pytest.mark.parametrize("seed", range(20))
def test_mistakes_are_reported_all_at_once(folder, seed):
    """Spoil the file at as many places as go together, in an order made by chance: each place is in the refusal."""
    names = [name for name in WRONG if name not in LEAVES_OPEN]
    random.Random(seed).shuffle(names)
    text, places = TOY, []
    for old, new, place in (WRONG[name] for name in names):
        if text.count(old) == 1 and all(made in text.replace(old, new) for made, _ in places):
            text = text.replace(old, new)
            places.append((new, place))
    message = refusal(folder, text)

    assert len(places) > 10
    assert [place for _, place in places if place not in message] == []


def test_a_mistake_of_form_and_one_of_meaning_are_reported_together(folder):
    text = spoil("revision = 1", "revision = 0").replace('"2026-11-23"', '"lately"').replace("high = 180", "high = 18")
    lines = refusal(folder, text, ask=catalog.check).splitlines()

    assert {"revision", "reviewed", "half_life_model.half_lives[0].low"} == {line.split(": ")[1] for line in lines}


def test_mistakes_of_several_files_are_reported_together(folder):
    assays = (folder / "assays.toml").read_text(encoding="utf-8")
    (folder / "assays.toml").write_text(assays.replace("cutoff_ng_ml = 10", "cutoff_ng_ml = 0"), encoding="utf-8")
    message = refusal(folder, spoil("high = 180", "high = 18"), ask=catalog.check)

    assert "assays.toml: assays.toy-test.components[0].cutoff_ng_ml" in message
    assert "substances/toy.toml: half_life_model.half_lives[0].low" in message


def places(value, path=()):
    """The path of every value within a file."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from places(item, (*path, key))


DATA = tomllib.loads(TOY)


@every("path", list(places(DATA)), ids=lambda path: ".".join(map(str, path)))
def test_a_value_of_another_type_is_a_mistake_and_nothing_worse(path):
    for wrong in (date(2026, 1, 1), {}, [[]]):
        data = copy.deepcopy(DATA)
        table = functools.reduce(lambda inner, key: inner[key], path[:-1], data)
        table[path[-1]] = wrong
        root = Table(data, "toy.toml")
        root.schema_version()
        substance_file.substance(root, "", ["oral"], {})

        assert root.mistakes or (path[0], wrong) == ("interactions", {})


@pytest.mark.parametrize(
    ("name", "value"), [("dehydronorketamine.formation_fraction", 0.55), ("oral.swallowed.fraction_norketamine", 0.89)]
)
def test_more_than_all_is_refused(folder, name, value):
    """0.55 + 0.50 of norketamine's loss; 0.16 + 0.89 of an oral dose."""
    head = TOY[: TOY.index("[[moieties]]")].replace("revision = 1", 'revision = 1\nextends = "ketamine"')
    own = f"""[parameters."{name}"]
value = {value}
unit = "1"
scale = "logit"
uncertainty = 0
low = 0.01
high = 0.99
meaning = "too much"
{ASSUMED}"""

    assert f"{name} is more than 1" in refusal(folder, head + own).replace(
        " + hydroxynorketamine.formation_fraction", ""
    )


@pytest.mark.parametrize("key", ["name", "description", "revision", "reviewed", "default_assay"])
def test_an_extension_says_itself_what_it_is(folder, key):
    head = TOY[: TOY.index("[[moieties]]")].replace("schema_version = 1", 'schema_version = 1\nextends = "ketamine"')
    text = "\n".join(line for line in head.splitlines() if not line.startswith(f"{key} ="))

    assert f"{key}: is missing" in refusal(folder, text)


def test_a_substance_stands_once(folder):
    message = refusal(folder, TOY.replace('"toy"', '"ketamine"'), "substances/ketamine.toml")

    assert "substances/ketamine.toml" in message


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("cutoff_ng_ml = 10", "cutoff_ng_ml = 0", "assays.toy-test.components[0].cutoff_ng_ml"),
        ("cutoff_ng_ml = 10", "cutoff_ng_ml = 10, cross_reactivity = { toy = 1 }", "components[0].cross_reactivity"),
        ("components = [", "parts = [", "assays.toy-test.components"),
        ('kind = "immunoassay"', 'kind = "guess"', "assays.toy-test.kind"),
        ('rule = "any"', 'rule = "some"', "assays.toy-test.rule"),
        ("{ value = 0.1,", "{ value = 2,", "assays.toy-test.imprecision_cv"),
        ("[assays.toy-test]", "[assays.mayo-ketau]", "mayo-ketau: exists already"),
        ("[{ analyte", '[{ analyte = "toy", cutoff_ng_ml = 1 }, { analyte', "assays.toy-test.components"),
        ('issuer = "Toy maker"', 'issuer = "Toy maker"\ncolour = 1', "assays.toy-test.colour"),
    ],
)
def test_a_wrong_assay_is_refused(folder, old, new, place):
    text = (EXTRA / "assays.toml").read_text(encoding="utf-8")
    message = refusal(folder, text.replace(old, new), "assays.toml", ask=catalog.assays)

    assert message.startswith("assays.toml: ")
    assert place in message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[references.a2000]\nauthors = "A"\njournal = "J"\naccess = "dreamt"', "references.a2000.access"),
        ('[references.a2000]\nauthors = "A"\naccess = "read"', "references.a2000.journal"),
        ('[references.fanta2015]\nauthors = "A"\njournal = "J"\naccess = "read"', "fanta2015: exists already"),
    ],
)
def test_a_wrong_reference_is_refused(folder, text, place):
    message = refusal(folder, f"schema_version = 1\n{text}\n", "references.toml", ask=catalog.references)

    assert message.startswith("references.toml: ")
    assert place in message


def packaged(name):
    return (catalog.PACKAGED / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"suppository"', '"I.V."', "routes.rectal.synonyms: has a word of another route"),
        ('name = "Rectal"', 'name = ""', "routes.rectal.name"),
    ],
)
def test_wrong_route_words_are_refused(old, new, place):
    text = packaged("routes.toml")
    assert old in text
    with pytest.raises(CatalogError) as caught, reading(text.replace(old, new).encode(), "routes.toml") as root:
        registries.routes(root)

    assert caught.value.message.startswith(f"routes.toml: {place}")
