"""A substance, a population and random numbers that are small enough to work out on paper.

The parent has 200 g/mol. It is taken orally or as a bolus into a vein. Two metabolites are formed from it. Its renal clearance is
that of filtration alone: 0.5 unbound times the GFR. Nothing is uncertain and nothing varies unless a test says so.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from detectapi.inputs.known import read_known
from detectapi.model.draws import STREAMS, Selection
from detectapi.model.physiology import Physiology
from detectapi.model.question import Question
from detectapi.values.assay import Assay, Component
from detectapi.values.regimen import Amount, Regimen, Train
from detectapi.values.substance import (
    HalfLifeModel,
    Moiety,
    Origin,
    Parameter,
    Path,
    Quantity,
    Route,
    RouteForm,
    Substance,
)

ORIGIN = Origin("assumed", reason="made up for a test")
GFR = 100.0  # [mL/min]
FLOW = 1.0  # usual urine [mL/min]
WEIGHT = 80.0  # [kg]

MOIETY = {
    "clearance": 30.0,  # [L/h]
    "central_volume": 50.0,  # [L]
    "nonrenal_factor": 1.0,
    "fraction_unbound": 0.5,
    "pka": 7.4,
    "secretion_clearance": 0.0,  # [mL/min]
    "permeability_surface": 0.0,  # [mL/min]: nothing is reabsorbed
    "renal_factor": 1.0,
    "residual_factor": 1.0,
}
BODY = {
    "weight_kg": WEIGHT,
    "gfr_ml_min_1_73m2": GFR,
    "gfr_estimation_error": 1.0,
    "urine_flow_ml_h": 60.0 * FLOW,
    "urine_ph": 6.0,
    "urine_fraction_of_intake": 0.7,
    "creatinine_excretion_mg_kg_d.unknown": 20.0,  # [mg/kg/day]
    "osmole_excretion_mosm_d": 720.0,
    "specific_gravity_per_osmolality": 3e-5,  # [kg/mOsm]
    "urine_flow_between_voids": 1.0,
    "creatinine_between_voids": 1.0,
    "void_interval_h": 0.25,
}
LINEAR = ("pka", "urine_ph", "urine_ph_between_voids", "ph_sensitivity", "secretion_clearance", "permeability_surface")


class FixedDeviates:
    """Deviates that a test writes down: for each (stream, name) as many numbers as there are draws; the others are zero."""

    def __init__(self, numbers: Mapping[tuple[str, str], list[float]] | None = None, draws: int = 1):
        self.numbers = {key: np.array(values, dtype=float) for key, values in (numbers or {}).items()}
        self.draws = max([draws, *(values.shape[-1] for values in self.numbers.values())])

    def prepare(self, stream, names):
        pass

    def normal(self, stream, name):
        return self.numbers.get((stream, name), np.zeros(self.draws))

    def selection(self):
        return Selection(*(np.arange(self.draws) for _ in STREAMS))


def parameter(name, value, **more):
    scale = "linear" if name.endswith(LINEAR) else "log"
    usual = {"unit": "1", "scale": scale, "variability": 0.0, "uncertainty": 0.0, "low": -1e9, "high": 1e9}
    return Parameter(name, value, origin=ORIGIN, **(usual | more))


def moiety(name, *parents, mass=200.0, peripherals=0):
    return Moiety(name, name, (), Quantity(mass, "g/mol", ORIGIN), peripherals, parents)


def substance(changes=None, more=None, peripherals=0, forms=None):
    """The substance; `changes` are other values of its parameters, `more` what `parameter` takes besides, both by name."""
    moieties = (
        moiety("parent", peripherals=peripherals),
        moiety("first", "parent", mass=100.0),
        moiety("second", "parent"),
    )
    values = {f"{one.id}.{name}": value for one in moieties for name, value in MOIETY.items()}
    values |= {"first.formation_fraction": 0.3, "second.formation_fraction": 0.2, "renal.ph_sensitivity": 1.0}
    values |= {"bolus.fraction_parent": 1.0, "oral.fraction_parent": 0.4, "oral.absorption_rate_constant": 2.0}
    values |= changes or {}
    bolus = (RouteForm(None, (Path("bolus", "bolus", ("parent",)),)),)
    oral = (RouteForm(None, (Path("oral", "first-order", ("parent",)),)),)
    return Substance(
        id="made-up",
        name="Made-up",
        aliases=(),
        description="",
        revision=1,
        reviewed="",
        sha256="",
        default_assay="",
        moieties=moieties,
        parameters={name: parameter(name, value, **(more or {}).get(name, {})) for name, value in values.items()},
        routes={"bolus": Route("bolus", "", True, bolus), "oral": Route("oral", "", False, forms or oral)},
        salts=(),
        correlations=(),
        half_life_model=HalfLifeModel((), {"parent": Quantity(0.5, "1", ORIGIN)}),
        evidence=(),
        notes=(),
        interactions={},
    )


def physiology(more=None, **request):
    """A person of the population of this file; `more` is what `parameter` takes besides, by name; `request` what is known."""
    values = {**BODY, "urine_ph_between_voids": 0.0}
    bounds = {"urine_ph": {"low": 4.5, "high": 8.0}}
    defaults = {
        name: parameter(name, v, **(bounds.get(name, {}) | (more or {}).get(name, {}))) for name, v in values.items()
    }
    return Physiology(read_known(request, defaults, {}), defaults)


def train(low, high=None, per_kg=False, route="bolus", pointer="/doses/0", start=0.0, **more):
    usual = {"duration": 0.0, "every": 0.0, "count": 1}
    return Train(Amount(low, high or low, per_kg), route, start, pointer=pointer, **(usual | more))


def component(analyte, cutoff=10.0, **cross_reactivity):
    return Component(analyte, cutoff, MappingProxyType({analyte: 1.0} | cross_reactivity))


def question(*trains, of=None, person=None, analytes=("parent",), imprecision=0.0, rule="any", **more):
    made = of or substance()
    components = tuple(one if isinstance(one, Component) else component(one) for one in analytes)
    assay = Assay(rule, components, imprecision)
    return Question(made, made.parameters, Regimen(trains), assay, person or physiology(), **more)
