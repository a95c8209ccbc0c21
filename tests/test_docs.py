"""The documentation is true: what it shows runs, what it lists is all there is."""

import ast
import contextlib
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import architecture
import architecture_picture
import pytest
import refresh
from every import every
from reader import commands

from detectapi import service
from detectapi.cli.main import cli
from detectapi.knowledge import catalog
from detectapi.knowledge.catalog import model_names
from detectapi.telling.notes import NOTES
from detectapi.values import errors
from detectapi.web import snippets
from detectapi.web.problems import KINDS
from schemas import EstimateRequestSchema, EstimateResponseSchema

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.json"))


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def by_name(paths):
    return {"argvalues": paths, "ids": [path.relative_to(ROOT).as_posix() for path in paths]}


# -- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_readme_shows_what_the_program_answers():
    assert README == refresh.refreshed(README), "run: make docs"


def shows_commands(name):
    return any(kind in refresh.RUN for kind, _ in refresh.FENCE.findall((ROOT / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if shows_commands(name) else [])
        for name in refresh.PAGES
        if name != "README.md"
    ],
)
def test_a_page_shows_what_a_reader_sees(name):
    text = (ROOT / name).read_text(encoding="utf-8")

    assert text == refresh.refreshed(text), "run: make docs"


@pytest.mark.parametrize("name", refresh.PICTURES)
def test_a_picture_is_the_one_that_is_drawn(name):
    assert (ROOT / name).read_text(encoding="utf-8") == refresh.PICTURES[name](), "run: make docs"


@every("path", **by_name(PAGES))
def test_every_command_of_a_page_is_run_or_says_why_not(path):
    run = {} if path.relative_to(ROOT).as_posix() in refresh.PAGES else refresh.RUN
    for kind, body in refresh.FENCE.findall(path.read_text(encoding="utf-8")):
        if kind in run:
            assert kind != "python", f"{path.name} belongs to refresh.PAGES"
            assert not [command for command, _ in commands(body) if refresh.is_run(command)]


def test_make_run_is_the_command_that_the_pages_are_tested_with():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]

    assert "\t@exec $(BIN)/detectapi serve --host $(HOST) --port $(PORT) --workers $(WORKERS)\n" == recipe


def test_the_readme_asks_in_all_three_ways():
    kinds = re.findall(r"^```(\w+)\n(\$ \w+|curl|from \w+)", README, re.MULTILINE)

    assert {("console", "$ detectapi"), ("bash", "curl"), ("python", "from detectapi")} <= set(kinds)


@pytest.mark.parametrize("path", **by_name(EXAMPLES))
def test_every_example_is_answered(path):
    answer = service.answer({**json.loads(path.read_text(encoding="utf-8")), "options": {"draws": 100}})

    assert {"window", "curve", "evidence", "limits"} <= answer.keys()


@pytest.mark.parametrize("path", **by_name(EXAMPLES))
def test_the_readme_is_right_about_the_evidence(path):
    """Of ketamine, calibrated is one oral dose and nothing else; months of use are a hypothesis."""
    question = {**json.loads(path.read_text(encoding="utf-8")), "options": {"draws": 100}}
    grade = service.answer(question)["evidence"]["grade"]
    doses, pattern = question.get("doses", []), question.get("pattern", {})
    once = len(doses) == 1 and "repeat" not in doses[0]

    if pattern.get("for_days", 0) >= 30:
        assert "hypothesis" == grade
    elif once and doses[0]["route"] == "oral":
        assert "calibrated" == grade
    elif doses or pattern:
        assert "extrapolated" == grade
    else:
        assert "validated" == grade  # nothing was taken


# -- what is listed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command):
    assert f"detectapi {command}" in README


@pytest.mark.parametrize("path", **by_name(PAGES))
def test_every_command_that_a_text_names_exists(path):
    text = path.read_text(encoding="utf-8")
    for words in re.findall(r"`detectapi ((?:[a-z][a-z-]* ?)+)", text):
        command = cli
        for word in words.split():
            if not hasattr(command, "commands"):  # the rest are arguments
                break
            assert word in command.commands, f"detectapi {words}"
            command = command.commands[word]


def table_codes(text, heading):
    """The first column of the tables below a heading."""
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)


def error_codes():
    """Codes of every problem with a field: of the classes of errors, and of each place that names its own."""
    files = [*(ROOT / "schemas").rglob("*.py"), *(ROOT / "detectapi").rglob("*.py")]
    # What is wrong with our own data files is told by the same form, to us.
    ours = {"assay.py", "check.py", "observation.py", "substance.py", "physiology.py", "reference.py"}
    for path in files:
        if path.parent.name == "schemas" and path.name in ours:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            if (
                name in ("Message", "Problem", "refuse")
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
            ):
                yield node.args[1].value
            yield from (
                keyword.value.value
                for keyword in node.keywords
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
            )
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.InputError):
            yield kind.code
    yield from ("required", "null")  # marshmallow's own, by schemas.fields.CODES


def test_every_note_is_listed_and_no_other():
    assert sorted(NOTES) == sorted(table_codes(page("messages.md"), "Notes in an answer"))


def test_every_kind_of_refusal_is_listed_with_its_status():
    text = page("messages.md")

    assert list(KINDS) == table_codes(text, "Kinds of refusal over HTTP")
    for kind, (status, _, _) in KINDS.items():
        assert f"| `{kind}` | {'4xx' if kind == 'client-error' else status} |" in text


def test_every_code_of_a_field_is_listed_and_no_other():
    assert sorted(set(error_codes())) == sorted(table_codes(page("messages.md"), "What is wrong with a field"))


def field_names(schema):
    """Every name in a schema, and in the schemas within."""
    for name, field in schema.fields.items():
        yield name
        inner = (field, getattr(field, "inner", None), getattr(field, "value_field", None))
        nested = [part.schema for part in inner if hasattr(part, "schema")]
        nested += getattr(field, "forms", {}).values()
        for form in nested:
            yield from field_names(form)


@every("name", sorted(set(field_names(EstimateRequestSchema()))))
def test_every_word_of_a_question_is_in_the_nomenclature(name):
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", page("nomenclature.md"))


@pytest.mark.parametrize("name", sorted(EstimateResponseSchema().fields))
def test_every_word_of_an_answer_is_explained_somewhere(name):
    pages = README + page("nomenclature.md") + page("method.md")

    assert re.search(rf"[`\"][^`\"]*\b{name}\b[^`\"]*[`\"]", pages)


@every("substance", catalog.substances(), ids=lambda substance: substance.id)
def test_every_parameter_a_substance_needs_is_explained(substance):
    text = page("adding-a-substance.md")
    for alternatives in (
        *model_names.needed(substance.moieties, substance.routes),
        model_names.allowed(substance.moieties),
    ):
        for name in alternatives:
            word = re.sub(r"_\d$", "_i", name.rpartition(".")[2])
            word = re.sub(r"^fraction_(?!unbound).*", "fraction_<moiety>", word)
            word = re.sub(r"^formation_fraction_from_.*", "formation_fraction_from_<parent>", word)
            word = re.sub(r"^formation_rate_.*", "formation_rate_<moiety>", word)

            assert re.search(rf"`[^`]*{word}`", text), name


def test_the_parameter_shown_is_the_toy_s():
    shown = re.search(r"```toml\n(\[parameters.*?)```", page("adding-a-substance.md"), re.DOTALL)[1]
    toy = (ROOT / "tests" / "data" / "extra" / "substances" / "toy.toml").read_text(encoding="utf-8")
    expected = tomllib.loads(toy)["parameters"]["toy.clearance"]

    assert {**expected, "locator": "Table 2"} == tomllib.loads(shown)["parameters"]["toy.clearance"]


def test_the_toy_substance_answers(monkeypatch):
    monkeypatch.setenv("DETECTAPI_DATA", str(ROOT / "tests" / "data" / "extra"))
    answer = service.answer(
        {"substance": "toy", "doses": [{"amount_mg": 100, "route": "oral"}], "options": {"draws": 100}}
    )

    assert answer["window"]["median_h"] > 0


def test_the_operator_s_page_has_every_variable_of_the_environment():
    text = page("operating.md")
    for path in (ROOT / "detectapi").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        names = set(re.findall(r"\bDETECTAPI_[A-Z_]*[A-Z]", source))
        names |= {f"DETECTAPI_{name}" for name in re.findall(r'\bnumber\("([A-Z_]+)"', source)}
        names.discard(snippets.KEY)  # a variable of whoever calls the service

        assert names <= set(re.findall(r"`(DETECTAPI_[A-Z_]+)", text)), path.name


def test_contributing_has_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Rooms\n")[2].partition("\n## ")[0]
    named = {
        name for cell in re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    rooms = {room for layer in architecture.LAYERS for room in layer} - architecture_picture.LEFT_OUT

    assert named == {room.removeprefix("detectapi.").partition(".")[0] for room in rooms}


# -- what is pointed at -----------------------------------------------------------------------------------------------


@every("path", **by_name(PAGES))
def test_every_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def exists(name):
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            result = importlib.import_module(".".join(parts[:end]))
            for part in parts[end:]:
                result = getattr(result, part, None)
            return result is not None
    return False


@every("path", **by_name(PAGES))
def test_every_name_of_the_code_exists(path):
    names = re.findall(r"`((?:detectapi|schemas)(?:\.\w+)+)(?:\(\))?`", path.read_text(encoding="utf-8"))

    assert [] == [name for name in names if not exists(name)]


@every("path", **by_name(PAGES))
def test_every_file_that_is_named_exists(path):
    places = "detectapi|schemas|tests|docs|bench|tools|requirements|deploy"
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    names = re.findall(rf"`((?:{places})/[\w./-]+)`", text)

    assert [] == [name for name in names if not (ROOT / name).exists() and path.name != "CHANGELOG.md"]


@every("path", **by_name(PAGES))
def test_every_target_of_make_exists(path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = path.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```\w*\n.*?```|`[^`\n]+`", text, re.DOTALL))

    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) <= targets


# -- the site ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a warning ends the build."""
    folder = tmp_path_factory.mktemp("site")
    options = [
        "--builder",
        "html",
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "--doctree-dir",
        folder / "doctrees",
    ]
    command = [sys.executable, "-m", "sphinx", *options, ROOT / "docs", folder / "html"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert (0, "") == (result.returncode, result.stderr)
    return folder / "html"


@pytest.mark.slow
def test_the_site_has_every_page(site):
    for path in sorted((ROOT / "docs").rglob("*.md")):
        assert (site / path.relative_to(ROOT / "docs").with_suffix(".html")).exists(), path


@pytest.mark.slow
def test_the_site_loads_nothing_from_other_servers(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"(https?:[^\"]*)", text)
        loaded += re.findall(r"<link[^>]*rel=\"(?:stylesheet|preload|icon)\"[^>]*href=\"(https?:[^\"]*)", text)

        assert not loaded, path.name


@pytest.mark.slow
def test_the_architecture_page_has_its_picture(site):
    assert architecture_picture.picture() in (site / "architecture.html").read_text(encoding="utf-8")


def test_the_picture_of_the_architecture_has_every_room_and_points_down():
    shown = architecture_picture.picture()
    rooms = {room for layer in architecture.LAYERS for room in layer} - architecture_picture.LEFT_OUT
    arrows = [pair for pair in architecture.arrows() if not architecture_picture.LEFT_OUT & set(pair)]
    depth = architecture_picture.depths(rooms, arrows)

    for room in rooms:
        assert f">{room.removeprefix('detectapi.')}</text>" in shown
    for start, end in arrows:
        assert depth[start] < depth[end]
