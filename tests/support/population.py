"""The population's body, kidneys and urine as shipped, for tests of the functions that use them."""

from detectapi.knowledge import DATA, catalog
from detectapi.knowledge.catalog.population import read_population
from detectapi.knowledge.catalog.reading import parse


def population_table(name):
    """The root table of one of the three files."""
    return parse((DATA / "physiology" / f"{name}.toml").read_bytes(), f"physiology/{name}.toml")


def shipped_population():
    """Everything in ``data/physiology``."""
    return catalog.physiology()


def population_of(tables):
    """What the three files say, or every mistake in them."""
    result = read_population(*tables)
    for table in tables:
        table.raise_mistakes()
    return result
