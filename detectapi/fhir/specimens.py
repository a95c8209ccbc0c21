"""Readings put together into the specimens of a question, with what was measured of the urine itself."""

from typing import Any

from detectapi.fhir.elements import refuse
from detectapi.fhir.results import ALIKE, Reading, specimen_of

OF_URINE = {
    "urine-creatinine": "urine_creatinine_mg_dl",
    "specific-gravity": "specific_gravity",
    "urine-ph": "urine_ph",
}


def specimens(read, measured, screen, asked, remarks):
    """Specimens as a question has them, in the order of their times.

    Parameters
    ----------
    read : list of Reading
        Those of analytes that the question is about.
    measured : list of Measurement
    screen : str or None
        Id of the registered screen that verdicts are of; None for the cutoff that each states.
    asked : Asked
        It learns where each part was read, and which resources were used.
    remarks : Remarks

    Returns
    -------
    list of dict
    list of Measurement
        Those that belong to none of the specimens.
    """
    by_key: dict[tuple[Any, ...], list[Reading]] = {}
    for one in read:
        by_key.setdefault(one.specimen, []).append(one)
    made, others = [], list(measured)
    for number, (key, some) in enumerate(by_key.items()):
        pointer = f"/specimens/{number}"
        specimen = {"collected": some[0].at.text}
        asked.paths |= {pointer: some[0].observation.path, f"{pointer}/collected": some[0].when_path}
        results = _results([one for one in some if not one.is_screen], pointer, asked)
        if results:
            specimen["results"] = results
        for one in some:
            if one.is_screen and "screen" in specimen:
                remarks.add("one-screen", one.place.path)
            elif one.is_screen:
                specimen["screen"] = _screen(one, screen)
                asked.paths[f"{pointer}/screen"] = one.place.path
        own = [one for one in others if specimen_of(one.place, one.at) == key]
        _urine(specimen, own, pointer, asked)
        others = [one for one in others if one not in own]
        asked.used += [one.observation for one in some]
        made.append(specimen)
    return made, others


def _results(read, pointer, asked):
    """The results of one specimen, each analyte once."""
    results: list[dict[str, Any]] = []
    places: dict[tuple[str, Any], Reading] = {}
    for one in read:
        key = one.analyte, one.fields.get("hydrolysed")
        if key in places:
            _same(places[key], one)
            continue
        places[key] = one
        asked.paths[f"{pointer}/results/{len(results)}"] = one.place.path
        results.append({"analyte": one.analyte, **one.fields})
    return results


def _same(first, second):
    """Refuse two results of one analyte in one specimen that contradict each other."""
    one, other = (reading.fields.get("value_ng_ml") for reading in (first, second))
    alike = max(one, other) <= ALIKE * min(one, other) if one and other else first.fields == second.fields
    if not alike:
        raise refuse("Two results of one analyte in one specimen contradict each other.", "conflict", second.place.path)


def _screen(one, screen):
    """The verdict of a screen with its test."""
    cutoff = one.fields["cutoff_ng_ml"]
    if screen is None and cutoff is None:
        raise refuse(
            "The cutoff of this screen is not stated. Send it as referenceRange.high, or name the test by the parameter screen.",
            "no-limit", one.place.path,
        )  # fmt: skip
    test = screen if screen is not None else {"target": one.analyte, "cutoff_ng_ml": cutoff}
    return {"assay": test, "positive": one.fields["positive"]}


def _urine(specimen, own, pointer, asked):
    """Creatinine, gravity and pH of the specimen; the newest of each."""
    for one in own:
        name = OF_URINE.get(one.of)
        if name is None or name in specimen:
            continue
        specimen[name] = one.value
        asked.paths[f"{pointer}/{name}"] = f"{one.place.path}.valueQuantity"
        asked.used.append(one.place)
        if one.method == "strip":
            specimen["read_by"] = "strip"
