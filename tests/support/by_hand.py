"""A substance, a population and random numbers that are small enough to work out on paper.

The parent has 200 g/mol. It is taken orally or as a bolus into a vein. Two metabolites are formed from it. Its renal clearance is
that of filtration alone: 0.5 unbound times the GFR. Nothing is uncertain and nothing varies unless a test says so.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from detectapi.inputs.known import read_known
from detectapi.knowledge.catalog.population import QUANTITIES as NEEDED_QUANTITIES
from detectapi.model.draws import STREAMS, Selection
from detectapi.model.norms import Norms
from detectapi.model.physiology import Physiology
from detectapi.model.question import Question
from detectapi.values.assay import Assay, Component
from detectapi.values.physiology import (
    AdultBody,
    BodySurvey,
    Course,
    GfrMethod,
    Measure,
    PhysiologyData,
    SpecimenValidity,
)
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
HEIGHT = (1.73 / (0.007184 * WEIGHT**0.425)) ** (1.0 / 0.725)  # [cm]: a surface of 1.73 m2
URINE = {  # what varies or is uncertain in the shipped data; here all of it is exact
    "gfr_ml_min_1_73m2": GFR,
    "pregnancy_gfr_factor": 1.5,
    "secretion_exponent": 1.0,
    "permeability_exponent": 0.0,
    "urine_flow_ml_h": 60.0 * FLOW,
    "urine_flow_ml_h.low": 30.0,
    "urine_flow_ml_h.high": 90.0,
    "urine_flow_between_voids": 1.0,
    "void_interval_h": 0.25,
    "void_interval_h.first_morning": 8.0,
    "urine_ph": 6.0,
    "urine_ph_between_voids": 0.0,
    "creatinine_between_voids": 1.0,
    "osmole_excretion_mosm_d": 720.0,
    "specific_gravity_per_osmolality": 3e-5,  # [kg/mOsm]
}
COURSES = {  # the same at every age
    "creatinine_excretion_mg_kg_d.male": 20.0,  # [mg/kg/day]
    "creatinine_excretion_mg_kg_d.female": 20.0,
    "osmole_excretion_mosm_d": URINE["osmole_excretion_mosm_d"],
    "urine_flow_ml_h": URINE["urine_flow_ml_h"],
    "void_interval_h": URINE["void_interval_h"],
}
QUANTITIES = {  # those that are not 0
    "body.child_share": 1e-9,
    "gfr.child": GFR,
    "gfr.young_adult": GFR,
    "gfr.falling_from": 40.0,
    "gfr.mature": GFR,
    "gfr.half_mature_at": 48.0,
    "gfr.maturation_steepness": 3.0,
    "gfr.bmi_low": 1.0,
    "gfr.bmi_high": 1e6,
    "creatinine.weight_exponent": 1.0,
    "creatinine.age_of_adult": 40.0,
    "creatinine.decline_from": 40.0,
    "intake.share": 0.7,
    "night.flow": 1.0,
    "night.young_until": 60.0,
    "night.old_from": 75.0,
    "night.failing_share": 0.3,
    "night.healthy_share": 0.6,
    "refractometer.gravity_error": 1e-6,
    "strip.gravity_error": 1e-6,
    "size.child_age": 12.0,
    "size.heavy_weight": 100.0,
    "urine.highest_osmolality": 1e6,  # there is no ceiling
    "urine.highest_osmolality_failing": 1e6,
    "urine.failing_share": 0.4,
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


def population(more=None):
    """The population of this file; `more` is what `parameter` takes besides, by name."""
    bounds = {"urine_ph": {"low": 4.5, "high": 8.0}, "permeability_exponent": {"scale": "linear"}}
    bounds["secretion_exponent"] = {"scale": "linear"}
    bounds |= dict.fromkeys(("urine_flow_between_voids", "osmole_excretion_mosm_d"), {"variability": 0.1})
    parameters = {n: parameter(n, v, **(bounds.get(n, {}) | (more or {}).get(n, {}))) for n, v in URINE.items()}
    adult = AdultBody(WEIGHT, 0.2, HEIGHT, 0.2, 0.0, ORIGIN)
    survey = BodySurvey((0.0, 1.0), (WEIGHT,) * 2, (HEIGHT,) * 2, (0.0, 1.0), (0.2,) * 2, (0.2,) * 2, (0.0,) * 2, adult)
    methods = ("estimated", "clearance", "ckd-epi-2021", "ekfc", "cockcroft-gault", "timed-collection")
    return PhysiologyData(
        parameters=parameters,
        quantities={name: Measure(name, QUANTITIES.get(name, 0.0), "", "", ORIGIN) for name in NEEDED_QUANTITIES},
        courses={name: Course(name, "", "", (1.0, 99.0), (v, v), (ORIGIN,) * 2) for name, v in COURSES.items()},
        bodies={"male": survey, "female": survey},
        gfr_methods={name: GfrMethod(name, name, 1.0, 0.0, 0.0, 120.0, ORIGIN) for name in methods},
        ckd_stages={},
        specimen_validity=SpecimenValidity(20.0, 2.0, 1.003, 1.001, 1.02),
    )


def physiology(more=None, **request):
    """A person of the population of this file; `more` is what `parameter` takes besides, by name; `request` what is known."""
    return Physiology(read_known(request, {}), Norms(population(more)))


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
