"""Whatever a caller sends in place of a part of a request, it is read, left out or refused; nothing else happens."""

import copy
from datetime import UTC, datetime

from fhir_cases import ACCOUNTS, PATIENT, RESULTS, medication, observation, parameters, quantity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectapi.fhir import accounts, calls, windows
from detectapi.fhir.elements import Place
from detectapi.fhir.material import Material, read_request, take
from detectapi.values.errors import InputError

TIMING = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d", "boundsPeriod": {"start": "2026-11-01T08:00:00Z"}}}
STATED = medication(
    resourceType="MedicationStatement",
    effectivePeriod={"start": "2026-11-01T08:00:00Z", "end": "2026-11-03T08:00:00Z"},
    dosage=[{"timing": TIMING, "route": {"text": "oral"}, "doseAndRate": [{"doseQuantity": quantity(50, "mg")}]}],
)
HANDED_OUT = {
    **STATED,
    "resourceType": "MedicationDispense",
    "whenHandedOver": "2026-11-01",
    "daysSupply": quantity(3, "d"),
}
SPECIMEN = {
    "resourceType": "Specimen",
    "id": "a",
    "type": {"text": "Urine"},
    "collection": {"collectedDateTime": "2026-11-20"},
}
SCREEN = observation(
    "19501-6",
    valueString="Positive",
    referenceRange=[{"high": quantity(50, "ng/mL")}],
    performer=[{"reference": "O/1"}],
)
WHOLE = parameters(
    medication(meta={"security": [{"system": "x", "code": "R"}]}),
    STATED,
    HANDED_OUT,
    PATIENT,
    *RESULTS,
    observation("2161-8", valueQuantity=quantity(88, "mg/dL"), specimen={"reference": "Specimen/a"}),
    observation(
        "19501-6",
        valueString="Positive",
        referenceRange=[{"high": quantity(50, "ng/mL")}],
        performer=[{"reference": "O/1"}],
    ),
    SPECIMEN,
    groups=ACCOUNTS,
    at="2026-11-22T08:00:00Z",
)
TEXTS = ["", "x", "9999-12-31", "2026-11-20T08:00:00"]
JUNK = st.sampled_from([None, 0, -1, 1e308, True, [], {}, ["x"], [[]], [{}], {"x": 1}, *TEXTS])


def places(document, path=()):
    """The paths of every part of a document."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = sorted(places(WHOLE), key=str)


@st.composite
def garbled(draw):
    """The request with up to three of its parts replaced."""
    document = copy.deepcopy(WHOLE)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        part = document
        try:
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = draw(JUNK)
        except (KeyError, IndexError, TypeError):
            continue  # it was replaced together with what it stood in
    return document


def problems_of(read):
    """The problems for which a reading is refused; none where it is not."""
    try:
        read()
    except InputError as error:
        return error.problems
    return ()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbled(), st.sampled_from([windows, accounts]))
def test_a_garbled_request_is_read_or_refused(document, module):
    names = {*windows.PARAMETERS, *accounts.PARAMETERS}

    for problem in problems_of(lambda: module.questions(read_request(document, names))):
        assert problem.detail
        assert isinstance(problem.pointer, str)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(garbled(), st.sampled_from([windows, accounts]))
def test_of_a_garbled_chart_only_the_whole_is_refused(document, module):
    """What cannot be read by itself is left out."""
    material = Material(lenient=True)
    for one in document["parameter"] if isinstance(document["parameter"], list) else ():
        if isinstance(one, dict) and isinstance(one.get("resource"), dict):
            take(material, Place(one["resource"], "prefetch"))

    assert {problem.code for problem in problems_of(lambda: module.questions(material))} <= WHOLE_ONLY


WHOLE_ONLY = {"no-known-dose", "several-people", "conflict", "no-limit"}
"""Refusals that are about a request as a whole."""


ORDER = {
    "resourceType": "ServiceRequest", "id": "o", "code": observation("19501-6")["code"], "occurrenceDateTime": "2026-11-22",
}  # fmt: skip


@given(st.sampled_from(sorted(places(ORDER), key=str)), JUNK)
def test_a_garbled_order_is_one_or_none(path, junk):
    order = copy.deepcopy(ORDER)
    part = order
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = junk
    orders = {"resourceType": "Bundle", "entry": [{"resource": order}]}
    setting = calls.Setting(datetime(2026, 11, 21, tzinfo=UTC), "https://detect.example/")
    planned = calls._planned(Place({"context": {"draftOrders": orders}}, ""), setting)

    assert len(planned) <= 1
