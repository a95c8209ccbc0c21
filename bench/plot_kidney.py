"""Draw docs/images/kidney.svg: windows of the typical person over glomerular filtration rate, at two cutoffs."""

from pathlib import Path

import numpy as np

from detectapi.model.question import read_question
from detectapi.model.simulation import simulate_typical

ANALYTES = ("dehydronorketamine", "norketamine", "ketamine")
CUTOFFS = (0.5, 50.0)
GFR = np.linspace(10.0, 120.0, 56)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 62, 230, 30, 50
COLOURS = ("#1b6ca8", "#b5541c", "#3d7a33")
STYLE = (
    "<style>text{font:14px system-ui,sans-serif;fill:#222}.t{fill:#555}.g{stroke:#ddd}path{fill:none;stroke-width:2.2}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.t{fill:#bbb}.g{stroke:#444}}</style>"
)


def hours(analyte, cutoff, gfr):
    """Last positive time of the typical person after 35 mg over 40 minutes. [h]"""
    request = {
        "substance": "ketamine",
        "doses": [{"amount_mg": 35.0, "route": "intravenous", "duration_min": 40.0}],
        "renal": {"creatinine_clearance_ml_min": gfr},
        "assay": {"rule": "any", "analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]},
    }
    simulation = simulate_typical(read_question(request))
    return float(simulation.crossings(simulation.question.assay.components[0]).last[0])


def place(gfr, value, top):
    """Where a point lies on the picture."""
    x = LEFT + (gfr - GFR[0]) / (GFR[-1] - GFR[0]) * (WIDTH - LEFT - RIGHT)
    return x, HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)


def main():
    """Write the picture."""
    lines = {(a, c): [hours(a, c, g) for g in GFR] for c in CUTOFFS for a in ANALYTES}
    top = 48.0 * np.ceil(max(max(v) for v in lines.values()) / 48.0)
    parts = [STYLE]
    for tick in np.arange(0.0, top + 1.0, 48.0):
        x, y = place(GFR[0], tick, top)
        parts.append(f'<line class="g" x1="{x}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="t" x="{x - 8}" y="{y + 5:.1f}" text-anchor="end">{tick:.0f}</text>')
    for tick in range(20, 121, 20):
        x, y = place(tick, 0.0, top)
        parts.append(f'<text class="t" x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle">{tick}</text>')
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">glomerular filtration rate, mL/min</text>'
    )
    parts.append(f'<text x="{LEFT - 40}" y="18">hours until below the cutoff</text>')
    labels = []
    for (analyte, cutoff), values in lines.items():
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(g, v, top) for g, v in zip(GFR, values, strict=True)))
        dash = ' stroke-dasharray="7 5"' if cutoff == CUTOFFS[1] else ""
        parts.append(f'<path d="M{points}" stroke="{COLOURS[ANALYTES.index(analyte)]}"{dash}/>')
        labels.append((place(GFR[-1], values[-1], top)[1], f"{analyte} {cutoff:g}"))
    lowest = HEIGHT
    for y, words in sorted(labels, reverse=True):  # from the bottom, kept a line apart
        lowest = min(y + 5, lowest - 17)
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{lowest:.1f}">{words} ng/mL</text>')
    title = "Hours until each analyte falls below 0.5 (solid) or 50 ng/mL (dashed), over glomerular filtration rate"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{title}</title>'
        f"{''.join(parts)}</svg>\n"
    )
    Path("docs/images/kidney.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
