"""What the form offers, read from the data: substances, routes, tests, parameters, presets."""

import json
from functools import lru_cache
from importlib import resources

from detectapi import service
from schemas import vocabulary


@lru_cache(maxsize=1)
def presets():
    """Worked examples, those of substances that are there."""
    text = resources.files("detectapi.web.page").joinpath("presets.json").read_text(encoding="utf-8")
    known = {item["id"] for item in service.substances()["items"]}
    return [preset for preset in json.loads(text) if preset["request"]["substance"] in known]


@lru_cache(maxsize=1)
def choices():
    """Everything the form's lists hold, the same for every reader."""
    substances = service.substances()["items"]
    cards = [service.substance(item["id"]) for item in substances]
    return {
        "substances": [(item["id"], item["name"]) for item in substances],
        "routes": [route for route in vocabulary.ROUTES if any(route in item["routes"] for item in substances)],
        "salts": sorted({salt["id"] for card in cards for salt in card["salts"]}),
        "analytes": list(dict.fromkeys(name for item in substances for name in item["analytes"])),
        "assays": [
            (item["id"], item["name"], item["test"]["analytes"]) for item in service.assays()["items"] if item["test"]
        ],
        "interactions": dict(sorted({k: v for card in cards for k, v in card["interactions"].items()}.items())),
        "parameters": list(
            {
                entry["name"]: (entry["name"], entry["value"], entry["unit"])
                for card in cards
                for entry in card["parameters"]
            }.values()
        ),
        "stages": vocabulary.CKD_STAGES,
    }


def labels(voice):
    """What the form calls its fields, for the summary of what is to be mended."""
    return {
        "substance": voice.say("Substance"),
        "route": voice.say("How it was taken"),
        "amount": voice.say("How much each time"),
        "duration_min": voice.say("Length of an infusion, minutes"),
        "frequency": voice.say("How often"),
        "count": voice.say("Times in all"),
        "for_days": voice.say("or for how many days"),
        "since": voice.say("Time from the last dose to the specimen"),
        "every_h": voice.say("Hours between two times"),
        "assay": voice.say("Which test"),
        "analyte": voice.say("Looked for"),
        "cutoff_ng_ml": voice.say("Cutoff, ng/mL"),
        "age_y": voice.say("Age, years"),
        "sex": voice.say("Sex"),
        "kidney_value": voice.say("Kidney function"),
        "hydration_value": voice.say("Hydration"),
        "urine_ph": voice.say("Urine pH"),
        "weight_kg": voice.say("Body weight, kg"),
        "height_cm": voice.say("Height, cm"),
        "hepatic_class": voice.say("Liver disease (Child-Pugh)"),
        "interactions": voice.say("Other medicines and foods"),
        "specimen_urine_ph": voice.say("pH"),
        "specimen_void_interval_h": voice.say("Hours of urine it holds"),
        "specimen_urine_creatinine_mg_dl": voice.say("Creatinine, mg/dL"),
        "specimen_specific_gravity": voice.say("Specific gravity"),
        "specimen_urine_flow_ml_h": voice.say("Urine flow, mL an hour"),
        "model_kind": voice.say("Model"),
        "half_life_h": voice.say("Half-life, hours"),
        "draws": voice.say("Draws"),
        "seed": voice.say("Seed"),
        "level": voice.say("Level"),
        "request": voice.say("Request"),
        **{f"adjust_value_{i}": f"{voice.say('Value')} {i + 1}" for i in range(3)},
    }
