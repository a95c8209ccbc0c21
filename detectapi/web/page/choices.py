"""What the form offers, read from the data: substances, routes, tests, parameters, presets."""

import json
from functools import lru_cache
from importlib import resources

from detectapi import service
from detectapi.inputs.table import INPUTS


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
        "routes": [
            route for route in INPUTS["doses[].route"].words if any(route in item["routes"] for item in substances)
        ],
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
    }
