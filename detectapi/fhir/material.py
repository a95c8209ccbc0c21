"""The resources and parameters of a request: Parameters, or a Bundle, whose resources are found wherever they stand."""

from dataclasses import dataclass, field

from detectapi.fhir.elements import Place, labels, reference, refuse
from detectapi.values.errors import InputError, nearest

READ = {
    "MedicationAdministration", "MedicationStatement", "MedicationDispense", "MedicationRequest", "Medication",
    "Observation", "Specimen", "Patient", "ServiceRequest", "Appointment",
}  # fmt: skip
"""Types that are read. All others are dropped at once: names, addresses and identifiers are never looked at."""

MOST_RESOURCES = 1000


@dataclass
class Remarks:
    """What is worth saying of the reading: codes of `detectapi.telling.clinical.REMARKS`, each with where, once."""

    said: list = field(default_factory=list)

    def add(self, code, path=""):
        """Note something once for each place."""
        if (code, path) not in self.said:
            self.said.append((code, path))


@dataclass
class Material:
    """What a request holds.

    Attributes
    ----------
    resources : list of Place
    parameters : dict of str to list of (value, path)
    groups : dict of str to list of Place
        Parameters that have parts.
    remarks : Remarks
    lenient : bool
        Whether what cannot be read is left out with a remark, and not refused.
    """

    resources: list = field(default_factory=list)
    parameters: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)
    lenient: bool = False

    def each(self, read, places):
        """What a function reads of each place. Where lenient, what cannot be read is left out with a remark."""
        values = []
        for place in places:
            try:
                values.append(read(place))
            except InputError:
                if not self.lenient:
                    raise
                self.remarks.add("unreadable", place.path)
        return [value for value in values if value is not None]

    def of(self, *kinds):
        """The resources of some types."""
        return [place for place in self.resources if place.kind in kinds]

    def target(self, place, *names):
        """The resource that a reference leads to, among those of the request and those contained; None where it is not there."""
        link = place.inside(*names).element.get("reference")
        if not isinstance(link, str):
            return None
        for one in place.parts("contained"):
            if link == f"#{one.element.get('id')}":
                return one
        end = "/".join(link.split("/")[-2:])
        return next((one for one in self.resources if f"{one.kind}/{one.element.get('id')}" == end), None)

    def one(self, name, kind=(str,)):
        """The value of a parameter with its path; None and its path where it is not there."""
        values = self.parameters.get(name, [])
        if len(values) > 1:
            raise refuse("Only once.", "duplicate", values[1][1])
        if not values:
            return None, f"Parameters.parameter.where(name='{name}')"
        value, path = values[0]
        if not isinstance(value, kind) or (isinstance(value, bool) and bool not in kind):
            raise refuse("The value has another type than this parameter.", "type", path)
        return value, path

    def labels(self):
        """The labels of protected data on any of the resources."""
        return sorted(set().union(*map(labels, self.resources)))


def read_request(document, allowed):
    """The material of a body.

    Parameters
    ----------
    document : dict
        Parameters or a Bundle.
    allowed : iterable of str
        Names of parameters.

    Raises
    ------
    InputError
        It is neither, or a parameter is not known.
    """
    body = Place(document if isinstance(document, dict) else {}, "")
    if body.kind == "Bundle":
        material = Material()
        take(material, Place(document, "Bundle"))
    elif body.kind == "Parameters":
        material = _parameters(Place(document, "Parameters"), tuple(allowed))
    else:
        raise refuse("The body must be Parameters or a Bundle.", "structure", "resourceType", ["Parameters", "Bundle"])
    if len(material.resources) > MOST_RESOURCES:
        raise refuse(f"At most {MOST_RESOURCES} resources.", "too-much-work", body.kind)
    return material


def _parameters(body, allowed):
    material = Material()
    for one in body.parts("parameter"):
        name = one.element.get("name")
        if name not in allowed:
            close = nearest(name, allowed, 4) if isinstance(name, str) else list(allowed)
            raise refuse("There is no such parameter.", "unknown-field", f"{one.path}.name", close or list(allowed))
        if isinstance(one.element.get("resource"), dict):
            take(material, one.inside("resource"))
        elif "part" in one.element:
            material.groups.setdefault(name, []).append(one)
        else:
            material.parameters.setdefault(name, []).append(value_of(one))
    return material


def value_of(place):
    """The ``value[x]`` of a parameter with its path.

    Raises
    ------
    InputError
        It has none.
    """
    name = next((name for name in place.element if name.startswith("value")), None)
    if name is None:
        raise refuse("A parameter needs a value, a resource or parts.", "required", place.path)
    return place.element[name], f"{place.path}.{name}"


def take(material, place):
    """Keep a resource, or those of a Bundle."""
    if place.kind == "Bundle":
        for entry in place.parts("entry"):
            if isinstance(entry.element.get("resource"), dict):
                take(material, entry.inside("resource"))
    elif isinstance(place.kind, str) and place.kind in READ:
        material.resources.append(place)


def subject(places):
    """The one person that some resources are of; None where none says so.

    Raises
    ------
    InputError
        They are of different people.
    """
    seen = None
    for place in places:
        who = (
            f"Patient/{place.element.get('id')}" if place.kind == "Patient" else reference(place, "subject", "patient")
        )
        if who in (None, "Patient/None") or (place.kind == "Patient" and (seen or "").startswith("urn:")):
            continue
        if seen not in (None, who):
            raise refuse("The resources are of different people.", "several-people", f"{place.path}.subject")
        seen = who
    return seen
