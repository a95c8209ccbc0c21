"""Substances and assays for a terminal: their lists, and the card of a substance."""

from detectapi.telling.lines import fill, finish


def substances(document, plain=False):
    """The list of substances."""
    lines = []
    for entry in document["items"]:
        lines += [
            f"{entry['id']}, revision {entry['revision']}",
            fill(entry["description"], "  "),
            fill(f"analytes: {', '.join(entry['analytes'])}", "  ", "    "),
            fill(f"routes: {', '.join(entry['routes'])}", "  ", "    "),
        ]
    return finish(lines, plain)


def assays(document, plain=False):
    """The list of registered assays."""
    lines = []
    for entry in document["items"]:
        date = "" if entry["date"] == "not stated" else f", {entry['date']}"
        lines += [f"{entry['id']}: {entry['name']}", fill(f"{entry['issuer']}{date}; {test(entry)}", "  ")]
    return finish(lines, plain)


def test(entry):
    """What a registered assay calls positive."""
    if entry["test"] is None:
        return entry["because"]
    cutoffs = (f"{part['analyte']} {_cutoff(part)}" for part in entry["test"]["analytes"])
    return (" and " if entry["test"]["rule"] == "all" else " or ").join(cutoffs)


def card(document, plain=False):
    """A substance's card: its parameters with their spread and origin."""
    lines = [
        f"{document['name']} ({document['id']}), revision {document['revision']}, reviewed {document['reviewed']}",
        fill(document["description"]),
        fill(f"analytes: {', '.join(document['analytes'])}", rest="  "),
        fill(f"routes: {', '.join(route['id'] for route in document['routes'])}", rest="  "),
        fill(f"assay used when none is named: {document['default_assay']}"),
        "",
        fill(
            "Each number: typical value, bounds, how much people or specimens differ and how well the typical value is"
            " known (standard deviations on its scale), what it is, and where it comes from."
        ),
        "",
    ]
    for parameter in document["parameters"]:
        lines += [
            parameter_line(parameter),
            fill(parameter["meaning"], "    "),
            fill(origin(parameter["origin"]), "    "),
        ]
    return finish(lines, plain)


def parameter_line(parameter):
    """Name, value and spread of a parameter."""
    mark = ", a hypothesis" if parameter["hypothesis"] else ""
    value = f"{parameter['value']:g} {parameter['unit']} [{parameter['low']:g}, {parameter['high']:g}]"
    spread = f"{parameter['variability']['between']} {parameter['variability']['sd']:.3g}"
    known = f"known to {parameter['uncertainty']['sd']:.3g}{mark}"
    return f"  {parameter['name']} = {value} {parameter['scale']}: {spread}, {known}"


def origin(entry):
    """Where a number comes from."""
    if "source" not in entry:
        return f"{entry['basis']}: {entry['reason']}"
    return f"{entry['basis']}: {entry['source']['citation']}; {entry['locator']}"


def _cutoff(part) -> str:
    if "cutoff_ng_mg_creatinine" in part:
        return f"{part['cutoff_ng_mg_creatinine']:g} ng/mg creatinine"
    return f"{part['cutoff_ng_ml']:g} ng/mL"
