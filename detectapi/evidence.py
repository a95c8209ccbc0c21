"""What stands behind an answer: the grade of its evidence and the remarks it needs, by rules in the substance's data."""

from __future__ import annotations

from dataclasses import dataclass

GRADES = ("validated", "calibrated", "extrapolated", "hypothesis")
"""From the best founded to the least."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Grade, reason and sources (citekeys) of an answer."""

    grade: str
    because: str
    sources: tuple[str, ...]


def grade(substance, routes, pattern: str, analytes) -> Evidence:
    """The weakest grade among the analytes and routes of a question, with every reason at that grade.

    Parameters
    ----------
    substance : Substance
    routes : sequence of str
    pattern : str
        As `Regimen.pattern` names it.
    analytes : sequence of str
    """
    if pattern == "none":
        return Evidence("validated", "no dose, so nothing to detect", ())
    rules = []
    for analyte in analytes:
        for route in routes:
            rule = next((r for r in substance.evidence if _fits(r, (route,), pattern, (analyte,))), None)
            if rule is not None and rule not in rules:
                rules.append(rule)
    if not rules:
        return Evidence("extrapolated", "no study of this use is in the data", ())
    weakest = max(rules, key=lambda r: GRADES.index(r.grade)).grade
    telling = [rule for rule in rules if rule.grade == weakest]
    because = "; ".join(dict.fromkeys(rule.because for rule in telling))
    return Evidence(weakest, because, tuple(dict.fromkeys(s for rule in telling for s in rule.sources)))


def remarks(substance, routes, pattern: str, analytes, given) -> list[dict[str, str]]:
    """Remarks tied to the substance's data that apply to a question.

    Parameters
    ----------
    given : collection of str
        Names of the inputs that the request gave.
    """
    return [
        {"code": note.code, "message": note.message}
        for note in substance.notes
        if _fits(note, routes, pattern, analytes) and (note.inputs is None or set(note.inputs) & set(given))
    ]


def _fits(rule, routes, pattern, analytes) -> bool:
    return (
        (rule.routes is None or bool(set(rule.routes) & set(routes)))
        and (rule.patterns is None or pattern in rule.patterns)
        and (rule.analytes is None or bool(set(rule.analytes) & set(analytes)))
    )
