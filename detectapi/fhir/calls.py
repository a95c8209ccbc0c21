"""Calls of CDS Hooks: what the caller sent beforehand is read, what cannot be read is left out, and nothing is fetched."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from detectapi.fhir import accounts, cards, medications, services, windows
from detectapi.fhir.elements import Place, labels, moment, refuse, texts
from detectapi.fhir.material import Material, take
from detectapi.fhir.names import analyte_named_in, analytes, code_of
from detectapi.knowledge import codes
from detectapi.telling import decision_cards
from detectapi.values.errors import DetectError, InputError

LOOK_BACK = timedelta(days=90)
"""How far back doses and results are of interest."""

NEEDED = {services.WINDOW: (), services.RESULT: ("results",)}
DOSES = ("administrations", "statements")
"""Prefetch keys: one of these is needed, and each of `NEEDED`."""

MOST_SPECIMENS = 1
"""The newest specimens that a card is about: several take longer than half a second."""

LEAST_GRADES = ("validated", "calibrated", "extrapolated")
"""Grades of the evidence that are worth a card."""


class LacksPrefetch(DetectError):
    """The caller sent too little to say anything."""

    code = "precondition"


@dataclass(frozen=True)
class Setting:
    """How a call is answered.

    Attributes
    ----------
    now : datetime
    address : str
        Of the page.
    recalled : bool
        Whether codes that were written from memory are used.
    restricted : bool
        Whether cards are made from data that are labelled as protected.
    """

    now: datetime
    address: str
    recalled: bool = False
    restricted: bool = False


def answer(service, call, setting):
    """The cards of a call.

    Parameters
    ----------
    service : str
        Id of the service.
    call : dict
        The request of CDS Hooks.
    setting : Setting

    Returns
    -------
    dict
        ``{"cards": [...]}``, often without any.

    Raises
    ------
    InputError
        The call is not one of CDS Hooks, or for another hook.
    LacksPrefetch
        A needed key is not there. A key without data is null and is enough.
    """
    call = Place(call if isinstance(call, dict) else {}, "")
    for name, kind in (("hook", str), ("hookInstance", str), ("context", dict)):
        if not isinstance(call.element.get(name), kind):
            raise refuse("Missing, or of another type.", "required", f"/{name}")
    if call.element["hook"] not in services.HOOKS[service]:
        raise refuse("The service is for other hooks.", "not-supported", "/hook", services.HOOKS[service])
    prefetch = call.element.get("prefetch") or {}
    lacks = [key for key in NEEDED[service] if key not in prefetch]
    if lacks or not any(key in prefetch for key in DOSES):
        raise LacksPrefetch(f"Send the prefetch: {', '.join(lacks or DOSES)}.")
    material = Material(lenient=True)
    for key, value in prefetch.items():
        if isinstance(value, dict):
            take(material, Place(value, f"prefetch.{key}"))
    made = (_windows if service == services.WINDOW else _results)(call, material, setting)
    instance = call.element["hookInstance"]
    return {"cards": [cards.card(service, instance, said, detail, setting.address) for said, detail in made]}


def _hidden(asked, setting):
    """Whether data that are labelled as protected keep a card back."""
    return not setting.restricted and any(map(labels, asked.used))


def _answered(by, asked):
    """An answer; None where the model refuses the question, since a chart that it cannot read needs no card."""
    try:
        return by(asked)
    except InputError:
        return None


# -- a test is ordered or planned -------------------------------------------------------------------------------------


def _windows(call, material, setting):
    """A summary and a detail for each substance that an ordered test looks for and that was recorded lately."""
    planned = _planned(call, setting)
    if not planned:
        return []

    def recent(dose):
        return setting.now - LOOK_BACK <= windows.end_of(dose.fields) <= setting.now + LOOK_BACK

    try:
        questions = windows.questions(material, setting.recalled, recent)
    except InputError:
        return []
    made = []
    for asked in questions:
        substance = asked.question["substance"]
        at = next((at for at, wanted in planned if wanted is None or substance in wanted), None)
        if at is None or _hidden(asked, setting):
            continue
        if at >= asked.last_dose:
            asked.question["options"] = {"at": [at.isoformat()]}
        estimate = _answered(windows.estimate, asked)
        if estimate and estimate["evidence"]["grade"] in LEAST_GRADES:
            made.append(decision_cards.of_window(estimate, asked.last_dose, material.remarks.said))
    return made


def _planned(call, setting):
    """When tests are planned, each with the substances that it looks for; None for all."""
    context = call.inside("context")
    material = Material(lenient=True)
    for name in ("draftOrders", "appointments"):
        if isinstance(context.element.get(name), dict):
            take(material, context.inside(name))
    selections = context.element.get("selections")
    planned = []
    for place in material.of("ServiceRequest", "Appointment"):
        name = f"{place.kind}/{place.element.get('id')}"
        if place.kind == "ServiceRequest" and isinstance(selections, list) and name not in selections:
            continue
        for concept in _concepts(place):
            wanted = looked_for(concept)
            if wanted != ():
                planned.append((_occurrence(place, setting), wanted))
    return planned


def _concepts(place):
    code = place.inside("code")
    inner = code.inside("concept")  # R5
    return [inner if inner.element else code, *place.parts("serviceType"), *place.parts("reasonCode")]


def looked_for(concept):
    """The substances that an ordered test looks for: None for all, () where it is no drug test in urine."""
    code = code_of(concept, ("quantity", "presence", "class", "class-quantity", "panel"))
    if code is None:
        named = [analyte for analyte in map(analyte_named_in, texts(concept)) if analyte]
    elif code.kind == "panel":
        return None
    else:
        named = codes.classes().get(code.of, [code.of]) if code.kind.startswith("class") else [code.of]
    return tuple(maker.id for analyte in named for maker in analytes().get(analyte, ()))


def _occurrence(place, setting):
    """When a test is planned; now where the order does not say."""
    for value, path in (
        place.part("occurrenceDateTime"), place.inside("occurrencePeriod").part("start"), place.part("start"),
    ):  # fmt: skip
        try:
            if value is not None:
                return moment(value, path).at
        except InputError:
            continue
    return setting.now


# -- the chart is opened ----------------------------------------------------------------------------------------------


def _results(_call, material, setting):
    """A summary and a detail for each substance whose results of the last days follow a recorded use."""
    try:
        questions = accounts.questions(material, setting.recalled)
    except InputError:
        return []
    made = []
    for asked in questions:
        asked.question["accounts"] = asked.question["accounts"][:1]  # what was only ordered is no account here
        if not _trim(asked, setting) or _hidden(asked, setting):
            continue
        if not any(specimen.get("results") for specimen in asked.question["specimens"]):
            made += _cross_reactants(asked, material)
            continue
        answer = _answered(accounts.interpret, asked)
        if answer and answer["accounts"][0]["evidence"]["grade"] in LEAST_GRADES:
            made.append(decision_cards.of_results(answer, accounts.first_use(asked), material.remarks.said))
    return made


def _trim(asked, setting):
    """Keep the specimens of the last days that follow the first use; False where none is left."""
    first = accounts.first_use(asked)
    if first is None:
        return False
    since = max(first, setting.now - LOOK_BACK)
    kept = [one for one in asked.question["specimens"] if datetime.fromisoformat(one["collected"]) > since]
    asked.question["specimens"] = kept[-MOST_SPECIMENS:]
    return bool(kept)


def _cross_reactants(asked, material):
    """Where only a screen is positive and the medication has a substance to which it can respond: what that is."""
    if not any(one.get("screen", {}).get("positive") for one in asked.question["specimens"]):
        return []
    said = " ".join(
        text for place in material.of(*medications.TAKEN) for text in texts(place.inside(*medications.CONCEPTS))
    ).lower()
    for words, substances in codes.cross_reactants():
        if asked.question["substance"] in substances and any(word in said for word in words):
            return [
                decision_cards.of_cross_reactant(
                    asked.question["substance"], next(word for word in words if word in said)
                )
            ]
    return []
