"""The digest of what a substance file computes with."""

import copy

import pytest

from detectapi.knowledge.catalog.digests import numbers_sha256

FILE = {
    "revision": 1,
    "description": "A toy.",
    "parameters": {"toy.clearance": {"value": 100, "meaning": "clearance", "effects": []}},
    "notes": [{"code": "a-note", "message": "Said."}],
    "interactions": {"juice": "More is absorbed."},
}


def changed(path, value):
    data = copy.deepcopy(FILE)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    "path",
    [("description",), ("parameters", "toy.clearance", "meaning"), ("notes", 0, "message"), ("interactions", "juice")],
)
def test_other_words_are_the_same_numbers(path):
    assert numbers_sha256(FILE) == numbers_sha256(changed(path, "Worded better."))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("parameters", "toy.clearance", "value"), 101),
        (("parameters", "toy.clearance", "effects"), ["age"]),
        (("notes", 0, "code"), "another-note"),
        (("interactions",), {"tea": "More is absorbed."}),
    ],
)
def test_all_that_counts_changes_the_digest(path, value):
    assert numbers_sha256(FILE) != numbers_sha256(changed(path, value))
