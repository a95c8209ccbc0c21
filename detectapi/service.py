"""Dict in, dict out: the only place that knows both the contract's forms and the library's values.

Web, command line and library all ask here, and all write what they get with `to_json_bytes`; so the same question gets
the same bytes everywhere. No defaults stand here: those of a question are in its schema.
"""

import hashlib
import json
import threading
from functools import cache

from detectapi.values.errors import CatalogError, InputError, MalformedRequest

DEEPEST = 20  # levels of nesting in a request; the contract itself needs six

_turn = threading.Lock()
"""Held while an estimate is computed: threads that compute at once wait for the interpreter longer than for each other."""


def answer(payload):
    """Answer one question.

    Parameters
    ----------
    payload : dict
        A question as in `schemas.EstimateRequestSchema`.

    Returns
    -------
    dict
        An answer as in `schemas.EstimateResponseSchema`, JSON-able, rounded.

    Raises
    ------
    InputError
        Form or meaning of the question is wrong; with a pointer to each place.
    """
    from detectapi.model.recipe import estimate_request

    question = load(payload)
    with _turn:
        return estimate_request(question)


def sensitivity(payload):
    """What the window of a question hangs on: shares of its variance by group of parameters and by input.

    Parameters
    ----------
    payload : dict
        A question as in `schemas.EstimateRequestSchema`.

    Raises
    ------
    InputError
        Form or meaning of the question is wrong.
    """
    from detectapi.model.sensitivity import analyse

    return analyse(load(payload))


def load(payload):
    """A question with its defaults filled in, checked for form.

    Raises
    ------
    InputError
        With every problem found.
    """
    from marshmallow import ValidationError

    from schemas.error import problems

    try:
        return question_form().load(payload)
    except ValidationError as error:
        found = problems(error.messages)
    count = "1 field needs" if len(found) == 1 else f"{len(found)} fields need"
    raise InputError(f"{count} attention.", problems=found)


@cache
def question_form():
    """The request schema, built once: building takes longer than a load."""
    from schemas.request import EstimateRequestSchema

    return EstimateRequestSchema()


def read_json(raw):
    """Parse the bytes of a request.

    NaN and infinity get through here and are refused by their field, which can name itself.

    Parameters
    ----------
    raw : bytes
        UTF-8.

    Raises
    ------
    MalformedRequest
        Not JSON, or a name occurs twice in an object.
    InputError
        Nested too deeply.
    """
    too_deep = InputError(f"Nested too deeply: at most {DEEPEST} levels.", code="too-deep")
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=unique_names)
    except RecursionError:
        raise too_deep from None
    except InputError:  # a name that occurs twice; it is a ValueError as well
        raise
    except UnicodeDecodeError:
        raise MalformedRequest("The request is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"Not JSON at line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # an integer too long to be one
        raise MalformedRequest("A number has too many digits.") from None
    if depth_exceeds(document, DEEPEST):
        raise too_deep
    return document


def unique_names(pairs):
    """A JSON object as a dict, refused when a name occurs twice: one of the values would be lost silently."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise MalformedRequest("A name occurs twice in the same object.")
    return document


def depth_exceeds(document, deepest):
    """Whether lists and dicts are nested more than so many levels; without recursion."""
    level = [document]
    for _ in range(deepest + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def to_json_bytes(document):
    """The one way a document is written.

    Parameters
    ----------
    document : dict
        JSON-able.

    Returns
    -------
    bytes
        Compact UTF-8 in the order the document was built, ended by a newline.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"


def content_tag(raw):
    """A strong ETag value (without quotes) for these bytes."""
    return hashlib.sha256(raw).hexdigest()[:32]


def substances():
    """All substances, in short: `{"items": [...]}`."""
    from detectapi.knowledge import catalog

    return {"items": [in_short(substance) for substance in catalog.substances()]}


def in_short(substance):
    """What is needed to choose a substance and ask about it."""
    return {
        "id": substance.id,
        "name": substance.name,
        "aliases": list(substance.aliases),
        "description": substance.description,
        "revision": substance.revision,
        "reviewed": substance.reviewed,
        "analytes": [moiety.id for moiety in substance.moieties],
        "routes": list(substance.routes),
        "default_assay": substance.default_assay,
    }


def substance(substance_id):
    """The whole card of a substance: every number with its source.

    Raises
    ------
    UnknownSubstance
        With the nearest names.
    """
    from detectapi.knowledge import catalog

    return catalog.as_card(catalog.substance(substance_id))


def assays():
    """All registered assays: `{"items": [...]}`."""
    from detectapi.knowledge import catalog

    return {"items": [catalog.assay_card(assay) for assay in catalog.assays()]}


def education_of(substance_id):
    """What patients may want to read about a substance, or None where nothing has been written."""
    from detectapi.knowledge import education

    return education.about(substance_id)


def ready():
    """Load everything an answer needs, so that the first question does not wait for it.

    Raises
    ------
    CatalogError
        A data file is wrong, or there is none.
    """
    import detectapi.model.recipe  # noqa: F401
    from detectapi.knowledge import catalog

    question_form()
    if not catalog.substances() or not catalog.assays():
        raise CatalogError("There are no substances or no assays.")
