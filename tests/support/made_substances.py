"""Substances made from a seed: random trees of moieties, with random numbers and spreads, and a question about each."""

import toys

from detectapi.evaluation import typical
from detectapi.model.draws import Draws, layout
from detectapi.model.question import read_question
from detectapi.model.recipe import run
from detectapi.model.simulation import Simulation
from detectapi.model.window import combine

SEED = 20261129
SUBSTANCES, TRUTHS, DRAWS = 20, 200, 1000
"""So many substances; simulated people of each, who are compared with the interval; draws of the interval."""
LEVEL = 0.9
GFR_L_H = 6.6
"""What healthy kidneys filter. [L/h]"""


def between(numbers, low, high):
    """A number between two ends, even on the logarithm."""
    return float(low * (high / low) ** numbers.uniform())


def spread(numbers, value):
    """A parameter of an analyte on the log scale, of which people differ and which is not known exactly."""
    return {"value": value, "interindividual_cv": numbers.uniform(0.1, 0.5), "uncertainty": numbers.uniform(0.05, 0.3)}


def share(numbers, value):
    """A fraction of which people differ and which is not known exactly."""
    return {"value": value, "interindividual_sd": numbers.uniform(0.1, 0.7), "uncertainty": numbers.uniform(0.1, 0.5)}


def moiety(numbers, name, parents):
    """A moiety of a random charge, cleared 1.3 to 6 times as fast as kidneys can."""
    unbound, secreted = numbers.uniform(0.1, 0.9), float(numbers.choice([0.0, numbers.uniform(20.0, 200.0)]))
    charge = numbers.choice(["base", "acid", "neutral", "kept"])
    keys = {"base": {}, "acid": {"charge": "acid"}, "neutral": {"charge": "neutral"}, "kept": {"reabsorbed": False}}[
        charge
    ]
    pka = {"base": {"pka": numbers.uniform(7.0, 10.0)}, "acid": {"pka": numbers.uniform(4.0, 7.0)}}.get(charge, {})
    passes = (
        {}
        if charge == "kept"
        else {"permeability_surface": {"value": between(numbers, 10.0, 3000.0), "uncertainty": 0.3}}
    )
    tissue = [(between(numbers, 2.0, 50.0), between(numbers, 20.0, 300.0)) for _ in range(numbers.integers(0, 3))]
    return toys.Moiety(
        name, parents, keys=keys, peripherals=tissue,
        clearance=spread(numbers, (unbound * GFR_L_H + 0.06 * secreted) * between(numbers, 1.3, 6.0)),
        central_volume=spread(numbers, between(numbers, 20.0, 400.0)),
        fraction_unbound={"value": unbound, "uncertainty": 0.2},
        secretion_clearance={"value": secreted, "uncertainty": 0.0},
        renal_factor={"value": 1.0, "interindividual_cv": 0.2},
        residual_factor={"value": 1.0, "interspecimen_cv": numbers.uniform(0.1, 0.5)}, **pka, **passes,
    )  # fmt: skip


def made(numbers, name):
    """The data of a substance: one to four moieties, each formed from one before it."""
    count = int(numbers.integers(1, 5))
    names = [f"{name}-{letter}" for letter in "abcd"[:count]]
    parent = {child: names[numbers.integers(0, i)] for i, child in enumerate(names) if i}
    formed = {
        child: share(numbers, numbers.uniform(0.3, 0.8) / list(parent.values()).count(parent[child]))
        for child in parent
    }
    tree = [moiety(numbers, one, {parent[one]: formed[one]} if one in parent else None) for one in names]
    if numbers.uniform() < 0.5:
        routes = [toys.bolus(names[0])]
    else:
        given = {names[0]: share(numbers, numbers.uniform(0.2, 0.9))}
        routes = [toys.oral(given, spread(numbers, between(numbers, 0.3, 3.0)))]
    return toys.substance(name, tree, routes)


def question(numbers, data):
    """A question about one or some doses, with a cutoff that the typical person's urine falls to after one to six halvings."""
    names, route = [one["id"] for one in data["moieties"]], data["routes"][0]["id"]
    dose = {"amount_mg": between(numbers, 2.0, 300.0), "route": route}
    if numbers.uniform() < 0.5:
        dose["repeat"] = {"every_h": float(numbers.uniform(8.0, 24.0)), "count": int(numbers.integers(2, 8))}
    asked = numbers.choice(names, size=min(len(names), int(numbers.integers(1, 3))), replace=False)
    person = typical.simulate(data["id"], [dose], names)
    peaks = {
        one: typical.peak(person, one)[0] * typical.renal_clearance(person, one) / (typical.FLOW_ML_H / 1000.0)
        for one in asked
    }
    parts = [
        {"analyte": str(one), "cutoff_ng_ml": float(peak / 2.0 ** numbers.uniform(1.0, 6.0))}
        for one, peak in peaks.items()
    ]
    assay = {"rule": str(numbers.choice(["any", "all"])), "analytes": parts}
    return {"substance": data["id"], "doses": [dose], "assay": assay}


def ask(folder, numbers):
    """`SUBSTANCES` substances, whose files are written into the folder of data, and a question about each."""
    substances = [made(numbers, f"made-{i + 1}") for i in range(SUBSTANCES)]
    toys.write(folder, substances)
    return substances, [question(numbers, data) for data in substances]


def held(request, seed):
    """How many of `TRUTHS` simulated people lie within the interval, and the window.

    The people have typical values, specimens and a test of their own, drawn from the model with another seed.
    """
    asked, plan = read_question(request), layout(TRUTHS * 5)
    window = run(asked, DRAWS, seed, LEVEL, with_serial=False).window
    people = Simulation(asked, Draws(9000 + seed, plan), plan.all())
    last = combine([people.crossings(part) for part in asked.assay.components], asked.assay.rule)[1]
    truths = last[:: plan.draws // TRUTHS][:TRUTHS]
    return int(((window.low <= truths) & (truths <= window.high)).sum()), window
