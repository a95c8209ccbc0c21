"""The layers of CONTRIBUTING.md, read from the source: imports point down only."""

import ast
import functools
import subprocess
import sys
import tomllib

from architecture import FACADE, FILES, ROOT, home, imports, is_below, nodes, ours
from every import every

MAY_READ_SCHEMAS = {
    "detectapi.batch",
    "detectapi.cli",
    "detectapi.knowledge",
    "detectapi.service",
    "detectapi.web",
    "detectapi.telling",
}
# What may be imported besides the standard library, where that is part of a room's promise. Other rooms: numpy.
WEB = {
    "apispec",
    "cachetools",
    "flask",
    "flask_babel",
    "flask_limiter",
    "flask_smorest",
    "gunicorn",
    "markupsafe",
    "prometheus_client",
    "marshmallow",
    "structlog",
    "werkzeug",
}
THIRD_PARTY = {
    "schemas": {"marshmallow"},
    "wsgi": set(),
    "detectapi.web": WEB,
    "detectapi.cli": {"click", "rich", "sqlalchemy"},
    "detectapi.client": {"httpx"},
    "detectapi.library": {"matplotlib"},
    "detectapi.jobs": {"alembic", "distributed", "pyarrow", "rich", "sqlalchemy"},
    "detectapi.batch": {"fsspec", "marshmallow", "numpy", "pyarrow"},
    "detectapi.telling": {"babel", "jinja2", "markupsafe", "matplotlib", "weasyprint"},
    "detectapi.evaluation": {"numpy", "scipy", "emcee", "pyarrow"},
    "detectapi.service": {"marshmallow"},
    "detectapi.knowledge": {"marshmallow", "numpy"},
    "detectapi.values": set(),
    "detectapi.inputs.table": set(),
    "detectapi.settings": set(),
}
# Equations of physiology and statistics: a reader finds a formula and nothing else.
PURE_EQUATIONS = ["detectapi.model." + name for name in ("arrays", "covariates", "normal", "renal", "urine")]
# The pure core sees no files, no clock and no randomness, not even the standard library's.
PURE_STANDARD_LIBRARY = {
    "__future__",
    "collections",
    "contextvars",
    "dataclasses",
    "functools",
    "itertools",
    "math",
    "typing",
}


@every("module", FILES)
def test_every_module_has_its_place(module):
    assert module == FACADE or home(module)[0], f"{module}: give it a line in LAYERS"


@every("module", [module for module in FILES if module != FACADE])
def test_imports_point_down_only(module):
    place, line = home(module)
    for imported in filter(ours, imports(module)):
        if imported == FACADE:
            # Only the edges may use the public names; below them that would be a circle.
            assert line <= 1, f"{module} imports the facade"
            continue
        assert home(imported)[1] >= line, f"{module} imports {imported}, which stands above it"


def test_there_is_no_circle():
    graph = {module: {name for name in imports(module) if name in FILES and name != module} for module in FILES}
    graph.pop(FACADE)
    open_modules = dict.fromkeys(graph)
    while open_modules:
        free = [module for module in open_modules if not graph[module] & open_modules.keys()]
        assert free, f"a circle of imports among {sorted(open_modules)}"
        for module in free:
            del open_modules[module]


@every("module", FILES)
def test_a_module_imports_only_what_it_may(module):
    allowed = THIRD_PARTY.get(home(module)[0], {"numpy"})
    outside = {name.split(".")[0] for name in imports(module) if not ours(name)} - sys.stdlib_module_names

    assert outside <= allowed


@every("module", [module for module in FILES if is_below(module, "detectapi.exponentials")])
def test_the_core_is_pure(module):
    names = {name.split(".")[0] for name in imports(module) if not is_below(name, "detectapi.exponentials")}
    assert names <= PURE_STANDARD_LIBRARY | {"numpy"}


@every("module", [module for module in FILES if not is_below(module, "detectapi.exponentials")])
def test_the_numerics_are_used_by_their_public_face_only(module):
    assert not [name for name in imports(module) if name.startswith("detectapi.exponentials.")]


@every("module", PURE_EQUATIONS)
def test_equations_know_numbers_only(module):
    names = {name if ours(name) else name.split(".")[0] for name in imports(module)}
    assert names <= PURE_STANDARD_LIBRARY | {"numpy", "detectapi.model.arrays"}


@every("module", [module for module in FILES if is_below(module, "schemas")])
def test_the_contract_knows_nothing_of_the_calculation(module):
    names = {name for name in imports(module) if not is_below(name, "detectapi.inputs.table")}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"marshmallow", "schemas"}


def test_schemas_are_read_in_few_places():
    readers = {module for module in FILES if any(is_below(name, "schemas") for name in imports(module))}

    assert MAY_READ_SCHEMAS == {home(module)[0] for module in readers if is_below(module, "detectapi")}


@every("module", FILES)
def test_a_file_can_be_read_at_once(module):
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400


@functools.cache
def names_in_data():
    """Every word by which a substance or one of its molecules is known: ids, names, aliases, abbreviations."""
    names = set()
    for path in sorted((ROOT / "detectapi" / "data" / "substances").glob("*.toml")):
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        for entry in (card, *card.get("moieties", ())):
            names |= {entry["id"], entry["name"], *entry.get("aliases", ()), *entry.get("abbreviations", ())}
    return names


def words_in_code(module):
    """Every string of a module that does something: docstrings, help texts and examples are left out."""
    said = {id(node.value) for node in nodes(module) if isinstance(node, ast.Expr)}
    said |= {
        id(node.value) for node in nodes(module) if isinstance(node, ast.keyword) and node.arg in ("help", "example")
    }
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


@every("module", [module for module in FILES if is_below(module, "detectapi")])
def test_no_code_knows_a_substance(module):
    long_names = {name.lower() for name in names_in_data() if len(name) > 4}
    short_names = {name for name in names_in_data() if len(name) <= 4}

    for word in words_in_code(module):
        assert word not in short_names
        assert not any(name in word.lower() for name in long_names)


def test_the_contract_and_the_code_have_the_same_words():
    """A word of the contract and what implements it stand in two places, so that neither imports the other."""
    from detectapi.knowledge import catalog, evidence
    from detectapi.model import covariates, draws
    from schemas import substance, vocabulary

    routes = tomllib.loads((ROOT / "detectapi" / "data" / "routes.toml").read_text(encoding="utf-8"))["routes"]

    assert set(vocabulary.ROUTES) == set(routes)
    assert set(vocabulary.CKD_STAGES) == set(catalog.physiology().ckd_stages)
    assert vocabulary.EVIDENCE_GRADES == evidence.GRADES
    assert set(vocabulary.VARIANCE_SOURCES) == set(draws.STREAMS)
    assert set(substance.EFFECT_FORMS) == {*covariates.FORMS, "category"}


def loaded_after(statement):
    code = f"import sys\n{statement}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_importing_the_library_loads_no_web():
    assert not loaded_after("import detectapi") & {"flask", "werkzeug", "gunicorn", "structlog", "click"}


def test_using_the_library_loads_no_web():
    assert not loaded_after("from detectapi import estimate") & {"flask", "werkzeug", "gunicorn", "structlog", "click"}


def test_the_contract_needs_neither_numpy_nor_the_calculation():
    loaded = loaded_after("import schemas")

    assert "numpy" not in loaded


EMPTY_NAMES = {"found", "given", "told"}
"""Names of variables that say how a thing came and not what it is."""


@every("module", sorted(name for name in FILES if ours(name)))
def test_variables_are_named_for_what_they_hold(module):
    inside = [node for outer in nodes(module) if isinstance(outer, ast.FunctionDef) for node in ast.walk(outer)]
    names = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in inside if isinstance(node, ast.arg)}

    assert not EMPTY_NAMES & (names | arguments)
