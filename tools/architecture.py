"""The rooms of the source and their imports, read from the files without running them.

`tests/test_architecture.py` holds the source against it, and the site draws its picture of the architecture from it.
"""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("detectapi", "schemas")

# From the top down. A room may import what stands on a lower line. Within a room, and within a line, any import is
# allowed that makes no circle.
LAYERS = (
    {"wsgi", "detectapi.__main__"},
    {"detectapi.web", "detectapi.cli"},
    {"detectapi.client", "detectapi.library"},
    {"detectapi.jobs"},
    {"detectapi.batch"},
    {"detectapi.evaluation", "detectapi.fhir"},
    {"detectapi.service"},
    {"detectapi.turns"},
    {"detectapi.interpretation"},
    {"detectapi.model"},
    {"detectapi.knowledge"},
    {"detectapi.inputs", "detectapi.exponentials", "detectapi.telling"},
    {"detectapi.values"},
    {"detectapi._version", "schemas"},
    {"detectapi.inputs.table"},
    {"detectapi.settings"},
)
FACADE = "detectapi"  # detectapi/__init__.py: names loaded when asked for, so it belongs to no layer


def module_name(path):
    """The dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files():
    """Every file of the source by the name of its module."""
    files = [ROOT / "wsgi.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]
    return {module_name(path): path for path in files}


FILES = source_files()


@functools.cache
def tree(module):
    """The syntax tree of a module, parsed once."""
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@functools.cache
def nodes(module):
    """Everything in a module."""
    return list(ast.walk(tree(module)))


@functools.cache
def imports(module):
    """Every module that a module imports, wherever in the file, by its full name."""
    return list(_imports(module))


def _imports(module):
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in nodes(module):
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
    """The innermost room that a module belongs to, and the number of its layer from the top; None for both where it has none."""
    layers = {room: layer for layer, rooms in enumerate(LAYERS) for room in rooms}
    room = max((room for room in layers if is_below(module, room)), key=len, default=None)
    return room, layers.get(room)


def is_below(module, package):
    """Whether a module is a package or stands in it."""
    return module == package or module.startswith(package + ".")


def ours(module):
    """Whether a module is of this source."""
    return module == "wsgi" or any(is_below(module, package) for package in PACKAGES)


def modules_of(room):
    """The modules of a room in the order of their names."""
    return [module for module in FILES if is_below(module, room) and home(module)[0] == room]


def summary(module):
    """The first paragraph of a module's docstring, on one line; empty where there is none."""
    return " ".join((ast.get_docstring(tree(module)) or "").partition("\n\n")[0].split())


def arrows():
    """How many imports lead from one room to another.

    Returns
    -------
    dict of (str, str) to int
        From the importing room to the imported one.
    """
    counts = {}
    for module in FILES:
        start = home(module)[0]
        for imported in filter(ours, imports(module)):
            end = home(imported)[0]
            if start and end and start != end:
                counts[start, end] = counts.get((start, end), 0) + 1
    return counts
