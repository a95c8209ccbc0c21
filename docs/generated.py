"""The tables of the pages that are read from the data; each function gives a table in Markdown."""

import tempfile
from itertools import groupby
from pathlib import Path

import numpy as np

from detectapi import estimate, list_assays, service, show_substance
from detectapi.inputs.table import INPUTS
from detectapi.inputs.table.definition import KINDS
from detectapi.jobs.scopes import SCOPES
from detectapi.jobs.settings import Settings
from detectapi.knowledge import catalog, evidence, observations, published_figures
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.serial import serial
from detectapi.model.simulation import Simulation
from detectapi.settings import SETTINGS
from detectapi.telling import sentences
from detectapi.web import create_app

TOY = Path(__file__).resolve().parent.parent / "tests" / "data" / "extra" / "substances" / "toy.toml"
OLDEST = 120
"""An age that stands for no upper bound. [years]"""
PATTERNS = {"single": "one dose", "course": "several doses", "chronic": "30 days and more"}


def packaged():
    """The substances that the package ships, whatever folder of one's own is read beside them."""
    return [one for one in catalog.substances() if (catalog.PACKAGED / "substances" / f"{one.id}.toml").exists()]


def grades():
    """The best grade of evidence that an answer can have, by substance, route and pattern of use."""
    rows = [("substance", "route", *PATTERNS.values())]
    for substance in packaged():
        alike = {}
        for route in substance.routes:
            alike.setdefault(tuple(_best(substance, route, pattern) for pattern in PATTERNS), []).append(route)
        for found, routes in sorted(alike.items()):
            rows.append((f"**{substance.id}**", ", ".join(routes), *found))
    return table(rows)


def _best(substance, route, pattern):
    """The best grade among the analytes of a substance."""
    found = [evidence.grade(substance, (route,), pattern, (moiety.id,)).grade for moiety in substance.moieties]
    return min(found, key=evidence.GRADES.index)


def tests_assumed():
    """The test that each substance is asked about where a question names none."""
    assays = {assay.id: assay for assay in list_assays()}
    rows = [("substance", "test, where none is given", "positive from")]
    for substance in packaged():
        card = show_substance(substance.id)
        assay, known = assays[card.default_assay], {moiety.id for moiety in card.moieties}
        parts = [part for part in assay.test.analytes if part.analyte in known]
        cutoffs = [f"{part.analyte} {part.cutoff_ng_ml:g} ng/mL" for part in parts]
        joined = (" and " if assay.test.rule == "all" else " or ").join(cutoffs)
        rows.append((substance.id, f"`{assay.id}`: {assay.name}", joined))
    return table(rows)


def notes_of_substances():
    """The notes that the data of a substance add to its answers."""
    notes = {}
    for substance in packaged():
        for note in substance.notes:
            notes.setdefault((note.code, note.message), []).append(substance.id)
    rows = [(f"`{code}`", ", ".join(ids), message) for (code, message), ids in sorted(notes.items())]
    return table([("code", "substance", "says"), *rows])


PANEL_DRAWS = 400
"""Draws of each answer of the panel: its hours are shown in two figures."""


def panel():
    """Each substance and route after one dose that was studied, with the test that is assumed, beside what charts say."""
    rows = [
        ("substance", "one dose", "one specimen [h]", "last positive [h]", "first negative [h]", "charts and studies")
    ]
    for substance in packaged():
        said = [f"{one.says} ({one.source})" for one in observations.claims(substance.id) if one.low_h is not None]
        for dose in _studied_doses(substance):
            answer = estimate(substance=substance.id, doses=[dose], options={"draws": PANEL_DRAWS})
            times = (answer.window, answer.serial.last_positive, answer.serial.first_negative)
            salt = f" as {dose['basis']}" if dose.get("basis", "base") != "base" else ""
            over = f" over {dose['duration_min']:g} min" if dose.get("duration_min") else ""
            words = f"{dose['amount_mg']:g} mg {dose['route']}{salt}{over}"
            rows.append(
                (f"**{substance.id}**", words, *(_hours(time) for time in times), "; ".join(said[:MOST_CHARTS]))
            )
            said = []
    return table(rows)


MOST_CHARTS = 3


def _hours(time):
    """The middle and the range, in two figures."""
    middle, low, high = (f"{float(f'{hours:.2g}'):g}" for hours in (time.median_h, time.low_h, time.high_h))
    return f"{middle} ({low} to {high})"


def _studied_doses(substance):
    """One dose for each route: the first of the published figures, or of the studies, that is single and in milligrams."""
    figures = [item["doses"] for item in published_figures.read(substance.id)]
    studies = [row.study.doses for row in observations.observations(substance.id) if row.study.doses]
    found = {}
    for doses in (*figures, *studies):
        first = {key: value for key, value in doses[0].items() if value is not None}
        single = len(doses) == 1 and "repeat" not in first and isinstance(first.get("amount_mg"), (int, float))
        if single and first["route"] in substance.routes:
            found.setdefault(first["route"], first)
    return [found[route] for route in substance.routes if route in found]


def worked_example():
    """One infusion: the typical concentration and the share of positive draws, at some of the hours of the curve."""
    answer = estimate(
        substance="ketamine",
        doses=[{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
        assay={"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
        options={"include": ["concentration"]},
    )
    rows = [("hours after the infusion", "norketamine in the typical person's urine [ng/mL]", "positive draws")]
    concentrations = answer.analytes[0].concentration.typical_ng_ml
    for time, concentration, share in zip(
        answer.curve.time_h, concentrations, answer.curve.probability_positive, strict=True
    ):
        if time in (12, 24, 32, 48, 60):
            rows.append((f"{time:g}", f"{concentration:g}", f"{100 * share:.1f} %"))
    window = answer.window
    range_ = f"median {window.median_h:g} h, 90 % range {window.low_h:g} to {window.high_h:g} h"
    return f"{_typical_person(answer)}\n\n{table(rows)}\n\nOver all draws: {range_}."


PH_ASKED = {
    "ketamine 35 mg into a vein, norketamine 50": (
        "ketamine", {"amount_mg": 35, "route": "intravenous", "duration_min": 40}, "norketamine", 50,
    ),
    "ketamine 150 mg sniffed daily for 30 days, norketamine 50": (
        "ketamine", {"amount_mg": 150, "route": "intranasal-powder", "repeat": {"every_h": 24, "count": 30}}, "norketamine", 50,
    ),
    "amphetamine 20 mg swallowed, 500": ("amphetamine", {"amount_mg": 20, "route": "oral"}, "amphetamine", 500),
    "methamphetamine 10 mg swallowed, 250": (
        "methamphetamine", {"amount_mg": 10, "route": "oral"}, "methamphetamine", 250,
    ),
}  # fmt: skip


def memory_of_ph():
    """Both readings of a series where voids are independent in pH, and where all voids of a person have the same pH."""
    rows = [("question, cutoff [ng/mL]", "pH of voids", "last positive [h]", "first negative [h]")]
    for name, (substance, dose, analyte, cutoff) in PH_ASKED.items():
        assay = {"analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]}
        question = read_question(service.load({"substance": substance, "doses": [dose], "assay": assay}))
        simulation = Simulation(question, Draws(20261123, layout(2000), question.posterior))
        for words, remembers in (("independent", False), ("the same", True)):
            read = serial(simulation, remembers_ph=remembers)[1]
            rows.append((name if not remembers else "", words, *(_range(times) for times in read)))
    return table(rows)


def _range(times):
    """Median and 90 % range of times. [h]"""
    low, median, high = np.quantile(times, [0.05, 0.5, 0.95])
    return f"{median:.0f} ({low:.0f} to {high:.0f})"


def _typical_person(answer):
    """The person of whom nothing is known, at the medians."""
    used = {one.name: one.value for one in answer.inputs_used}
    return (
        f"The typical person has {used['weight_kg']:.0f} kg, a GFR of {used['egfr_ml_min_1_73m2']:.0f} mL/min/1.73 m² and a"
        f" urine flow of {used['urine_flow_ml_h']:.0f} mL/h at pH {used['urine_ph']:g}."
    )


def kidney_functions():
    """What the true GFR is relative to a given kidney function, by how that was found."""
    rows = [("method", "how it was found", "ages", "true GFR relative to it", "spread")]
    for method in catalog.physiology().gfr_methods.values():
        ages = f"from {method.youngest:g}" if method.oldest >= OLDEST else f"{method.youngest:g} to {method.oldest:g}"
        rows.append((f"`{method.id}`", method.name, ages, f"{method.factor:g}", f"{method.spread:g}"))
    return table(rows)


def population_numbers():
    """Every number of body, kidneys and urine that does not change with age or sex."""
    rows = [("name", "meaning", "value", "unit", "between people", "between specimens", "not known", "basis")]
    physiology = catalog.physiology()
    for one in physiology.parameters.values():
        spreads = [one.variability if one.between == kind else 0.0 for kind in ("people", "specimens")]
        rest = [f"{spread:.2g}" if spread else "" for spread in (*spreads, one.uncertainty)]
        rows.append((f"`{one.name}`", one.meaning, f"{one.value:g}", _plain(one.unit), *rest, one.origin.basis))
    for one in physiology.quantities.values():
        rows.append((f"`{one.name}`", one.meaning, f"{one.value:g}", _plain(one.unit), "", "", "", one.origin.basis))
    return table(rows)


def _plain(unit):
    """A unit; empty where the number has none."""
    return "" if unit == "1" else unit


def sentence_for_patients():
    """What may be said of one infusion, with the test that is assumed and the limits of the answer."""
    answer = estimate(substance="ketamine", doses=[{"amount_mg": 35, "route": "intravenous", "duration_min": 40}])
    range_, falls = sentences.headline(answer.window), sentences.sentences(answer.window)[0]
    test = sentences.positive_means(answer)
    return f"> One infusion of 35 mg of ketamine. {test} {range_}. {falls} {answer.limits}"


def toy_file():
    """The smallest complete file of a substance."""
    return f"```toml\n{TOY.read_text(encoding='utf-8')}```"


TWO_STAGES = {
    "screen at 50 ng/mL": "hhs-cannabis-screen",
    "confirmation at 15 ng/mL": "hhs-cannabis-confirm",
    "both stages": "hhs-cannabis",
}
SMOKED = {"amount_mg": 25, "route": "smoked"}
USES_OF_CANNABIS = {
    "once": {"doses": [SMOKED]},
    "daily for 30 days": {"pattern": {"frequency": "daily", **SMOKED, "for_days": 30}},
}


def two_stages():
    """The window of THC-COOH in a test in two stages, and in each stage alone."""
    rows = [("smoked", "test", "median", "90 % range", "ever positive")]
    for use, asked in USES_OF_CANNABIS.items():
        for name, assay in TWO_STAGES.items():
            window = service.answer({"substance": "cannabis", **asked, "assay": assay})["window"]
            ends = f"{window['low_h']:.0f} to {window['high_h']:.0f}"
            rows.append((use, name, f"{window['median_h']:.0f}", ends, f"{window['ever_positive']:.0%}"))
    return table(rows)


def inputs():
    """Every input of a request, from the table of inputs."""
    rows = [("input", "meaning", "value", "flag")]
    for entry in INPUTS:
        flag = f"`{entry.flags[0]}`" if entry.flags else f"in `{entry.within_flag}`" if entry.within_flag else ""
        words = f": {', '.join(entry.words)}" if entry.kind in ("word", "words") else ""
        value = " ".join(filter(None, (f"{KINDS[entry.kind]}{words}", _bounds(entry), _unit(entry))))
        rows.append((f"`{entry.path}`", entry.meaning, value, flag))
    return table(rows)


def _bounds(entry):
    """The bounds of a number in words; the low one may be left out itself."""
    if entry.low is None:
        return ""
    return f"{'above' if entry.above else 'from'} {entry.low:,.10g} to {entry.high:,.10g}"


def _unit(entry):
    """The unit; empty where there is none."""
    return "" if entry.unit == "-" else entry.unit


def columns():
    """The columns of a table of scenarios, by the part of a request that they belong to."""
    rows = [("column", "of a request", "meaning", "unit")]
    for entry in INPUTS.with_column:
        rows.append((f"`{entry.column}`", f"`{entry.path}`", entry.meaning, _unit(entry)))
    return table(rows)


def settings_of_the_service():
    """The settings that have an effect in every service."""
    return _settings("service")


def settings_of_jobs():
    """The settings that have an effect where jobs are offered."""
    return _settings("jobs")


def _settings(group):
    rows = [("variable", "what it does", "what it may be", "default")]
    chosen = [one for one in SETTINGS.values() if one.group == group]
    return table([*rows, *((f"`{one.name}`", one.effect, one.kind.allowed, one.otherwise) for one in chosen)])


def scopes():
    """The scopes of keys, what each opens in words, and the operations that ask for it."""
    operations = {name: [] for name in SCOPES}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(folder, f"sqlite:///{folder}/jobs.sqlite")
        app = create_app({"JOBS": settings})
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            scope = getattr(app.view_functions[rule.endpoint], "scope", None)
            if scope is not None:
                method = min(rule.methods - {"HEAD", "OPTIONS"})
                operations[scope].append(f"`{method} {rule.rule.replace('<job_id>', '{id}')}`")
        app.extensions["detectapi-desk"].engine.dispose()
    rows = ((f"`{name}`", words, ", ".join(operations[name])) for name, words in SCOPES.items())
    return table([("scope", "the key may", "operations"), *rows])


def table(rows):
    """Rows as a table in Markdown; the first is the head, and a first cell like the one above it is left empty."""
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, group in groupby(body, key=lambda row: row[0]):
        for number, row in enumerate(group):
            lines.append(f"| {' | '.join(('' if number else name, *row[1:]))} |")
    return "\n".join(lines)
