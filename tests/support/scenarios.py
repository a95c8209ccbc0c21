"""Scenarios that the tests of the batch share. Few draws where their number is no matter."""

import random

from detectapi.batch.options import Options

FAST = Options(draws=100, seed=7, times_h=(24.0, 72.0))
GRID = {
    "substance": "ketamine",
    "route": "intravenous",
    "duration_min": 40,
    "amount_mg": [35, 100],
    "egfr_ml_min_1_73m2": {"from": 30, "to": 90, "step": 30},
    "urine_ph": [5.5, 7.5],
    "hydration_level": ["low", "high"],
    "analyte": "norketamine",
    "cutoff_ng_ml": [10, 50],
}


def scattered(count, seed=1):
    """Rows that share as little as rows can."""
    source = random.Random(seed)
    rows = []
    for number in range(count):
        row = {
            "id": f"r{number:05}",
            "substance": source.choice(["ketamine", "ketamine", "esketamine", "amphetamine"]),
            "amount_mg": round(source.uniform(10, 120), 3),
            "urine_ph": round(source.uniform(5, 8), 3),
            "cutoff_ng_ml": source.choice([5, 20, 50, 100]),
        }
        row["analyte"] = "amphetamine" if row["substance"] == "amphetamine" else "norketamine"
        row["route"] = (
            "oral" if row["substance"] == "amphetamine" else source.choice(["intravenous", "oral", "nasal-spray"])
        )
        if row["route"] == "intravenous":
            row["duration_min"] = source.choice([0, 40, 60])
        if source.random() < 0.5:
            row.update(every_h=source.choice([12, 24, 84]), count=source.choice([2, 6, 30]))
        if source.random() < 0.5:
            row["weight_kg"] = round(source.uniform(15, 120), 2)
        if source.random() < 0.5:
            row["egfr_ml_min_1_73m2"] = round(source.uniform(15, 120), 2)
        elif source.random() < 0.5:
            row.update(serum_creatinine_mg_dl_low=0.8, serum_creatinine_mg_dl_high=1.5)
            row.update(age_y=source.randint(20, 80), sex=source.choice(["female", "male"]))
        if source.random() < 0.3:
            low = row.pop("amount_mg")
            row.update(amount_mg_low=low, amount_mg_high=low * 1.3)
        if source.random() < 0.3:
            row["void_interval_h"] = round(source.uniform(1, 8), 2)
        if source.random() < 0.2:
            row["specimen_kind"] = "first-morning"
        if source.random() < 0.2 and "egfr_ml_min_1_73m2" in row:
            row["renal_method"] = source.choice(["measured", "ekfc"])
        rows.append(row)
    return rows
