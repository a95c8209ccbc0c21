"""What bench/renal_models.py fits: three forms of tubular reabsorption, five bases, and their published rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from detectapi.knowledge.observations import observations
from detectapi.model.renal import BLOOD_PH, SENSITIVITY_PH, renal_clearance, unionised_fraction

GFR, PLASMA_FLOW = 110.0, 600.0  # [mL/min]
FLOW, USUAL_PH = 1.04, 6.0  # where a study says nothing [mL/min]
DISTAL_SHARE = 0.18  # of the filtrate reaches the distal nephron: 20 mL/min; an assumption that the report varies
PROXIMAL_PH = 6.8
WEIGHT = 70.0  # [kg]
KETAMINE = {"pka": 7.5, "unbound": 0.55, "usual": 27.0}  # usual: what 2 % of a dose unchanged amounts to [mL/min]

SENSITIVITIES = np.round(np.arange(0.20, 1.51, 0.05), 2)
LOG_ERROR = {"read": 0.15, "second-hand": 0.30, "recalled": 0.60}
"""Error of a row on the log (fractions: logit) scale; twice that for extremes and for a single person."""
WIDE = ("max", "min", "individual")
FLOW_ERROR = 0.4  # of the unreported flows of the memantine study, log scale


@dataclass(frozen=True)
class Base:
    """A drug: its chemistry, the rows that tell of it, and how many of the four parameters they need."""

    name: str
    pka: float
    unbound: float
    rows: tuple[str, ...]
    parameters: int = 4  # permeability, secretion, non-renal clearance, volume


BASES = (
    Base(
        "memantine", 10.0, 0.55,
        (
            "freudenthaler1998-acid-low", "freudenthaler1998-acid-high",
            "freudenthaler1998-alkaline-low", "freudenthaler1998-alkaline-high",
        ),
        parameters=2,
    ),
    Base("methadone", 8.95, 0.13, ("nilsson1982-acid-clearance", "nilsson1982-alkaline-clearance"), parameters=3),
    Base(
        "phencyclidine", 8.5, 0.35,
        ("cook1982-renal-fraction", "cook1983-half-life", "cook1982-volume", "pcp-urine-plasma-5.5"),
    ),
    Base(
        "amphetamine", 9.9, 0.82,
        (
            "zenzedi-half-life", "anggard1973-slope", "amphetamine-acid-half-life", "amphetamine-alkaline-half-life",
            "delatorre2004-volume", "poklis1998-5-recovery", "beckett1965-acid", "beckett1965-alkaline",
            "baselt-amphetamine-acid", "baselt-amphetamine-alkaline",
        ),
    ),
    Base(
        "methamphetamine", 9.9, 0.85,
        (
            "harris2003-clearance", "harris2003-volume", "harris2003-renal-clearance", "harris2003-half-life",
            "methamphetamine-acid", "methamphetamine-normal", "methamphetamine-alkaline",
        ),
    ),
)  # fmt: skip
# Start and width of the weak priors: log of permeability, secretion and non-renal clearance [mL/min], volume [L].
PRIOR = np.log([1000.0, 90.0, 150.0, 280.0])
WIDTH = np.array([3.0, 1.5, 1.5, 1.0])
ROWS = {row.id: row for row in observations()}


# -- the forms --------------------------------------------------------------------------------------------------------


def in_urine(ph, pka, sensitivity):
    """Un-ionised fraction in urine with the exponent that `detectapi.model.renal` puts on it."""
    at_reference = unionised_fraction(SENSITIVITY_PH, pka)
    return at_reference * (unionised_fraction(ph, pka) / at_reference) ** sensitivity


def well_stirred(gfr, flow, ph, unbound, pka, secretion, permeability, sensitivity, _own=0.0):
    """One well-stirred segment at the flow and pH of urine: what detectapi computes with."""
    return renal_clearance(gfr, flow, ph, unbound, pka, secretion, permeability, sensitivity)


def plug_flow(gfr, flow, ph, unbound, pka, secretion, permeability, sensitivity, share=DISTAL_SHARE):
    """Plug flow at the pH of urine; water leaves evenly along the way, from the distal inflow down to urine flow.

    With Q the flow, M the solute per plasma concentration: dM/dQ = (PS / w) (f M / Q - fu fn(7.4)), w the water lost.
    """
    into, back = unbound * gfr + secretion * gfr / 100.0, unbound * unionised_fraction(BLOOD_PH, pka)
    inflow = np.maximum(share * gfr, 1.001 * flow)
    lost = inflow - flow
    power = permeability * in_urine(ph, pka, sensitivity) / lost
    power = np.where(np.abs(power - 1.0) < 1e-9, 1.0 + 1e-9, power)  # the limit has the same value
    slope = permeability * back / (lost * (power - 1.0))
    return (into - slope * inflow) * (flow / inflow) ** power + slope * flow


def two_segments(gfr, flow, ph, unbound, pka, secretion, permeability, sensitivity, surface=1.0):
    """A well-stirred proximal segment at fixed pH and the distal inflow, then the well-stirred one at urine's."""
    into, back = unbound * gfr + secretion * gfr / 100.0, unbound * unionised_fraction(BLOOD_PH, pka)
    inflow, proximal = np.maximum(DISTAL_SHARE * gfr, flow), surface * permeability
    passed = inflow * (into + proximal * back) / (inflow + proximal * unionised_fraction(PROXIMAL_PH, pka))
    return flow * (passed + permeability * back) / (flow + permeability * in_urine(ph, pka, sensitivity))


@dataclass(frozen=True)
class Form:
    """A form and the values tried for the one number of its own, which all bases share."""

    name: str
    function: Callable
    own: tuple[float, ...] = (0.0,)

    @property
    def fitted(self):
        """How many numbers of its own are chosen by fit."""
        return int(len(self.own) > 1)


FORMS = (
    Form("well-stirred", well_stirred),
    Form("plug flow", plug_flow, (DISTAL_SHARE,)),
    Form("two segments", two_segments, (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)),
)


# -- the fit ----------------------------------------------------------------------------------------------------------


def end(value):
    """A number of a request, or the middle of its range."""
    return (value["low"] + value["high"]) / 2.0 if isinstance(value, dict) else value


def observed(row):
    """The number of a row; the middle where it is a range of means."""
    return row.value if row.value is not None else (row.low + row.high) / 2.0


def predicted(row, clearance, nonrenal, volume, flows):
    """What a row would be: `clearance(ph, flow)` and `nonrenal` in mL/min, `volume` in litres."""
    ph = end(row.study.given.get("urine_ph", USUAL_PH))
    flow = row.study.given.get("hydration", {}).get("urine_flow_ml_h")
    flow = FLOW if flow is None else end(flow) / 60.0 * flows["high" if flow > 60.0 else "low"]

    def half_life(at):
        return np.log(2.0) * volume / (0.06 * (nonrenal + clearance(at, flow)))

    renal = clearance(ph, flow)
    total = nonrenal + renal
    quantity = row.quantity
    if quantity == "renal_clearance":
        return renal
    if quantity == "clearance":
        return 0.06 * total
    if quantity == "clearance_per_kg":
        return 0.06 * total / WEIGHT
    if quantity == "volume_per_kg":
        return volume / WEIGHT
    if quantity == "renal_fraction":
        return renal / total
    if quantity == "urine_plasma_ratio":
        return renal / flow
    if quantity == "half_life":
        return half_life(ph)
    if quantity == "half_life_per_ph":
        return max((half_life(7.5) - half_life(5.5)) / 2.0, 1e-3)
    if quantity == "urinary_fraction":  # one compartment, all absorbed: near enough to compare the forms
        hours = row.study.sampling.until_h or max(row.study.sampling.times_h)
        return renal / total * -np.expm1(-0.06 * total / volume * hours)
    raise ValueError(f"{row.id}: no prediction of {quantity}")


def deviation(row, value):
    """How far a prediction lies from a row, in its errors."""
    error = LOG_ERROR[row.status] * (2.0 if row.statistic in WIDE else 1.0)
    seen = observed(row)
    if row.quantity in ("urinary_fraction", "renal_fraction"):
        seen, value = seen / (1.0 - seen), value / (1.0 - value)
    return np.log(value / seen) / error


def rows_of(base, recalled):
    """The rows of a base, with or without what is recalled only."""
    return [ROWS[name] for name in base.rows if recalled or ROWS[name].status != "recalled"]


def fit(form, base, sensitivity, own, recalled=True, flow_error=FLOW_ERROR, bound=True):
    """Fit one base at a given sensitivity.

    Returns
    -------
    tuple
        Chi-square of the rows (with the price of moving unreported flows), the parameters, the predictions.
    """
    rows = rows_of(base, recalled)
    moves = any("hydration" in row.study.given for row in rows)
    n = base.parameters

    def model(x):
        permeability, secretion, nonrenal, volume = np.exp(np.concatenate((x[:n], PRIOR[n:])))
        flows = {"low": np.exp(x[n]), "high": np.exp(x[n + 1])} if moves else {}

        def clearance(ph, flow):
            return form(GFR, flow, ph, base.unbound, base.pka, secretion, permeability, sensitivity, own)

        return [predicted(row, clearance, nonrenal if n > 2 else 0.0, volume, flows) for row in rows]

    def residuals(x):
        result = [deviation(row, value) for row, value in zip(rows, model(x), strict=True)]
        # What can reach acid urine at any flow: filtered, secreted, diffused. No form may need more than plasma brings.
        surface = np.exp(x[0]) * (1.0 + own if form is two_segments else 1.0)
        diffused = surface * base.unbound * unionised_fraction(BLOOD_PH, base.pka)
        excess = max(np.log((base.unbound * GFR + np.exp(x[1]) * GFR / 100.0 + diffused) / PLASMA_FLOW), 0.0)
        return np.concatenate(
            (result, x[n:] / flow_error, [50.0 * excess * bound], (x[:n] - PRIOR[:n]) / WIDTH[:n] / 3.0)
        )

    starts = [np.concatenate((PRIOR[:n] + shift, [0.0, 0.0] if moves else [])) for shift in (0.0, 1.0, -1.0)]
    best = min((least_squares(residuals, start, max_nfev=2000) for start in starts), key=lambda result: result.cost)
    chi = float(np.sum(residuals(best.x)[: len(rows) + (2 if moves else 0)] ** 2))
    return chi, best.x, model(best.x)


def grid(form, own, **how):
    """Chi-square of every base at every sensitivity. Shape (bases, sensitivities)."""
    return np.array([[fit(form, base, s, own, **how)[0] for s in SENSITIVITIES] for base in BASES])


def within_one(profile):
    """Best sensitivity, and the lowest and highest within a chi-square of 1 of it."""
    close = SENSITIVITIES[profile <= profile.min() + 1.0]
    return SENSITIVITIES[profile.argmin()], close[0], close[-1]


# -- what is possible -------------------------------------------------------------------------------------------------


def ketamine(form, sensitivity, own):
    """Renal clearance of ketamine by pH and flow, the permeability set so that usual urine carries what it does."""
    low, high = 0.0, 14.0  # log permeability; clearance at pH 6 falls with it

    def clearance(ph, flow, log):
        return form(GFR, flow, ph, KETAMINE["unbound"], KETAMINE["pka"], 0.0, np.exp(log), sensitivity, own)

    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (middle, high) if clearance(USUAL_PH, FLOW, middle) > KETAMINE["usual"] else (low, middle)
    return lambda ph, flow: clearance(ph, flow, low)


def extremes(form, sensitivity, own, fits):
    """Largest clearances over pH 4.5 to 8.5 and flow 0.3 to 10 mL/min, the smallest, ketamine's at pH 5 and 8."""
    ph, flow = (axis.ravel() for axis in np.meshgrid(np.linspace(4.5, 8.5, 41), np.geomspace(0.3, 10.0, 31)))
    drug = ketamine(form, sensitivity, own)
    largest, smallest = {"ketamine": drug(ph, flow).max()}, drug(ph, flow).min()
    for base, (_, x, _) in zip(BASES, fits, strict=True):
        values = form(GFR, flow, ph, base.unbound, base.pka, np.exp(x[1]), np.exp(x[0]), sensitivity, own)
        largest[base.name], smallest = values.max(), min(smallest, values.min())
    return largest, smallest, float(drug(5.0, FLOW)), float(drug(8.0, FLOW))
