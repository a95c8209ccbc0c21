"""The answer about a panel of tests: a part for each class that looks for what was used, and why it does not look for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detectapi._version import __version__
from detectapi.knowledge import catalog
from detectapi.knowledge.evidence import GRADES, not_tested
from detectapi.model.answer import SHARES, written_asked, written_curve, written_shares, written_window
from detectapi.model.asked_times import read_asked_times
from detectapi.model.estimate import Asked
from detectapi.model.panel import ClassQuestion, Untested, Whole
from detectapi.model.read_doses import read_uses
from detectapi.telling.notes import note
from detectapi.telling.sentences import LIMITS
from detectapi.values.assay import Panel

OF_A_CLASS = ("assay", "rule", "window", "serial", "analytes", "stages", "curve", "asked", "evidence")
"""What the part of a class has of the answer about its test."""
NOTHING = {"median_h": 0.0, "low_h": 0.0, "high_h": 0.0}


def write(
    request: Mapping[str, Any],
    panel: Panel,
    classes: Sequence[tuple[ClassQuestion, Mapping[str, Any]]],
    untested: Sequence[Untested],
    whole: Whole | None,
) -> dict[str, Any]:
    """The answer of a panel.

    Parameters
    ----------
    request : dict
    panel : Panel
    classes : sequence of (ClassQuestion, dict)
        Each class that looks for something that was used, with the answer about its test.
    untested : sequence of Untested
    whole : Whole or None
        None where no class looks for anything that was used.
    """
    answers = [answer for _, answer in classes]
    common = answers[0] if answers else _of_nothing(request, untested)
    answer: dict[str, Any] = {**common, "rule": "any"}
    answer["assay"] = {"id": panel.id, "name": panel.name, "issuer": panel.issuer, "date": panel.date, "asked": True}
    answer.pop("stages", None)
    if whole is not None:
        answer["window"] = written_window(whole.window, whole.regimen)
        answer["curve"] = written_curve(whole.curve)
        answer["asked"] = [written_asked(one) for one in whole.asked]
        answer |= written_shares(whole.shares)
    answer["analytes"] = [entry for one in answers for entry in one["analytes"]]
    answer["classes"] = [_class(*one) for one in classes] + [_not_tested(one) for one in untested]
    answer["inputs_used"] = _each_once(entry for one in answers for entry in one["inputs_used"])
    answer["notes"] = [
        remark for remark in _each_once(remark for one in answers for remark in one["notes"])
        if remark["code"] != "not-looked-for"
    ]  # fmt: skip
    if untested:
        names = ", ".join(one.substance.name for one in untested)
        answer["notes"] = [note("not-looked-for", substances=names), *answer["notes"]]
    if answers:
        answer["evidence"] = max((one["evidence"] for one in answers), key=lambda one: GRADES.index(one["grade"]))
    answer["provenance"] = {**common["provenance"], "assay": panel.id}
    # A series of specimens is answered for each class.
    answer["serial"] = max((one["serial"] for one in answers), key=_last_positive, default=common.get("serial"))
    return answer


def _last_positive(serial: Mapping[str, Any]) -> float:
    return float(serial["last_positive"]["median_h"])


def _each_once(entries: Any) -> list[Any]:
    kept: list[Any] = []
    for entry in entries:
        if entry not in kept:
            kept.append(entry)
    return kept


def _class(asked: ClassQuestion, answer: Mapping[str, Any]) -> dict[str, Any]:
    one = asked.panel_class
    uses = [use.substance.id for use in asked.question.each if use.analytes]
    part = {name: answer[name] for name in OF_A_CLASS if name in answer}
    return {"id": one.id, "name": one.name, "substances": uses, "tested": True, **part}


def _not_tested(one: Untested) -> dict[str, Any]:
    source = one.origin.source
    return {
        "id": None,
        "name": one.substance.name,
        "substances": [one.substance.id],
        "tested": False,
        "because": one.because,
        "source": catalog.references()[source].citation if source else one.origin.reason,
    }


def _of_nothing(request: Mapping[str, Any], untested: Sequence[Untested]) -> dict[str, Any]:
    """What stands in an answer where no class looks for anything that was used: no test, so no positive one."""
    substance, options = untested[0].substance, request["options"]
    never = {**NOTHING, "level": options["level"], "monte_carlo_se_h": 0.0}
    graded, regimen = not_tested(), read_uses(request)[0].regimen
    names = [one.substance.id for one in untested]
    return {
        "substance": " + ".join(names),
        **({"uses": names} if len(names) > 1 else {}),
        "window": {**never, "ever_positive": 0.0, "median_knowledge_h": {"low": 0.0, "high": 0.0}},
        "serial": {"last_positive": never, "first_negative": never, "ever_positive": 0.0},
        "analytes": [],
        "curve": {"time_h": [0.0], "probability_positive": [0.0], "low": [0.0], "high": [0.0]},
        "asked": [written_asked(Asked(time, 0.0, 0.0, 0.0)) for time in read_asked_times(options, regimen)],
        "uncertainty": dict.fromkeys(SHARES, 0.0),
        "uncertainty_se": dict.fromkeys(SHARES, 0.0),
        "inputs_used": [],
        "evidence": {"grade": graded.grade, "because": graded.because, "sources": [], "rows": []},
        "notes": [],
        "provenance": {
            "detectapi": __version__, "substance_revision": substance.revision, "substance_sha256": substance.sha256,
            "assay": None, "model": "population", "calibration": None, "seed": options["seed"], "draws": options["draws"],
            "safe_route_draws": 0,
        },
        "limits": LIMITS,
    }  # fmt: skip
