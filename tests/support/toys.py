"""Substances that exist in tests only: data files made from a few words, written into a folder of their own."""

import copy
import json
from pathlib import Path

from detectapi.knowledge import catalog

ASSUMED = {"basis": "assumed", "reason": "a toy"}


def toml(data):
    """A TOML document of one line for each key."""
    return "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in data.items())


def _value(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)


def quantity(value, unit="1"):
    """A number that is not varied."""
    return {"value": value, "unit": unit, **ASSUMED}


def parameter(value, unit="1", scale="log", **keys):
    """A parameter; without spread unless `keys`, or a dict in place of the value, give one."""
    if isinstance(value, dict):
        keys = {**{name: item for name, item in value.items() if name != "value"}, **keys}
        value = value["value"]
    wide = {"log": (value / 1000, value * 1000), "logit": (0.0, 1.0), "linear": (value - 1000, value + 1000)}[scale]
    rest = {"uncertainty": 0, "low": wide[0], "high": wide[1], "meaning": "a toy", **ASSUMED}
    return {"value": value, "unit": unit, "scale": scale, **rest, **keys}


class Moiety:
    """A moiety with its parameters.

    Parameters
    ----------
    name : str
    parents : dict of str to float
        Formation fraction from each parent.
    numbers : float or dict
        Parameters by the end of their names; a number stands for one without spread.
    keys : dict
        Of its table: ``charge``, ``conjugate_of``, ``total`` ...
    """

    UNITS = {  # noqa: RUF012
        "clearance": "L/h", "central_volume": "L", "fraction_unbound": "1", "pka": "1", "permeability_surface": "mL/min",
        "secretion_clearance": "mL/min", "residual_factor": "1", "renal_factor": "1", "nonrenal_factor": "1",
    }  # fmt: skip
    ORDINARY = {  # noqa: RUF012
        "clearance": 20.0, "central_volume": 100.0, "fraction_unbound": 0.5, "pka": 8.0, "permeability_surface": 100.0,
        "residual_factor": {"interspecimen_cv": 0.3},
    }  # fmt: skip

    def __init__(self, name, parents=None, mass=200.0, keys=None, peripherals=(), **numbers):
        self.name, self.parents, self.mass, self.keys = name, parents or {}, mass, keys or {}
        self.peripherals, self.numbers = peripherals, numbers

    def table(self):
        """Its entry under ``[[moieties]]``."""
        several = list(self.parents)
        formed = {"formed_from": several if len(several) > 1 else several[0]} if several else {}
        compartments = {} if self.keys.get("carrier") else {"peripherals": len(self.peripherals)}
        return {"id": self.name, "name": self.name.title(), "molar_mass": quantity(self.mass, "g/mol"), **compartments,
                **formed, **self.keys}  # fmt: skip

    def parameters(self):
        """Its parameters by their full names."""
        if self.keys.get("carrier"):
            return {}
        wanted = dict(self.ORDINARY)
        if not self.keys.get("reabsorbed", True):
            del wanted["pka"], wanted["permeability_surface"]
        elif self.keys.get("charge") == "neutral":
            del wanted["pka"]
        if "conjugate_of" in self.keys:
            del wanted["residual_factor"]
        made = {}
        for name, given in {**wanted, **self.numbers}.items():
            keys = dict(given) if isinstance(given, dict) else {"value": given}
            value = keys.pop("value", self.ORDINARY.get(name, 1.0) if name != "residual_factor" else 1.0)
            scale = (
                "logit" if name == "fraction_unbound" else "linear" if name in ("pka", "secretion_clearance") else "log"
            )
            made[f"{self.name}.{name}"] = parameter(value, self.UNITS[name], **{"scale": scale, **keys})
        for i, (flow, volume) in enumerate(self.peripherals, 1):
            made[f"{self.name}.intercompartmental_clearance_{i}"] = parameter(flow, "L/h")
            made[f"{self.name}.peripheral_volume_{i}"] = parameter(volume, "L")
        for parent, share in self.parents.items():
            end = "" if len(self.parents) == 1 else f"_from_{parent}"
            keys = dict(share) if isinstance(share, dict) else {"value": share}
            made[f"{self.name}.formation_fraction{end}"] = parameter(
                keys.pop("value"), "1", **{"scale": "logit", **keys}
            )
        return made


def oral(delivers, rate=1.0, prefix="oral", kind="first-order", **more):
    """A route through one path, and its parameters: ``(route, parameters)``."""
    path = {"prefix": prefix, "kind": kind, "delivers": list(delivers)}
    made = {f"{prefix}.fraction_{name}": parameter(share, "1", "logit") for name, share in delivers.items()}
    made[f"{prefix}.absorption_rate_constant"] = parameter(rate, "1/h")
    made |= {f"{prefix}.{name}": value for name, value in more.items()}
    if "lag_time" in more:
        path["lag"] = True
    return {"id": "oral", "name": "Oral", "accepts_duration": False, "forms": [{"paths": [path]}]}, made


def bolus(moiety, share=0.999):
    """An intravenous route for bolus and infusion, and its parameters."""
    path = {"prefix": "intravenous", "kind": "bolus", "delivers": [moiety]}
    route = {"id": "intravenous", "name": "Intravenous", "accepts_duration": True, "forms": [{"paths": [path]}]}
    return route, {f"intravenous.fraction_{moiety}": parameter(share, "1", "logit")}


PH_SENSITIVITY = {"renal.ph_sensitivity": parameter(1.0, "1", "linear")}


def substance(name, moieties, routes, parameters=None, **keys):
    """The data of a substance file."""
    made = {}
    for moiety in moieties:
        made |= moiety.parameters()
    if any(key.endswith(".pka") for key in made):
        made |= PH_SENSITIVITY
    for _, own in routes:
        made |= own
    made |= parameters or {}
    ids = [route["id"] for route, _ in routes]
    half_life = {"routes": ids, "low": 2, "high": 3, "unit": "h", "claim": "A toy.", **ASSUMED}
    analytes = [m.name for m in moieties if not m.keys.get("carrier") and "no_analyte" not in m.keys]
    return copy.deepcopy({
        "schema_version": 1, "id": name, "name": name.title(), "description": "Not a drug.", "revision": 1,
        "reviewed": "2026-11-23", "default_assay": f"{name}-test",
        "moieties": [moiety.table() for moiety in moieties], "parameters": made, "routes": [route for route, _ in routes],
        "half_life_model": {"half_lives": [half_life], "fraction_excreted": {a: quantity(0.3) for a in analytes}},
        "evidence": [{"grade": "hypothesis", "because": "A toy.", "sources": []}], **keys,
    })  # fmt: skip


def assay(substances, components, kind="mass-spectrometry", imprecision=0.1, **keys):
    """An entry of the registry of assays."""
    return {
        "name": "Toy test", "issuer": "Toy maker", "date": "2026", "kind": kind, "method": "a toy",
        "stage": "screen" if kind == "immunoassay" else "confirm", "substances": substances, "rule": "any",
        "components": components, "imprecision_cv": quantity(imprecision), **ASSUMED, **keys,
    }  # fmt: skip


def write(folder, substances, assays=None, **registries):
    """Write a data folder, with a test of its first analyte for each substance that has none.

    `registries` are further files by their name without ``.toml``: ``blocks/x`` or ``covariates``.
    """
    folder = Path(folder)
    assays = dict(assays or {})
    for one in substances:
        if "extends" not in one:
            analyte = next(iter(one["half_life_model"]["fraction_excreted"]))
            assays.setdefault(one["default_assay"], assay([one["id"]], [{"analyte": analyte, "cutoff_ng_ml": 10}]))
    files = {f"substances/{one['id']}": one for one in substances}
    files |= {"assays": {"schema_version": 1, "assays": assays}, **registries}
    for name, data in files.items():
        path = folder / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(toml({"schema_version": 1, **data}), encoding="utf-8")
    catalog.forget()
