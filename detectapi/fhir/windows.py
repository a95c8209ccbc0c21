"""Questions about detection windows: what a request holds of doses, person and urine, as questions of `POST /v1/estimates`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from detectapi import service
from detectapi.fhir import medications, person
from detectapi.fhir.elements import moment, refuse
from detectapi.fhir.material import subject
from detectapi.knowledge import catalog
from detectapi.values.errors import InputError

PARAMETERS = (
    "bundle", "medication", "observation", "patient", "at", "substance", "assay", "draws", "seed", "level", "report",
)  # fmt: skip
MOST_SUBSTANCES = 5


@dataclass
class Asked:
    """A question, and where in the request each part of it was read.

    Attributes
    ----------
    question : dict
        As `schemas.EstimateRequestSchema` or `schemas.InterpretationRequestSchema` has it.
    paths : dict of str to str
        By JSON pointer into the question, the FHIRPath of the request.
    used : list of Place
        The resources that it was made of.
    subject : str or None
    last_dose : datetime or None
        When the last dose ended, from which the hours of an answer count.
    """

    question: dict
    paths: dict = field(default_factory=dict)
    used: list = field(default_factory=list)
    subject: str | None = None
    last_dose: datetime | None = None

    def answered(self, by):
        """The answer of a function of the service.

        Raises
        ------
        InputError
            Its pointers lead into the request.
        """
        try:
            return by(self.question)
        except InputError as error:
            problems = [problem._replace(pointer=self.path(problem.pointer)) for problem in error.problems]
            raise InputError(error.message, problems=problems) from None

    def path(self, pointer):
        """Where in the request a part of the question was read: of the part itself, else of what it stands in."""
        while pointer and pointer not in self.paths:
            pointer = pointer.rpartition("/")[0]
        return self.paths.get(pointer, "Parameters")


def estimate(asked):
    """The estimate of a question, as `/v1/estimates` gives it."""
    return asked.answered(service.answer)


def questions(material, recalled=False, clock=None):
    """The questions of a request: one for each substance, or one for all of them where a test is named.

    Parameters
    ----------
    material : Material
    recalled : bool
        Whether codes that were written from memory are used.
    clock : callable, optional
        By which doses are chosen: those of which it is true.

    Returns
    -------
    list of Asked

    Raises
    ------
    InputError
        No dose can be asked about, or a parameter is wrong.
    """
    doses = [
        dose for dose in medications.doses(material, recalled) if not dose.is_ordered and (not clock or clock(dose))
    ]
    only, path = material.one("substance")
    if only is not None:
        wanted = of_substance(only)
        doses = [dose for dose in doses if catalog.resolve_substance(dose.substance) == wanted]
    if not doses:
        raise refuse(
            "There is no dose of a substance that is known here.", "no-known-dose", path if only else "Parameters"
        )
    chosen, common = options(material)
    by_substance: dict[str, list[medications.Dose]] = {}
    for dose in doses:
        by_substance.setdefault(catalog.resolve_substance(dose.substance), []).append(dose)
    if len(by_substance) > MOST_SUBSTANCES:
        raise refuse(
            f"At most {MOST_SUBSTANCES} substances; choose one by the parameter substance.",
            "too-much-work",
            "Parameters",
        )
    assay, assay_path = material.one("assay")
    groups = [by_substance] if assay is not None else [{name: some} for name, some in by_substance.items()]
    asked = [_question(material, group, recalled) for group in groups]
    for one in asked:
        one.question |= {**({"assay": assay} if assay is not None else {}), "options": chosen}
        one.paths |= {**common, "/assay": assay_path}
    return asked


def of_substance(word):
    """The id of the substance of a name; None where there is none."""
    try:
        return catalog.resolve_substance(word)
    except InputError:
        return None


def _question(material, groups, recalled):
    """A question about the doses of one substance, or of several."""
    asked = Asked({})
    every = [dose for some in groups.values() for dose in some]
    if len(groups) == 1:
        asked.question |= {"substance": next(iter(groups)), "doses": _doses(asked, every, "/doses")}
    else:
        asked.question["uses"] = [
            {"substance": name, "doses": _doses(asked, some, f"/uses/{i}/doses")}
            for i, (name, some) in enumerate(groups.items())
        ]
    asked.used += [dose.place for dose in every]
    asked.last_dose = max(end_of(dose.fields) for dose in every)
    measured = person.measurements(material, recalled)
    asked.used += person.describe(material, measured, asked.last_dose, asked.question, asked.paths)
    asked.subject = subject(asked.used)
    return asked


def end_of(dose):
    """When a dose, or the last one of those repeated, ended."""
    repeat = dose.get("repeat") or {"every_h": 0.0, "count": 1}
    hours = repeat["every_h"] * (repeat["count"] - 1) + dose.get("duration_min", 0.0) / 60
    return datetime.fromisoformat(dose["start"]) + timedelta(hours=hours)


def _doses(asked, doses, pointer):
    """The doses as a question has them; where each part was read is noted."""
    for i, dose in enumerate(doses):
        asked.paths |= {f"{pointer}/{i}{'/' + name if name else ''}": path for name, path in dose.paths.items()}
    return [dose.fields for dose in doses]


def options(material):
    """Options of a question, and the paths of each."""
    chosen, paths = {}, {}
    for name, kind in (("draws", (int,)), ("seed", (int,)), ("level", (int, float))):
        value, path = material.one(name, kind)
        if value is not None:
            chosen[name], paths[f"/options/{name}"] = value, path
    for i, (value, path) in enumerate(material.parameters.get("at", ())):
        chosen.setdefault("at", []).append(moment(value, path).text)
        paths[f"/options/at/{i}"] = path
    return chosen, paths
