"""What people call the sources of spread of a window; the JSON of a sensitivity keeps their names."""

from __future__ import annotations

from detectapi.telling import sentences
from detectapi.telling.inputs_used import input_name

PARTS = {
    "gfr_ml_min_1_73m2": "kidney function (GFR)",
    "pregnancy_gfr_factor": "kidney function in pregnancy",
    "secretion_exponent": "how secretion falls with kidney function",
    "permeability_exponent": "how reabsorption falls with kidney function",
    "urine_flow_ml_h": "urine flow",
    "urine_ph": "urine pH",
    "void_interval_h": "hours between visits to the toilet",
    "osmole_excretion_mosm_d": "osmoles excreted in a day",
    "creatinine_excretion": "creatinine excreted in a day",
    "specific_gravity_per_osmolality": "specific gravity at an osmolality",
    "hydrolysis_yield": "how much of conjugates a hydrolysis splits",
}
"""Parameters that belong to no substance, by their name in the data."""


def spread_name(group) -> str:
    """What a group of a sensitivity is called.

    Parameters
    ----------
    group : dict
        With ``kind`` and ``name``, as `detectapi.model.sensitivity.analyse` gives it.
    """
    if group["kind"] == "input":
        return input_name(group["name"])
    stream, colon, about = group["name"].partition(": ")
    if not colon:
        return stream
    owner, comma, part = about.partition(", ")
    if comma:
        owner, part = sentences.name(owner), PARTS.get(part.replace(" ", "_"), part)
        return f"{stream}: {owner}, {part}"
    ident = about.replace(" ", "_")
    return f"{stream}: {PARTS[ident] if ident in PARTS else input_name(ident)}"
