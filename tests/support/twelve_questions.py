"""The twelve standard questions; where one of the changelog tells age, weight or kidney function, the next one without."""


def looked_for(*analytes):
    return {"analytes": [{"analyte": name, "cutoff_ng_ml": cutoff} for name, cutoff in analytes]}


INFUSION = {
    "substance": "ketamine", "doses": [{"amount_mg": 35, "route": "intravenous"}], "assay": looked_for(("norketamine", 50)),
}  # fmt: skip
SWALLOWED = {
    "substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}], "assay": looked_for(("dehydronorketamine", 0.05)),
}  # fmt: skip
DAILY = {
    "substance": "ketamine",
    "pattern": {"frequency": "daily", "amount_mg": 150, "route": "sublingual", "for_days": 60},
    "assay": looked_for(("ketamine", 100), ("norketamine", 100)),
}
AMPHETAMINE = {
    "substance": "amphetamine", "doses": [{"amount_mg": 20, "route": "oral"}], "assay": looked_for(("amphetamine", 250)),
}  # fmt: skip
INHALED = {
    "substance": "methamphetamine", "doses": [{"amount_mg": 10, "route": "inhaled"}],
    "assay": looked_for(("methamphetamine", 500)),
}  # fmt: skip
QUESTIONS = {
    "infusion": INFUSION,
    "infusion, woman": {**INFUSION, "person": {"sex": "female"}},
    "infusion, tall": {**INFUSION, "person": {"height_cm": 180}},
    "infusion, morning": {**INFUSION, "specimen": {"kind": "first-morning"}},
    "infusion, creatinine": {**INFUSION, "specimen": {"urine_creatinine_mg_dl": 60}},
    "swallowed": SWALLOWED,
    "swallowed, gravity": {**SWALLOWED, "specimen": {"specific_gravity": 1.012}},
    "daily": DAILY,
    "amphetamine": AMPHETAMINE,
    "amphetamine, drinks little": {**AMPHETAMINE, "hydration": {"fluid_intake_l_day": 0.7}},
    "amphetamine, heavy": {**AMPHETAMINE, "person": {"sex": "male"}},
    "inhaled": INHALED,
}
