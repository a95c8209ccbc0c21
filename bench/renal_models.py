"""Which form of tubular reabsorption explains published effects of urine pH and flow, and how strongly pH acts.

Three forms are fitted to five bases (rows of ``detectapi/data/observations``): a well-stirred distal segment, a
plug-flow distal segment that loses water along its way, and two well-stirred segments, the first at a fixed pH and a
high flow. Each base has its own permeability, secretion and, where its rows need them, non-renal clearance and volume;
the exponent on the un-ionised fraction is one for all bases, or fixed at one. Prints markdown, draws
docs/images/renal-models.svg and puts what it printed into docs/renal-model.md. Deterministic.
"""

from pathlib import Path

import numpy as np
from measure import table
from renal_fit import (
    BASES,
    FLOW,
    FORMS,
    GFR,
    KETAMINE,
    PLASMA_FLOW,
    ROWS,
    SENSITIVITIES,
    USUAL_PH,
    deviation,
    end,
    extremes,
    fit,
    grid,
    ketamine,
    observed,
    plug_flow,
    rows_of,
    within_one,
)
from renal_plot import Curve, Panel, Points, figure

DOCS = Path(__file__).parent.parent / "docs"
MARK = "<!-- {} bench/renal_models.py -->"
FIXED_FLOWS = 0.01  # log error that holds the flows of the memantine study at what was assumed
AT_ONE = int(np.flatnonzero(SENSITIVITIES == 1.0)[0])


def grids():
    """Chi-square of each form at the best of its own values: form, that value, array (bases, sensitivities)."""
    fits = []
    for form in FORMS:
        tried = {own: grid(form.function, own) for own in form.own}
        own = min(tried, key=lambda value: tried[value].sum(axis=0).min())
        fits.append((form, own, tried[own]))
    return fits


def comparison(fits):
    """Tables of the fit and of what is possible: each form with exponent 1 and with one exponent for all."""
    n = sum(len(base.rows) for base in BASES) + 2  # and the two unreported flows
    lines = []
    for form, own, values in fits:
        for chosen, free in ((AT_ONE, 0), (int(values.sum(axis=0).argmin()), 1)):
            k = sum(base.parameters for base in BASES) + 2 + form.fitted + free
            lines.append((form, own, SENSITIVITIES[chosen], free, k, values[:, chosen]))
    least = min(each.sum() + 2 * k for *_, k, each in lines)
    fitted, possible = [], []
    for form, own, exponent, free, k, each in lines:
        label = f"{form.name}, exponent {exponent:.2f}{'' if free else ' (fixed)'}"
        aic = each.sum() + 2 * k
        small = aic + 2 * k * (k + 1) / (n - k - 1)
        numbers = [*(f"{value:.1f}" for value in each), f"{each.sum():.1f}", f"{aic - least:.1f}", f"{small:.0f}"]
        fitted.append([label, k, *numbers])
        largest, smallest, acid, alkaline = extremes(
            form.function, exponent, own, [fit(form.function, base, exponent, own) for base in BASES]
        )
        worst = max(largest, key=largest.get)
        holds = "yes" if smallest > 0.0 and largest[worst] <= PLASMA_FLOW else "NO"
        most = [f"{largest['ketamine']:.0f}", f"{largest[worst]:.0f} ({worst})"]
        possible.append([label, f"{acid:.0f}", f"{acid / alkaline:.0f}", *most, holds])
    return (
        "### Fit\n\nChi-square of each base, in errors set by one rule, and of all; k counts every free number.\n"
        f"AIC is chi-square plus 2 k, as the difference from the best; AICc adds the small-sample term ({n} numbers).\n"
        f"The proximal segment of the two has {fits[2][1]:.1f} times the surface of the distal one in the best fit.\n",
        table(["form", "k", *(base.name for base in BASES), "all", "AIC over best", "AICc"], fitted),
        "\n### What it makes of ketamine, and what is possible\n\nRenal clearance in mL/min. The permeability of\n"
        f"ketamine is set so that it is {KETAMINE['usual']:.0f} at pH {USUAL_PH:.0f} and {FLOW} mL/min of urine;\n"
        f"its filtration is {KETAMINE['unbound'] * GFR:.0f}. Largest over pH 4.5 to 8.5 and flow 0.3 to 10 mL/min.\n"
        f"Possible: above 0, and at most renal plasma flow ({PLASMA_FLOW:.0f}), which the fits were held to.\n",
        table(["form", "at pH 5", "pH 5 over pH 8", "largest", "largest of all", "possible"], possible),
    )


def assumptions(fits):
    """Table of what the comparison rests on: chi-square of the best exponent when an assumption changes."""
    (stirred, own, _), (plug, share, _), _ = fits
    variants = [
        ("as above", {}, share),
        ("memantine: flows exactly 0.7 and 2.5 mL/min", {"flow_error": FIXED_FLOWS}, share),
        ("fits not held to renal plasma flow", {"bound": False}, share),
        ("without recalled rows", {"recalled": False}, share),
        ("distal inflow 11 mL/min", {}, 0.10),
        ("distal inflow 33 mL/min", {}, 0.30),
    ]
    lines = []
    for label, how, changed in variants:
        cells = []
        for function, value in ((stirred.function, own), (plug.function, changed)):
            total = grid(function, value, **how).sum(axis=0)
            cells += [f"{total.min():.1f}", f"{SENSITIVITIES[total.argmin()]:.2f}", f"{total[AT_ONE]:.1f}"]
        lines.append([label, *cells])
    moved = []
    for form, value, values in fits[:2]:
        x = fit(form.function, BASES[0], SENSITIVITIES[values.sum(axis=0).argmin()], value)[1]
        moved.append(f"{form.name} {0.7 * np.exp(x[2]):.2f} and {2.5 * np.exp(x[3]):.2f}")
    return (
        "\n### What it rests on\n\nChi-square of all bases at the best exponent, that exponent, and chi-square at 1.\n",
        table(["", "well-stirred", "exponent", "at 1", "plug flow", "exponent", "at 1"], lines),
        "\nUrine flows of the memantine study that the fits above chose, in mL/min: " + "; ".join(moved) + ".",
    )


def exponent(fits):
    """Tables of the exponent by base, and of every row, in the well-stirred form."""
    form, own, values = fits[0]
    firm = grid(form.function, own, recalled=False)
    lines = [
        [base.name, spell(every), spell(without)] for base, every, without in zip(BASES, values, firm, strict=True)
    ]
    lines.append(["all together", spell(values.sum(axis=0)), spell(firm.sum(axis=0))])
    best = SENSITIVITIES[values.sum(axis=0).argmin()]
    predictions = []
    for base in BASES:
        model = fit(form.function, base, best, own)[2]
        for row, value in zip(rows_of(base, True), model, strict=True):
            unit = "" if row.unit == "1" else f" {row.unit}"
            numbers = [f"{observed(row):.3g}{unit}", f"{value:.3g}", f"{deviation(row, value):+.1f}"]
            predictions.append([row.id, *numbers, row.status])
    swings = []
    for tried in (0.5, 0.75, 1.0):
        clearance = ketamine(form.function, tried, own)
        swings.append(f"{clearance(5.0, FLOW) / clearance(8.0, FLOW):.0f} at {tried:g}")
    return (
        "\n### The exponent, well-stirred form\n\nBest value, and the range within one chi-square; the grid runs from "
        f"{SENSITIVITIES[0]:.1f} to {SENSITIVITIES[-1]:.1f}, and a range that\nreaches an end of it is open.\n",
        table(["base", "all rows", "without recalled rows"], lines),
        "\nKetamine's renal clearance at pH 5 over that at pH 8, by exponent: " + ", ".join(swings) + ".",
        f"\n### Row by row, well-stirred form with exponent {best:.2f}\n",
        table(["row", "observed", "predicted", "deviation in errors", "known how"], predictions),
    )


def spell(profile):
    """Best exponent with its range."""
    best, low, high = within_one(profile)
    return f"{best:.2f} ({low:.2f} to {high:.2f})"


def clearance_of(base, form, own, exponent, x):
    """Renal clearance of a fitted base by flow, over the pH axis."""
    return lambda ph, flow: form(
        GFR, flow, ph, base.unbound, base.pka, np.exp(x[1]), np.exp(x[0]), exponent, own
    )  # fmt: skip


def plot(fits):
    """Draw memantine, amphetamine, ketamine and the exponent; return SVG."""
    ph = np.linspace(4.5, 8.5, 81)
    memantine, amphetamine, drug, profile = [], [], [], []
    filtered = np.full_like(ph, KETAMINE["unbound"] * GFR)
    for form, own, values in fits[:2]:  # two segments fall together with one
        total = values.sum(axis=0)
        best = SENSITIVITIES[total.argmin()]
        label = f"{form.name}, exponent {best:.2f}"
        x = fit(form.function, BASES[0], best, own)[1]
        clearance = clearance_of(BASES[0], form.function, own, best, x)
        memantine.append(Curve(ph, clearance(ph, 0.7 * np.exp(x[2])), form.name, label))
        memantine.append(Curve(ph, clearance(ph, 2.5 * np.exp(x[3])), form.name, dashed=True))
        x = fit(form.function, BASES[3], best, own)[1]
        loss = np.exp(x[2]) + clearance_of(BASES[3], form.function, own, best, x)(ph, FLOW)
        amphetamine.append(Curve(ph, np.log(2.0) * np.exp(x[3]) / (0.06 * loss), form.name, label))
        drug.append(Curve(ph, ketamine(form.function, best, own)(ph, FLOW), form.name, label))
        drug.append(Curve(ph, ketamine(form.function, 1.0, own)(ph, FLOW), form.name, f"{form.name}, exponent 1", True))
        profile.append(Curve(SENSITIVITIES, total - total.min(), form.name, form.name))
    drug.append(Curve(ph, filtered, "grey", "filtered"))
    low, high = ([ROWS[name] for name in BASES[0].rows if name.endswith(word)] for word in ("low", "high"))
    half_lives = [ROWS[name] for name in BASES[3].rows if ROWS[name].quantity == "half_life"]
    axis = (4.5, 8.5)
    return figure(
        "Urine pH and renal clearance: well-stirred and plug-flow reabsorption",
        [
            Panel(
                "Memantine: renal clearance [mL/min]", "urine pH", memantine,
                [points(low, "low flow"), points(high, "high flow (dashed)", True)],
                axis, (5, 500), True, "bottom left",
            ),
            Panel(
                "Amphetamine: half-life [h]", "urine pH", amphetamine,
                [points(half_lives, "label and secondary pages")], axis, (0, 40), False, "top left",
            ),
            Panel("Ketamine, extrapolated: renal clearance [mL/min]", "urine pH", drug, [], axis, (0.5, 2000), True),
            Panel("Exponent: chi-square above the best, all bases", "exponent", profile, [], (0.2, 1.5), (0, 20)),
        ],
    )  # fmt: skip


def points(rows, label, hollow=False):
    """Published values at the pH they belong to."""
    at = [end(row.study.given.get("urine_ph", USUAL_PH)) for row in rows]
    return Points(at, [row.value for row in rows], label, hollow)


def main():
    """Compare, draw, write."""
    assert FORMS[1].function is plug_flow
    fits = grids()
    text = "\n".join((*comparison(fits), *assumptions(fits), *exponent(fits)))
    print("## Renal models: which form, which exponent\n\nWhat it means stands in docs/renal-model.md.\n\n" + text)
    (DOCS / "images").mkdir(exist_ok=True)
    (DOCS / "images" / "renal-models.svg").write_text(plot(fits), encoding="utf-8")
    page = DOCS / "renal-model.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(MARK.format("begin"))
    _, stop, after = rest.partition(MARK.format("end"))
    page.write_text(f"{before}{begin}\n\n{text}\n\n{stop}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
