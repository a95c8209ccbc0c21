"""The layers of CONTRIBUTING.md, read from the source: imports point down only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("detectapi", "schemas")

# From the top down. A module may import what stands on a lower line, and on its own line as long as no circle appears.
# A package stands for everything below it.
LAYERS = (
    {"wsgi", "detectapi.__main__"},
    {"detectapi.web", "detectapi.cli", "detectapi.probe"},
    {"detectapi.calibration", "detectapi.tornado", "detectapi.validation"},
    {"detectapi.service"},
    {"detectapi.sensitivity"},
    {"detectapi.estimate"},
    {
        "detectapi.catalog",
        "detectapi.draws",
        "detectapi.evidence",
        "detectapi.population",
        "detectapi.posterior",
        "detectapi.shares",
        "detectapi.simulate",
        "detectapi.window",
    },
    {"detectapi.pk"},
    {"detectapi.substance", "detectapi.person", "detectapi.regimen", "detectapi.assay", "detectapi.units"},
    {"detectapi.errors", "schemas"},
)
FACADE = "detectapi"  # detectapi/__init__.py: names loaded when asked for, so it belongs to no layer
MAY_READ_SCHEMAS = ("detectapi.catalog", "detectapi.service", "detectapi.web")
THIRD_PARTY = {  # what each layer's modules may import besides the standard library
    "schemas": {"marshmallow"},
    "detectapi.pk": {"numpy"},
    "detectapi.errors": set(),
    "detectapi.units": set(),
    "detectapi.substance": set(),
    "detectapi.person": set(),
    "detectapi.regimen": set(),
    "detectapi.assay": set(),
    "detectapi.probe": set(),
    "detectapi.cli": {"click"},
    "detectapi.web": {"flask", "flask_smorest", "marshmallow", "structlog", "werkzeug", "apispec", "gunicorn"},
}
# The pure core sees no files, no clock and no randomness, not even the standard library's.
PURE_STANDARD_LIBRARY = {"__future__", "collections", "dataclasses", "functools", "itertools", "math", "typing"}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files():
    files = [ROOT / "wsgi.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]
    return {module_name(path): path for path in files}


FILES = source_files()


def imports(module):
    """Yield every module that a module imports, wherever in the file, by its full name."""
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in FILES else base


def home(module):
    """The entry of LAYERS a module belongs to, and its line."""
    for line, names in enumerate(LAYERS):
        for name in names:
            if module == name or module.startswith(name + "."):
                return name, line
    return None, None


def is_below(module, package):
    return module == package or module.startswith(package + ".")


def ours(module):
    return module == "wsgi" or any(is_below(module, package) for package in PACKAGES)


@pytest.mark.parametrize("module", FILES)
def test_every_module_has_its_place(module):
    assert module == FACADE or home(module)[0], f"{module}: give it a line in LAYERS"


@pytest.mark.parametrize("module", [module for module in FILES if module != FACADE])
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


@pytest.mark.parametrize("module", [module for module in FILES if home(module)[0] in THIRD_PARTY])
def test_a_layer_imports_only_what_it_may(module):
    allowed = THIRD_PARTY[home(module)[0]]
    outside = {name.split(".")[0] for name in imports(module) if not ours(name)} - sys.stdlib_module_names
    assert outside <= allowed


@pytest.mark.parametrize("module", [module for module in FILES if is_below(module, "detectapi.pk")])
def test_the_core_is_pure(module):
    names = {name.split(".")[0] for name in imports(module) if not is_below(name, "detectapi.pk")}
    assert names <= PURE_STANDARD_LIBRARY | {"numpy"}


@pytest.mark.parametrize("module", [module for module in FILES if is_below(module, "schemas")])
def test_the_contract_knows_nothing_of_the_calculation(module):
    names = {name.split(".")[0] for name in imports(module)}
    assert names <= sys.stdlib_module_names | {"marshmallow", "schemas"}


@pytest.mark.parametrize("module", [module for module in FILES if is_below(module, "detectapi")])
def test_schemas_are_read_in_few_places(module):
    reads = any(is_below(name, "schemas") for name in imports(module))
    assert not reads or any(is_below(module, place) for place in MAY_READ_SCHEMAS)


@pytest.mark.parametrize("module", FILES)
def test_a_file_can_be_read_at_once(module):
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= 400


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
