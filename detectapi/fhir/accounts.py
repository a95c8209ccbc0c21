"""Questions about measured results: specimens and accounts of use, as questions of `POST /v1/interpretations`."""

from datetime import datetime

from detectapi import service
from detectapi.fhir import medications, person, results
from detectapi.fhir.elements import Place, amount, moment, refuse
from detectapi.fhir.material import Material, subject, value_of
from detectapi.fhir.names import analytes, route_of
from detectapi.fhir.specimens import specimens
from detectapi.fhir.windows import Asked, end_of, of_substance, options
from detectapi.knowledge import catalog

PARAMETERS = (
    "bundle", "medication", "observation", "specimen", "patient", "account", "compare", "at", "substance", "assay", "screen",
    "programme", "draws", "seed", "level", "report",
)  # fmt: skip
RECORDED, ORDERED = "recorded", "ordered"
"""Names of the accounts that are made where the request has none: what was given or stated; that, and what was ordered."""


def interpret(asked):
    """The interpretation of a question, as `/v1/interpretations` gives it."""
    return asked.answered(service.interpret)


def questions(material, recalled=False):
    """The questions of a request: one for each substance that was used and whose analytes were measured.

    Parameters
    ----------
    material : Material
    recalled : bool
        Whether codes that were written from memory are used.

    Returns
    -------
    list of Asked

    Raises
    ------
    InputError
        Nothing can be asked, or a part cannot be read.
    """
    doses = medications.doses(material, recalled)
    read = results.readings(material, recalled)
    own = [Said(place, material, recalled) for place in material.groups.get("account", ())]
    only, path = material.one("substance")
    used = [dose.substance for dose in doses] + [dose.substance for one in own for dose in one.doses]
    names = dict.fromkeys(map(catalog.resolve_substance, used))
    wanted = [name for name in names if only is None or name == of_substance(only)]
    asked = [_question(material, name, doses, read, own, recalled) for name in wanted]
    asked = [one for one in asked if one is not None]
    if not asked:
        raise refuse("There is no use of a substance together with a result of one of its analytes.",
                     "no-known-dose", path if only else "Parameters")  # fmt: skip
    return asked if not own else asked[:1]


def _question(material, name, doses, read, own, recalled):
    """The question about one substance; None where none of its analytes was measured."""
    of_it = [one for one in read if name in (maker.id for maker in analytes()[one.analyte])]
    if not of_it:
        return None
    asked = Asked({"substance": name})
    screen, screen_path = material.one("screen")
    measured = person.measurements(material, recalled)
    asked.question["specimens"], others = specimens(of_it, measured, screen, asked, material.remarks)
    if screen is not None:
        asked.paths |= {f"/specimens/{i}/screen/assay": screen_path for i in range(len(asked.question["specimens"]))}
    mine = [dose for dose in doses if catalog.resolve_substance(dose.substance) == name]
    asked.question["accounts"] = _own_accounts(own, name, asked) if own else _accounts(mine, asked)
    ends = [end_of(dose.fields) for dose in mine] or [one.at.at for one in of_it]
    asked.used += person.describe(material, others, max(ends), asked.question, asked.paths)
    asked.subject = subject(asked.used)
    _rest(material, asked)
    return asked


def _accounts(doses, asked):
    """What was given or stated as one account; where something was ordered too, a second with that as well."""
    taken = [dose for dose in doses if not dose.is_ordered]
    accounts = [_account(RECORDED, taken, 0, asked)] if taken else []
    if len(taken) < len(doses):
        accounts.append(_account(ORDERED, doses, len(accounts), asked))
    return accounts


def _account(name, doses, place, asked):
    for i, dose in enumerate(doses):
        asked.paths |= {
            f"/accounts/{place}/doses/{i}{'/' + part if part else ''}": path for part, path in dose.paths.items()
        }
    asked.used += [dose.place for dose in doses]
    return {"id": name, "doses": [dose.fields for dose in doses]}


class Said:
    """An account of the request: its parts ``id``, ``medication``, ``extends`` and ``furtherUse``.

    Parameters
    ----------
    place : Place
    material : Material
    recalled : bool
    """

    def __init__(self, place, material, recalled):
        self.place, self.values, self.further = place, {}, None
        inner = Material(resources=[], remarks=material.remarks)
        for part in place.parts("part"):
            name = part.element.get("name")
            if isinstance(part.element.get("resource"), dict):
                inner.resources.append(part.inside("resource"))
            elif name == "furtherUse":
                self.further = part
            elif name in ("id", "extends"):
                self.values[name] = value_of(part)
            else:
                raise refuse("An account has no such part.", "unknown-field", f"{part.path}.name",
                             ["id", "medication", "extends", "furtherUse"])  # fmt: skip
        self.doses = medications.doses(inner, recalled)

    def written(self, number, name, asked):
        """The account as a question has it."""
        asked.paths[f"/accounts/{number}"] = self.place.path
        account = {part: value for part, (value, _) in self.values.items()}
        if self.doses:
            account |= {"doses": _account("", self.doses, number, asked)["doses"]}
            own = catalog.resolve_substance(self.doses[0].substance)
            account |= {"substance": own} if own != name else {}
        if self.further is not None:
            account["further_use"] = _further_use(self.further, name, f"/accounts/{number}/further_use", asked)
        return account


def _own_accounts(own, name, asked):
    return [one.written(number, name, asked) for number, one in enumerate(own)]


def _further_use(place, name, pointer, asked):
    """One more use between two times: parts ``amount``, ``route``, ``earliest``, ``latest``."""
    use = {}
    asked.paths[pointer] = place.path
    for part in place.parts("part"):
        value, path = value_of(part)
        if part.element.get("name") == "amount" and isinstance(value, dict):
            read = amount(Place(value, path), "dose", "dose-per-kg")
            word = "amount_mg" if read.kind == "dose" else "amount_mg_per_kg"
            use[word] = read.value
        elif part.element.get("name") == "route":
            word = "route"
            use[word] = route_of(Place({"text": value}, path), name)
        elif part.element.get("name") in ("earliest", "latest"):
            word = part.element["name"]
            use[word] = moment(value, path).text
        else:
            raise refuse("A further use has no such part.", "unknown-field", f"{part.path}.name",
                         ["amount", "route", "earliest", "latest"])  # fmt: skip
        asked.paths[f"{pointer}/{word}"] = path
    return use


def _rest(material, asked):
    """What is compared, what is planned, and how it is computed."""
    asked.question["options"], paths = options(material)
    times = asked.question["options"].pop("at", [])
    if len(times) > 1:
        raise refuse("One planned test a request.", "too-much-work", material.parameters["at"][1][1])
    asked.paths |= paths
    for i, place in enumerate(material.groups.get("compare", ())):
        pair = [value_of(part)[0] for part in place.parts("part")]
        asked.question.setdefault("compare", []).append(pair)
        asked.paths[f"/compare/{i}"] = place.path
    for name in ("programme", "assay"):
        value, path = material.one(name)
        if value is not None and name == "programme":
            asked.question[name], asked.paths[f"/{name}"] = value, path
        elif times and value is not None:
            asked.question["planned"], asked.paths["/planned/assay"] = {"assay": value}, path
    if times:
        asked.question.setdefault("planned", {})["at"] = times[0]
        asked.paths["/planned/at"] = material.parameters["at"][0][1]


def first_use(asked):
    """The time of the first dose of a question's first account; None where it has no doses."""
    doses = asked.question["accounts"][0].get("doses", ()) if asked.question["accounts"] else ()
    return min((datetime.fromisoformat(dose["start"]) for dose in doses), default=None)
