"""Draw docs/images/kidney.svg: windows of the typical person over glomerular filtration rate, at two cutoffs."""

from pathlib import Path

import numpy as np

from detectapi.model.question import read_question
from detectapi.model.simulation import simulate_typical
from detectapi.telling.axis import Axis
from detectapi.telling.svg import paper

ANALYTES = ("dehydronorketamine", "norketamine", "ketamine")
CUTOFFS = (0.5, 50.0)
GFR = np.linspace(10.0, 120.0, 56)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 440.0, 62.0, 530.0, 60.0, 390.0
COLOURS = ("#1b6ca8", "#b5541c", "#3d7a33")
LINE = 17.0  # of text [px]


def hours(analyte, cutoff, gfr):
    """Last positive time of the typical person after 35 mg over 40 minutes. [h]"""
    request = {
        "substance": "ketamine",
        "doses": [{"amount_mg": 35.0, "route": "intravenous", "duration_min": 40.0}],
        "renal": {"egfr_ml_min_1_73m2": gfr, "method": "measured"},
        "assay": {"rule": "any", "analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]},
    }
    simulation = simulate_typical(read_question(request))
    return float(simulation.crossings(simulation.question.assay.components[0]).last[0])


def main():
    """Write the picture."""
    lines = {(a, c): [hours(a, c, g) for g in GFR] for c in CUTOFFS for a in ANALYTES}
    top = 48.0 * np.ceil(max(max(v) for v in lines.values()) / 48.0)
    x = Axis(
        GFR[0], GFR[-1], "glomerular filtration rate, mL/min per 1.73 m²", [(v, str(v)) for v in range(20, 121, 20)]
    )
    y = Axis(0.0, top, "hours until below the cutoff", [(v, f"{v:.0f}") for v in np.arange(0.0, top + 1.0, 48.0)])
    x, y = x.on(LEFT, RIGHT), y.on(BOTTOM, TOP)
    page = paper(
        WIDTH,
        HEIGHT,
        "Hours until each analyte falls below 0.5 (solid) or 50 ng/mL (dashed), over glomerular filtration rate",
    )
    page.beside(y, LEFT, right=RIGHT)
    page.below(x, BOTTOM)
    labels = []
    for (analyte, cutoff), values in lines.items():
        dash = "7 5" if cutoff == CUTOFFS[1] else None
        colour = COLOURS[ANALYTES.index(analyte)]
        page.path([x(g) for g in GFR], [y(v) for v in values], colour, stroke_width=2.2, stroke_dasharray=dash)
        labels.append((y(values[-1]), f"{analyte} {cutoff:g} ng/mL", colour))
    lowest = HEIGHT
    for at, words, colour in sorted(labels, reverse=True):  # from the bottom, kept a line apart
        lowest = min(at + 5.0, lowest - LINE)
        page.write(RIGHT + 8.0, lowest, words, 12.0, colour=colour)
    Path("docs/images/kidney.svg").write_text(f"{page}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
