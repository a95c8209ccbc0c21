"""`$interpret-drug-test`: results and medications read, the service asked, the answer written as RiskAssessments.

A likelihood ratio is no probability of an outcome: it stands in an extension, and such an assessment has no ``probability[x]``.
"""

from detectapi.fhir import accounts
from detectapi.fhir.canonical import extension, percent, span
from detectapi.fhir.material import read_request
from detectapi.fhir.resources import bundle, diagnostic_report, notes, remarks_outcome, risk_assessment
from detectapi.telling import clinical, interpretation, placed_results

CODE = "drug-test-interpretation"


def operation(document, recalled=False):
    """The operation.

    Parameters
    ----------
    document : dict
        Parameters or a Bundle.
    recalled : bool
        Whether codes that were written from memory are used.

    Returns
    -------
    dict
        A Bundle: for each question an assessment of the results under each account, one of each comparison, one of a planned
        test; where it was asked for a DiagnosticReport; then what is worth saying of the reading.

    Raises
    ------
    InputError
        Each pointer is a FHIRPath.
    """
    material = read_request(document, accounts.PARAMETERS)
    wants_report, path = material.one("report", (bool,))
    resources = []
    for asked in accounts.questions(material, recalled):
        answer = accounts.interpret(asked)
        resources += assessments(asked, answer)
        if wants_report:
            said = " ".join([*answer["words"], answer["limits"]])
            resources.append(diagnostic_report(asked, CODE, interpretation.title(answer), said, path))
    return bundle([*resources, remarks_outcome(material.remarks)])


def assessments(asked, answer):
    """An interpretation as RiskAssessments."""
    made = [_under_account(asked, answer, entry) for entry in answer["accounts"]]
    made += [_planned(asked, answer, entry) for entry in answer["accounts"] if "planned" in entry]
    return made + [_comparison(asked, answer, entry) for entry in answer["comparisons"]]


def _under_account(asked, answer, entry):
    """Where each result lies among those that an account gives, and when the use ended that has no known time."""
    predictions = [_place(one, answer) for one in entry["results"]]
    if "time_of_use" in entry:
        predictions.append(_time_of_use(entry))
    return _assessment(
        asked, answer, "results-under-account", f"account {entry['id']}",
        [*interpretation.of_account(entry, answer), interpretation.grade(entry)], predictions,
        extension=[
            extension("account", valueString=entry["id"]),
            extension("explained", valueBoolean=entry["explained"]),
            *_joint(entry["joint"]),
        ],
    )  # fmt: skip


def _joint(joint):
    """How usual all results together are."""
    share = joint["percentile"]
    return [] if share is None else [extension("joint-percentile", valueDecimal=percent(share))]


def _place(one, answer):
    """One result beside what the account gives. The share of lower results is no probability of the outcome."""
    expected = one["expected"]
    return {
        "extension": [
            extension("expected-range", valueRange=span(expected["low_ng_ml"], expected["high_ng_ml"], "ng/mL")),
            extension("expected-median", valueDecimal=expected["median_ng_ml"]),
            *_share(one),
            *_reported(one),
        ],
        "outcome": {"text": placed_results.analyte(one)},
        "rationale": placed_results.place(one, answer),
    }


def _share(one):
    """The share of results that are at most as high; it is not known of a result between two limits."""
    if "between_ng_ml" in one:
        return []
    return [extension("share-at-most-as-high", valueDecimal=percent(one["probability"]))]


def _reported(one):
    names = [name for name in ("value_ng_ml", "below_ng_ml") if name in one]
    return [extension(f"reported-{name.split('_')[0]}", valueDecimal=one[name]) for name in names]


def _time_of_use(entry):
    """When the use ended whose time is not known, if the account is true."""
    when = entry["time_of_use"]
    period = {"start": when["earliest_at"], "end": when["latest_at"]} if "earliest_at" in when else None
    return {
        "extension": [extension("hours-before-specimen", valueRange=span(when["low_h"], when["high_h"], "h"))],
        "outcome": {"text": clinical.TIME_OF_USE},
        **({"whenPeriod": period} if period else {}),
        "rationale": interpretation.last_use(entry),
    }


def _planned(asked, answer, entry):
    """The chance of a positive planned test, if an account is true and nothing is used until then."""
    chance, at = entry["planned"], asked.question["planned"]["at"]
    prediction = {
        "extension": [extension("probability-before-results", valueDecimal=percent(chance["probability_before"]))],
        "outcome": {"text": clinical.PLANNED},
        "probabilityDecimal": percent(chance["probability_given_results"]),
        "whenPeriod": {"start": at, "end": at},
    }
    return _assessment(
        asked, answer, "planned-test", f"planned {entry['id']}", [interpretation.planned(entry, answer)], [prediction],
        extension=[extension("account", valueString=entry["id"])],
    )  # fmt: skip


def _comparison(asked, answer, entry):
    """How much more probable the results are under one account than under another."""
    ratio = entry["log10_lr"]
    prediction = {
        "extension": [
            *([extension("log10-likelihood-ratio", valueDecimal=ratio)] if ratio is not None else []),
            extension("account", valueString=entry["first"]),
            extension("account", valueString=entry["second"]),
        ],
        "outcome": {"text": clinical.COMPARED},
        "rationale": interpretation.comparison(entry),
    }
    said = [interpretation.comparison(entry), interpretation.robustness(entry)]
    return _assessment(asked, answer, "comparison", f"{entry['first']} {entry['second']}", said, [prediction])


def _assessment(asked, answer, code, place, said, predictions, **more):
    lines = [*said, *(note["message"] for note in answer["notes"]), answer["limits"]]
    return risk_assessment(
        asked, answer, code, interpretation.title(answer), place, prediction=predictions, note=notes(lines), **more
    )
