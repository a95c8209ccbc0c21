"""Ask one question with plain Python values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectapi.library import parts
from detectapi.library.answers import Estimate, Interpretation, Record, record

Part = Mapping[str, Any]
"""A part of a question, such as a dose; `detectapi.library.parts` has the fields of each."""


def estimate_request(request: Part) -> Estimate:
    """Answer a whole question given as one dict, such as a parsed request file.

    Parameters
    ----------
    request : dict
        As the body of `POST /v1/estimates`.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    from detectapi.service import answer

    return Estimate(answer(request))


def estimate(
    *,
    substance: str | None = None,
    doses: Sequence[parts.Dose | Part] | None = None,
    pattern: parts.Pattern | Part | None = None,
    uses: Sequence[parts.Use | Part] | None = None,
    person: parts.Person | Part | None = None,
    renal: parts.Renal | Part | None = None,
    hydration: parts.Hydration | Part | None = None,
    urine_ph: float | parts.Range | Part | None = None,
    specimen: parts.Specimen | Part | None = None,
    assay: str | parts.Test | Part | None = None,
    results: Sequence[parts.MeasuredSpecimen | Part] | None = None,
    model: parts.Model | Part | None = None,
    options: parts.Options | Part | None = None,
) -> Estimate:
    """Answer a question given field by field. What is left out, or None, is not given.

    Parameters
    ----------
    substance : str
        Its id or an alias.
    doses : list of dict
        What was used, dose by dose.
    pattern : dict
        A regular use, in place of `doses`.
    uses : list of dict
        Several substances, in place of `substance`, `doses` and `pattern`.
    person, renal, hydration : dict
        What is known of the person, the kidneys and the urine.
    urine_ph : float or dict
    specimen : dict
    assay : str or dict
        Id of a registered assay or panel, or a test in full.
    results : list of dict
        Measured results that the answer is to use.
    model, options : dict

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    question = dict(
        substance=substance, doses=doses, pattern=pattern, uses=uses, person=person, renal=renal, hydration=hydration,
        urine_ph=urine_ph, specimen=specimen, assay=assay, results=results, model=model, options=options,
    )  # fmt: skip
    return estimate_request(given(question))


def given(question: Part) -> dict[str, Any]:
    """The fields of a question that are not None."""
    return {name: value for name, value in question.items() if value is not None}


def interpret(
    *,
    substance: str | None = None,
    specimens: Sequence[parts.MeasuredSpecimen | Part],
    accounts: Sequence[parts.Account | Part],
    compare: Sequence[Sequence[str]] | None = None,
    planned: parts.Planned | Part | None = None,
    person: parts.Person | Part | None = None,
    renal: parts.Renal | Part | None = None,
    hydration: parts.Hydration | Part | None = None,
    urine_ph: float | parts.Range | Part | None = None,
    model: parts.Model | Part | None = None,
    programme: str | None = None,
    options: parts.Options | Part | None = None,
) -> Interpretation:
    """Read measured results backwards.

    Parameters
    ----------
    substance : str
        Its id or an alias; needed unless every account names what was used.
    specimens : list of dict
        When each was collected, and what was found in it.
    accounts : list of dict
        What is said to have been used.
    compare : list of (str, str)
        Pairs of accounts by their ids.
    planned : dict
        A test that is planned.
    person, renal, hydration, model, options : dict
        As in an estimate.
    urine_ph : float or dict
    programme : str

    Returns
    -------
    Interpretation

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    from detectapi.service import interpret as answer

    question = dict(
        substance=substance, specimens=specimens, accounts=accounts, compare=compare, planned=planned, person=person,
        renal=renal, hydration=hydration, urine_ph=urine_ph, model=model, programme=programme, options=options,
    )  # fmt: skip
    return Interpretation(answer(given(question)))


def report(request: Part, *, language: str = "en", case: str = "", date: str = "") -> bytes:
    """The answer to a question as a report for a file. It needs the extra ``report``.

    Parameters
    ----------
    request : dict
        As the body of `POST /v1/estimates`, or of `POST /v1/interpretations`.
    language : str
        ``en``, ``de`` or ``es``.
    case, date : str
        Case number and date of issue (YYYY-MM-DD) to print; empty for lines to write them on. No clock is read, so the same
        question gives the same bytes.

    Returns
    -------
    bytes
        A PDF file of two pages.

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    ImportError
        The extra is not installed.
    """
    from detectapi import service

    pdf: bytes = service.report(request, language, case, date)
    return pdf


def list_substances() -> list[Record]:
    """The substances there are, in short.

    Returns
    -------
    list of dict
    """
    from detectapi.service import substances

    items: list[Record] = record(substances()["items"])
    return items


def show_substance(substance: str) -> Record:
    """A substance's card: every number of its model with its source.

    Parameters
    ----------
    substance : str
        Its id or an alias.

    Returns
    -------
    dict

    Raises
    ------
    UnknownSubstance
    """
    from detectapi import service

    card: Record = record(service.substance(substance))
    return card


def list_assays() -> list[Record]:
    """The registered assays.

    Returns
    -------
    list of dict
    """
    from detectapi.service import assays

    items: list[Record] = record(assays()["items"])
    return items
