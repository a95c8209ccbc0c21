"""The people of a study: what the words of its population say of age and sex, and so of kidneys and weight.

The rules are data: ``study-people.toml``. What a study says in the words of a question comes first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from detectapi.knowledge import DATA
from detectapi.values.observation import Study

AGES = re.compile(r"\b(\d+) to (\d+) years\b")

_CIRCUMSTANCES: dict[tuple[int, int], tuple[Study, Mapping[str, Any], Mapping[str, Any]]] = {}


@lru_cache(maxsize=1)
def rules() -> list[dict[str, Any]]:
    """The entries of ``study-people.toml``."""
    entries: list[dict[str, Any]] = tomllib.loads((DATA / "study-people.toml").read_text(encoding="utf-8"))["people"]
    return entries


def circumstances(study: Study, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The circumstances of a study, with age and sex from the words of its population where they are not known.

    Parameters
    ----------
    study : Study
    known : dict
        ``study.given`` or ``study.compared_with``.

    Returns
    -------
    dict
        The same object for the same study and circumstances.
    """
    key = id(study), id(known)
    if key not in _CIRCUMSTANCES:
        person = _from_words(study.population)
        if known.get("renal"):  # the kidneys are known; an age would not change them
            person.pop("age_y", None)
        person |= known.get("person") or {}
        _CIRCUMSTANCES[key] = study, known, {**known, "person": person} if person else known
    return _CIRCUMSTANCES[key][2]


def _from_words(population: str) -> dict[str, Any]:
    """Age and sex that the words of a population state or mean."""
    words = set(re.findall(r"[\w-]+", population.lower()))
    person: dict[str, Any] = {}
    ages = AGES.search(population)
    if ages:
        person["age_y"] = {"low": float(ages[1]), "high": float(ages[2])}
    for rule in rules():
        if words & set(rule["words"]) and not words & set(rule["unless"]):
            person = {name: rule[name] for name in ("age_y", "sex") if name in rule} | person
    return person
