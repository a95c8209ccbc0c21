"""Draw why the three readings differ: the voids of one person, each made at a flow and a pH of its own, beside the cutoff."""

import numpy as np

from detectapi import service
from detectapi.exponentials import Fall, span_means
from detectapi.model.question import read_question
from detectapi.model.sampler import Sampler
from detectapi.model.simulation import simulate_typical
from detectapi.model.voids import every_void
from detectapi.telling.axis import Axis
from detectapi.telling.svg import Drawing

CUTOFF = 50.0  # [ng/mL]
ASKED = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": CUTOFF}]},
}
END, VOIDS = 72.0, 24  # [h], voids up to there
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 420.0, 62.0, 740.0, 66.0, 372.0  # [px]
LOWEST, HIGHEST = 1.0, 1000.0  # [ng/mL]
POSITIVE, NEGATIVE, MARKS = "#b5541c", "#1b6ca8", "#1b1f24"


def voids():
    """End [h] and concentration [ng/mL] of each void of the typical person, from the first on."""
    simulation = simulate_typical(read_question(service.load(ASKED)))
    sampler = Sampler(simulation.physiology.known.distributions, simulation.deviates, simulation.selection)
    made = every_void(simulation.physiology, simulation.person, sampler, VOIDS)
    edges = END - np.vstack([np.zeros((1, 1)), np.cumsum(made.interval, axis=0)])
    spread = simulation.population.parameters[simulation.residual_name("norketamine")].variability
    residual = np.exp(spread * np.random.default_rng(3).standard_normal((VOIDS, 1)))
    factor = simulation.made_at("norketamine", made.flow, made.ph) * residual
    response = simulation.response("norketamine")
    read = (span_means(Fall(response, np.arange(1)), edges, np.zeros(1), np.arange(1)) * factor)[:, 0]
    after = edges[1:, 0] > 0.0
    return edges[:-1, 0][after][::-1], read[after][::-1]


def typical(hours):
    """Concentration in the usual specimen of the typical person. [ng/mL]"""
    simulation = simulate_typical(read_question(service.load(ASKED)))
    return simulation.concentration(simulation.question.assay.components[0], hours)[:, 0]


def picture():
    """The picture as SVG text."""
    title = "Norketamine in every void of one person after 35 mg of ketamine into a vein"
    page = Drawing(WIDTH, HEIGHT, title)
    page.box(0, 0, WIDTH, HEIGHT, "white")
    page.write(LEFT, 22, title, 14.0, colour=MARKS)
    words = (
        "line: the usual specimen; dots: voids, each made at a flow and a pH of its own; dashed: the cutoff of 50 ng/mL"
    )
    page.write(LEFT, 40, words, 11.0, colour="#6b7280")
    x = Axis(0.0, END, "hours after the last dose", [(v, f"{v:.0f}") for v in np.arange(0.0, END + 1.0, 12.0)]).on(
        LEFT, RIGHT
    )
    decades = [(v, f"{v:g}") for v in (1.0, 10.0, 100.0, 1000.0)]
    y = Axis(LOWEST, HIGHEST, "ng/mL", decades, logarithmic=True).on(BOTTOM, TOP)
    page.beside(y, LEFT, right=RIGHT)
    page.below(x, BOTTOM)
    hours = np.linspace(6.0, END, 100)
    page.path([x(t) for t in hours], [y(c) for c in typical(hours)], "#6b7280", stroke_width=1.6)
    page.path([LEFT, RIGHT], [y(CUTOFF)] * 2, MARKS, stroke_width=1.4, stroke_dasharray="7 5")
    times, read = voids()
    for time, value in zip(times, read, strict=True):
        colour = POSITIVE if value >= CUTOFF else NEGATIVE
        page.dot(x(time), y(min(max(value, LOWEST), HIGHEST)), 4.0, colour)
    for name, time, level in readings(times, read):
        page.path([x(time)] * 2, [TOP + 14.0 * level + 4.0, BOTTOM], MARKS, stroke_width=0.8)
        page.write(x(time) + 4.0, TOP + 14.0 * level + 8.0, f"{name}: {time:.0f} h", 11.0, colour=MARKS)
    return f"{page}\n"


def readings(times, read):
    """Name, time [h] and line of text of each reading."""
    positive = read >= CUTOFF
    last = np.flatnonzero(positive)[-1]
    first = np.flatnonzero(~positive & (np.arange(len(read)) > np.flatnonzero(positive)[0]))[0]
    hours = np.linspace(6.0, END, 2000)
    single = hours[np.flatnonzero(typical(hours) >= CUTOFF)[-1]]
    return (("first negative", times[first], 0), ("usual specimen", single, 1), ("last positive", times[last], 2))
