"""Plain data in, plain data out: the only module that knows the forms of the contract and the values of the library.

The web, the command line and the library all call it and write the result with `to_json_bytes`, so that the same question gets
the same bytes everywhere. It has no defaults: those of a question are in its schema.
"""

import hashlib
import json
from functools import cache

from detectapi import turns
from detectapi.values.errors import CatalogError, InputError, MalformedRequest

DEEPEST = 20
"""Levels of nesting that a request may have; the contract needs six."""


def answer(payload):
    """Answer one question.

    Parameters
    ----------
    payload : dict
        A question of the form `schemas.EstimateRequestSchema`.

    Returns
    -------
    dict
        An answer of the form `schemas.EstimateResponseSchema`, rounded plain data.

    Raises
    ------
    InputError
        The form or the meaning of the question is wrong; with a pointer to each mistake.
    """
    from detectapi.model.recipe import estimate_request

    question = load(payload)
    with turns.turn(turns.ESTIMATE):
        estimate = estimate_request(question)
    if question.get("results"):
        from detectapi.interpretation.given_estimate import given_results

        with turns.turn(turns.INTERPRETATION):
            estimate["given_results"] = given_results(question, estimate)
    return estimate


def sensitivity(payload):
    """The shares of the variance of a window by group of parameters and by input.

    Parameters
    ----------
    payload : dict
        A question of the form `schemas.EstimateRequestSchema`.

    Raises
    ------
    InputError
        The form or the meaning of the question is wrong.
    """
    from detectapi.model.sensitivity import analyse

    return analyse(load(payload))


def including(question, *parts):
    """The same question with more in its answer, which changes no other number. What is no question stays as it is.

    Parameters
    ----------
    question : dict
    *parts : str
        Words of `options.include`.
    """
    if not isinstance(question, dict) or not isinstance(question.get("options", {}), dict):
        return question
    include = question.get("options", {}).get("include", [])
    if not isinstance(include, list):
        return question
    more = [part for part in parts if part not in include]
    return {**question, "options": {**question.get("options", {}), "include": [*include, *more]}} if more else question


def report(payload, language="en", case="", date=""):
    """The answer to a question as a report for a file.

    Parameters
    ----------
    payload : dict
        As for `answer`, or as for `interpret`.
    language : str
        One of `detectapi.telling.languages.LANGUAGES`.
    case, date : str
        Case number and date of issue (YYYY-MM-DD) to print; empty for lines to write them on. No clock is read.

    Returns
    -------
    bytes
        A PDF file of two pages.

    Raises
    ------
    InputError
        With every mistake; of the case number and the date before those of the question.
    ImportError
        The extra ``report`` is not installed.
    """
    from detectapi.telling import interpretation_report, pdf
    from detectapi.telling.filing import read_filing
    from detectapi.telling.languages import TranslatedVoice

    voice, filing = TranslatedVoice("report", language), read_filing(case, date)
    if asks_of_results(payload):
        return interpretation_report.print_report(interpret(payload), payload, voice, filing)
    return pdf.print_report(answer(including(payload, "concentration")), payload, voice, filing)


def asks_of_results(payload):
    """Whether a question is one for `interpret`: it has specimens."""
    return isinstance(payload, dict) and "specimens" in payload


def interpret(payload):
    """Read measured results backwards.

    Parameters
    ----------
    payload : dict
        A question of the form `schemas.InterpretationRequestSchema`.

    Returns
    -------
    dict
        An answer of the form `schemas.InterpretationResponseSchema`, rounded plain data.

    Raises
    ------
    InputError
        The form or the meaning of the question is wrong; with a pointer to each mistake.
    """
    from detectapi.interpretation.recipe import interpret_request

    question = load(payload, interpretation_form())
    with turns.turn(turns.INTERPRETATION):
        return interpret_request(question)


def check_interpretation(payload):
    """Check the form of a question of `interpret` without answering it.

    Raises
    ------
    InputError
        With every mistake.
    """
    load(payload, interpretation_form())


def load(payload, form=None):
    """Check the form of a question and add its defaults.

    Parameters
    ----------
    payload : dict
    form : Form, optional
        That of an estimate where it is left out.

    Raises
    ------
    InputError
        With every mistake.
    """
    from marshmallow import ValidationError

    from schemas.error import problems

    try:
        return (form or question_form()).load(payload)
    except ValidationError as error:
        mistakes = problems(error.messages)
    count = "1 field needs" if len(mistakes) == 1 else f"{len(mistakes)} fields need"
    raise InputError(f"{count} attention.", problems=mistakes)


@cache
def question_form():
    """The schema of a request, built once, since that takes longer than to load a request."""
    from schemas.request import EstimateRequestSchema

    return EstimateRequestSchema()


@cache
def interpretation_form():
    """The schema of a request of an interpretation, built once."""
    from schemas.interpretation import InterpretationRequestSchema

    return InterpretationRequestSchema()


def read_json(raw):
    """Parse the bytes of a request.

    NaN and infinity are accepted here and refused later by their field, with its pointer.

    Parameters
    ----------
    raw : bytes
        UTF-8.

    Raises
    ------
    MalformedRequest
        The bytes are not JSON, or a name occurs twice in an object.
    InputError
        The JSON is nested too deeply.
    """
    too_deep = InputError(f"Nested too deeply: at most {DEEPEST} levels.", code="too-deep")
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=unique_names)
    except RecursionError:
        raise too_deep from None
    except InputError:  # a name that occurs twice; this is a ValueError too
        raise
    except UnicodeDecodeError:
        raise MalformedRequest("The request is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"Not JSON at line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # an integer with too many digits
        raise MalformedRequest("A number has too many digits.") from None
    if depth_exceeds(document, DEEPEST):
        raise too_deep
    return document


def unique_names(pairs):
    """A JSON object as a dict. A name that occurs twice is refused, since one of its values would be lost."""
    document = dict(pairs)
    if len(document) < len(pairs):
        raise MalformedRequest("A name occurs twice in the same object.")
    return document


def depth_exceeds(document, deepest):
    """Whether lists and dicts are nested more deeply than so many levels, computed without recursion."""
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
    """A document as bytes; the only function that writes one.

    Parameters
    ----------
    document : dict
        Plain data.

    Returns
    -------
    bytes
        Compact JSON in UTF-8, in the order of the document, with a newline at the end.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"


def content_tag(raw):
    """A strong ETag of some bytes, without quotes."""
    return hashlib.sha256(raw).hexdigest()[:32]


def substances():
    """All substances, in short: `{"items": [...]}`."""
    from detectapi.knowledge import catalog

    return {"items": [in_short(substance) for substance in catalog.substances()]}


def in_short(substance):
    """The part of a substance's card that is needed to choose it and to ask about it."""
    return {
        "id": substance.id,
        "name": substance.name,
        "aliases": list(substance.aliases),
        "description": substance.description,
        "revision": substance.revision,
        "reviewed": substance.reviewed,
        "analytes": [moiety.id for moiety in substance.moieties if not moiety.no_analyte],
        "routes": list(substance.routes),
        "default_assay": substance.default_assay,
    }


def substance(substance_id):
    """The card of a substance: every number with its source.

    Raises
    ------
    UnknownSubstance
        ``allowed`` has the nearest ids.
    """
    from detectapi.knowledge import catalog

    return catalog.as_card(catalog.substance(substance_id))


def assays():
    """All registered assays, and the panels that order several together: `{"items": [...], "panels": [...]}`."""
    from detectapi.knowledge import catalog

    return {
        "items": [catalog.assay_card(assay) for assay in catalog.assays()],
        "panels": [panel_in_short(panel) for panel in catalog.panels().values()],
    }


def panel_in_short(panel):
    """A panel as plain data: what it is called, by whom, its classes, and the substances that they look for."""
    from detectapi.knowledge import catalog

    looked_for = [
        substance for one in panel.classes for assay in one.assays for substance in catalog.assay(assay).substances
    ]
    return {
        "id": panel.id,
        "name": panel.name,
        "issuer": panel.issuer,
        "date": panel.date,
        "classes": [{"id": one.id, "name": one.name, "assays": list(one.assays)} for one in panel.classes],
        "substances": list(dict.fromkeys(looked_for)),
        "because": panel.because,
        "formerly": list(panel.formerly),
        "origin": catalog.origin_card(panel.origin),
    }


def education_of(substance_id):
    """Statements for patients about a substance; None if there are none."""
    from detectapi.knowledge import education

    return education.about(substance_id)


def ready():
    """Load the code and the data of an answer, so that the first question need not wait for them.

    Raises
    ------
    CatalogError
        A data file is wrong, there are no substances or no assays, or `DETECTAPI_CALIBRATION` names no calibration.
    """
    import detectapi.model.recipe  # noqa: F401
    from detectapi.knowledge import catalog, posterior

    question_form()
    posterior.own_folder()
    if not catalog.substances() or not catalog.assays():
        raise CatalogError("There are no substances or no assays.")
