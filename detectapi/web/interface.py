"""What the description of the interface shows of each operation: a request, its true answer, a true refusal, lines to copy.

The requests are in `interface_requests.json`. The service itself has given the answers in `interface_answers.json`
(`make docs`); a test asks it again.
"""

import copy
import json
from functools import lru_cache
from importlib import resources
from typing import Any

from detectapi.web.snippets import LANGUAGES, snippets

PROBLEM = "application/problem+json"
EXAMPLE_ROOT = "http://127.0.0.1:8000/"
"""The address of the service in what is written for everybody."""


def _read(name: str) -> dict[str, Any]:
    return json.loads(resources.files("detectapi.web").joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def requests() -> dict[str, Any]:
    """A request of each operation, by the id of the operation, with one that is refused."""
    return _read("interface_requests.json")


@lru_cache(maxsize=1)
def answers() -> dict[str, Any]:
    """What the service answered: by the id of the operation, ``answered`` and ``refused``, each with status, type and body."""
    return _read("interface_answers.json")


def asked(operation: str) -> dict[str, Any]:
    """The request of an operation, with the id of the job in the answers where it names one."""
    one = dict(requests()[operation])
    one["path"] = one["path"].replace("{job_id}", answers()["submitJob"]["answered"]["body"]["id"])
    return one


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """A description of the interface with a true answer, a true refusal and lines to copy for each operation."""
    document = copy.deepcopy(document)
    for _, _, operation in operations(document):
        name = operation.get("operationId")
        if name not in requests():
            continue
        for answer in answers()[name].values():
            _add(operation["responses"], answer)
        lines = snippets(asked(name), EXAMPLE_ROOT)
        operation["x-codeSamples"] = [{"lang": language, "source": lines[language]} for language in LANGUAGES]
    return document


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """The operations of a description: method, path, and what is said of them."""
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "responses" in operation
    ]


def _add(responses: dict[str, Any], answer: dict[str, Any]) -> None:
    """Put an answer among the responses of an operation."""
    if not answer["type"]:
        return
    response = responses.setdefault(str(answer["status"]), {"description": answer.get("because", "Answered.")})
    schema = {"$ref": "#/components/schemas/Problem"} if answer["type"] == PROBLEM else {}
    content = response.setdefault("content", {}).setdefault(answer["type"], {"schema": schema})
    content["example"] = answer["body"]
