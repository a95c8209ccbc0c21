"""The questions the benchmarks ask."""

import copy
import json
import random

DEFAULT = {
    "substance": "ketamine",
    "doses": [
        {"amount_mg": 35, "route": "intravenous", "duration_min": 40, "repeat": {"every_h": 84, "count": 6}},
    ],
    "person": {"weight_kg": 68, "height_cm": 165, "age_y": 42, "sex": "female"},
    "renal": {"serum_creatinine_mg_dl": 1.1},
    "hydration": {"level": "usual"},
    "urine_ph": 6.2,
    "assay": {
        "rule": "any",
        "analytes": [
            {"analyte": "ketamine", "cutoff_ng_ml": 50},
            {"analyte": "norketamine", "cutoff_ng_ml": 50},
            {"analyte": "dehydronorketamine", "cutoff_ng_ml": 50},
        ],
    },
}


def changed(**fields):
    """The default question with other fields."""
    return {**copy.deepcopy(DEFAULT), **fields}


def regular(count):
    """Daily doses as one regular schedule."""
    return changed(doses=[{"amount_mg": 50, "route": "oral", "repeat": {"every_h": 24, "count": count}}])


def irregular(count):
    """The same number of doses listed one by one, each within six hours of its daily time and of its own size."""
    source = random.Random(1)  # noqa: S311 - a schedule, not a secret
    doses = [
        {"amount_mg": source.uniform(40, 60), "route": "oral", "start_h": 24.0 * day + source.uniform(-6, 6)}
        for day in range(count)
    ]
    return changed(doses=doses)


def as_json(question):
    """The body of a request."""
    return json.dumps(question).encode()
