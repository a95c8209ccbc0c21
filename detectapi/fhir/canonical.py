"""The addresses of what FHIR has no word for: extensions, code systems, operations. Nothing is fetched from them."""

BASE = "https://detectapi.example/fhir"
"""The project has no public address yet; this one is reserved for examples."""


def extension(name, **value):
    """An extension with its value."""
    return {"url": f"{BASE}/StructureDefinition/{name}", **value}


def concept(system, code, text, **more):
    """A CodeableConcept with a code of our own."""
    return {"coding": [{"system": f"{BASE}/CodeSystem/{system}", "code": code, **more}], "text": text}


def percent(probability):
    """A probability as FHIR R4 has it: a percentage. The answer's decimals are kept and no others appear."""
    return round(100 * probability, 7)


def quantity(value, unit):
    """A quantity in a unit of UCUM."""
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def span(low, high, unit):
    """A range of quantities."""
    return {"low": quantity(low, unit), "high": quantity(high, unit)}
