"""The tables of scenarios that the benchmarks answer."""

import random

GRID = {
    "substance": "ketamine",
    "route": "intravenous",
    "duration_min": 40,
    "amount_mg": {"from": 20, "to": 110, "step": 10},
    "egfr_ml_min_1_73m2": {"from": 30, "to": 120, "step": 10},
    "urine_ph": {"from": 5, "to": 8, "step": 0.5},
    "hydration_level": ["low", "usual", "high"],
    "analyte": "norketamine",
    "cutoff_ng_ml": [5, 10, 25, 50, 100],
}
"""10,500 rows over dose, kidney, pH, hydration and cutoff: every fifth row has another body."""

MILLION = {
    **GRID,
    "amount_mg": {"from": 10, "to": 105, "step": 5},
    "egfr_ml_min_1_73m2": {"from": 21, "to": 120, "step": 1},
    "urine_ph": {"from": 5, "to": 8, "step": 0.125},
    "hydration_level": ["low", "high"],
    "cutoff_ng_ml": [1, 2, 5, 10, 15, 25, 50, 100, 150, 200],
}
"""1,000,000 rows."""

REGIMENS = (
    {},
    {"every_h": 84, "count": 6},
    {"every_h": 24, "count": 30},
    {"every_h": 12, "count": 4},
    {"every_h": 168, "count": 8},
    {"every_h": 48, "count": 3},
)


def unlike(count, seed=1):
    """Rows of which no two share a person, an amount, a urine or a cutoff; four routes, six regimens, two ways to know a kidney."""
    source = random.Random(seed)  # noqa: S311 - scenarios, not secrets
    rows = []
    for number in range(count):
        row = {
            "id": f"person-{number:06}",
            "substance": "ketamine",
            "amount_mg": round(source.uniform(10, 150), 2),
            "weight_kg": round(source.uniform(45, 110), 1),
            "urine_ph": round(source.uniform(5, 8), 2),
            "urine_flow_ml_h": round(source.uniform(30, 150), 1),
            "analyte": "norketamine",
            "cutoff_ng_ml": round(source.uniform(2, 100), 1),
            **source.choice(REGIMENS),
        }
        row["route"] = source.choice(("intravenous", "oral", "nasal-spray", "intramuscular"))
        if row["route"] == "intravenous":
            row["duration_min"] = source.choice((0, 40, 60))
        if source.random() < 0.5:
            row["egfr_ml_min_1_73m2"] = round(source.uniform(20, 120), 1)
        else:
            row["serum_creatinine_mg_dl"] = round(source.uniform(0.6, 2.0), 2)
            row["age_y"], row["sex"] = source.randint(20, 80), source.choice(("female", "male"))
        rows.append(row)
    return rows
