"""The table of inputs: every input of a request, once. A new input is a new entry here."""

from detectapi.inputs.table.covariates import covariate_inputs
from detectapi.inputs.table.definition import Alternatives, FormField, Input

ROUTES = {
    "intravenous": "Into a vein (infusion, IV)",
    "intramuscular": "Into a muscle (IM)",
    "subcutaneous": "Under the skin (SC)",
    "nasal-spray": "Nasal spray",
    "intranasal-powder": "Powder through the nose",
    "sublingual": "In the mouth (troche, lozenge, wafer)",
    "oral": "Swallowed (tablet, liquid)",
    "oral-extended-release": "Swallowed, slow release",
    "rectal": "Rectal (suppository)",
    "inhaled": "Inhaled",
    "smoked": "Smoked",
    "vaporised": "Vaporised",
    "transdermal": "Through the skin (patch)",
}
CKD_STAGES = dict.fromkeys(("G1", "G2", "G3a", "G3b", "G4", "G5"), "")  # KDIGO


COVARIATES = covariate_inputs()
"""What may be told about a person in a word, as the data name it."""


def section(path: str, alternatives: str = "") -> Input:
    """Mark the place of an object or a list among the inputs of its section."""
    return Input(path=path, kind="section", alternatives=alternatives)


ALTERNATIVES = (
    Alternatives(name="history", needed=True),
    Alternatives(name="amount", needed=True),
    Alternatives(name="start"),
    Alternatives(name="kidney", form=FormField(
        name="kidney", label="Kidney function", hint="creatinine in blood needs age and sex", fieldset="person")),
    Alternatives(name="hydration", form=FormField(name="hydration", label="Hydration", fieldset="urine")),
    Alternatives(name="specimen flow"),
    Alternatives(name="change", needed=True),
)  # fmt: skip

# -- what was used, how and when ---------------------------------------------------------------------------------------

AMOUNT = Input(
    path="doses[].amount_mg", kind="quantity", unit="mg", low=0, high=20_000, above=True, alternatives="amount",
    meaning="Amount, of the free base unless `basis` says otherwise.",
    column="amount_mg", within_flag="--dose", form=FormField(
        name="amount", label="Amount of one dose", hint="A number, or a range such as 30-40"),
)  # fmt: skip
BASIS = Input(
    path="doses[].basis", kind="name", default="base",
    meaning="`base`, or a salt of the substance such as `hydrochloride`.",
    column="basis", within_flag="--dose", form=FormField(name="basis", label="The amount is"),
)  # fmt: skip
ROUTE = Input(
    path="doses[].route", kind="name", required=True, words=ROUTES, example="intravenous",
    called="How it was taken", meaning=f"One of {', '.join(ROUTES)}; everyday synonyms are understood.",
    column="route", within_flag="--dose", form=FormField(name="route", label="How it was taken"),
)  # fmt: skip
DURATION = Input(
    path="doses[].duration_min", kind="number", unit="min", low=0, high=14_400, default=0.0,
    meaning="Length of an infusion; 0 is at once.",
    column="duration_min", within_flag="--dose", form=FormField(
        name="duration_min", label="Length of an infusion, minutes", hint="Used for infusions only"),
)  # fmt: skip
USE = (
    Input(
        path="substance", kind="name", required=True, example="ketamine",
        meaning="Id or name of the substance that was used.",
        column="substance", flags=("--substance",), form=FormField(name="substance", label="Substance"),
    ),
    section("doses", "history"),
    AMOUNT,
    Input(
        path="doses[].amount_mg_per_kg", kind="quantity", unit="mg/kg", low=0, high=100, above=True,
        alternatives="amount", meaning="Amount per kilogram of body weight.",
        column="amount_mg_per_kg", within_flag="--dose", form=FormField(name="amount", label="Amount of one dose"),
    ),
    BASIS,
    ROUTE,
    DURATION,
    Input(
        path="doses[].start_h", kind="number", unit="h", low=-100_000, high=100_000, alternatives="start",
        meaning="Start on any common clock of hours. 0 where no dose has a time.", within_flag="--dose",
    ),
    Input(
        path="doses[].start", kind="time", alternatives="start", within_flag="--dose",
        meaning="Start as a date and time; the answer then has clock times too.",
    ),
    section("doses[].repeat"),
    Input(
        path="doses[].repeat.every_h", kind="number", unit="h", low=0.25, high=8784, required=True,
        meaning="Hours from one start to the next.",
        column="every_h", within_flag="--dose", form=FormField(
            name="every_h", label="Hours between doses", hint='With "At another interval"'),
    ),
    Input(
        path="doses[].repeat.count", kind="integer", unit="-", low=1, high=10_000, required=True,
        meaning="Doses in all, the first included.",
        column="count", within_flag="--dose", form=FormField(name="count", label="Number of doses"),
    ),
    section("pattern", "history"),
    Input(
        path="pattern.frequency", kind="word", required=True, meaning="How often it was used.",
        words={"once": "Once", "monthly": "Once a month", "weekly": "Once a week", "twice-weekly": "Twice a week",
               "daily": "Every day"},
        form=FormField(name="frequency", label="How often"),
    ),
    AMOUNT.also("pattern.amount_mg", required=True, meaning="Amount each time."),
    BASIS.also("pattern.basis"),
    ROUTE.also("pattern.route"),
    DURATION.also("pattern.duration_min"),
    Input(
        path="pattern.for_days", kind="number", unit="d", low=0, high=3650, above=True,
        meaning="Length of the use; needed unless `once`.",
        form=FormField(name="for_days", label="or for how many days"),
    ),
)  # fmt: skip

# -- the person, the kidneys, the urine ---------------------------------------------------------------------------------

CREATININE_NEEDS = ("person.age_y", "person.sex")
URINE_FLOW = Input(
    path="hydration.urine_flow_ml_h", kind="quantity", unit="mL/h", low=6, high=1500, alternatives="hydration",
    called="Urine flow, mL per hour", meaning="Usual urine flow.", distribution="urine_flow_ml_h",
    column="urine_flow_ml_h", flags=("--urine-flow-ml-h", "--flow"), form=FormField(
        name="hydration", label="urine, mL an hour"),
)  # fmt: skip
URINE_CREATININE = Input(
    path="hydration.urine_creatinine_mg_dl", kind="quantity", unit="mg/dL", low=1, high=600, alternatives="hydration",
    called="Creatinine in urine, mg/dL", meaning="Usual creatinine in urine.", distribution="urine_creatinine_mg_dl",
    column="urine_creatinine_mg_dl", flags=("--urine-creatinine-mg-dl", "--urine-creatinine"), form=FormField(
        name="hydration", label="creatinine in urine, mg/dL"),
)  # fmt: skip
SPECIFIC_GRAVITY = Input(
    path="hydration.specific_gravity", kind="quantity", unit="-", low=1.001, high=1.040, scale="linear",
    alternatives="hydration", called="Specific gravity of urine",
    meaning="Usual specific gravity of the urine.", distribution="specific_gravity",
    column="specific_gravity", flags=("--specific-gravity",), form=FormField(
        name="hydration", label="specific gravity of urine"),
)  # fmt: skip
URINE_PH = Input(
    path="urine_ph", kind="quantity", unit="-", low=4, high=9, scale="linear",
    called="Urine pH", meaning="Usual pH of the person's urine.", distribution="urine_ph",
    column="urine_ph", flags=("--urine-ph", "--ph"), form=FormField(
        name="urine_ph", label="Urine pH", hint="Leave it empty if you don't know it. Usual is 5 to 8.", fieldset="urine"),
)  # fmt: skip
PERSON = (
    section("person"),
    Input(
        path="person.weight_kg", kind="quantity", unit="kg", low=2, high=400,
        called="Body weight", meaning="Body weight.", distribution="weight_kg",
        column="weight_kg", flags=("--weight-kg", "--weight"), form=FormField(
            name="weight_kg", label="Body weight, kg", hint="1 kg is 2.2 lb", fieldset="more"),
    ),
    Input(
        path="person.height_cm", kind="quantity", unit="cm", low=40, high=250,
        called="Height", meaning="Height.", distribution="height_cm",
        column="height_cm", flags=("--height-cm", "--height"), form=FormField(
            name="height_cm", label="Height, cm", fieldset="more"),
    ),
    Input(
        path="person.age_y", kind="quantity", unit="years", low=0, high=120, scale="linear",
        called="Age", meaning="Age.", distribution="age_y",
        column="age_y", flags=("--age-y", "--age"), form=FormField(
            name="age_y", label="Age, years", fieldset="person"),
    ),
    Input(
        path="person.sex", kind="word", words={"female": "female", "male": "male"}, synonyms={"f": "female", "m": "male"},
        called="Sex", meaning="Sex, as the equations for kidney function and creatinine have it.",
        column="sex", flags=("--sex",), form=FormField(name="sex", label="Sex", fieldset="person"),
    ),
    Input(
        path="person.hepatic_class", kind="word", words={"none": "none", "A": "", "B": "", "C": ""},
        called="Liver disease (Child-Pugh)", meaning="Child-Pugh class.",
        column="hepatic_class", flags=("--hepatic-class",), form=FormField(
            name="hepatic_class", label="Liver disease (Child-Pugh)", fieldset="more"),
    ),
    Input(
        path="person.interactions", kind="names", most=20,
        called="Other medicines", meaning="Conditions and other medicines that the substance's card names.",
        flags=("--interaction",), form=FormField(name="interactions", label="Other medicines and foods"),
    ),
    *COVARIATES,
    section("renal"),
    Input(
        path="renal.egfr_ml_min_1_73m2", kind="quantity", unit="mL/min/1.73 m2", low=3, high=250, alternatives="kidney",
        called="Kidney function (eGFR, mL/min per 1.73 m²)", meaning="Estimated GFR.", distribution="egfr_ml_min_1_73m2",
        column="egfr_ml_min_1_73m2", flags=("--egfr-ml-min-1-73m2", "--egfr"), form=FormField(
            name="kidney", label="eGFR, mL/min per 1.73 m²"),
    ),
    Input(
        path="renal.creatinine_clearance_ml_min", kind="quantity", unit="mL/min", low=3, high=300, alternatives="kidney",
        called="Kidney function (creatinine clearance, mL/min)",
        meaning="Creatinine clearance.", distribution="creatinine_clearance_ml_min",
        column="creatinine_clearance_ml_min", flags=("--creatinine-clearance-ml-min", "--creatinine-clearance"),
        form=FormField(name="kidney", label="creatinine clearance, mL/min"),
    ),
    Input(
        path="renal.serum_creatinine_mg_dl", kind="quantity", unit="mg/dL", low=0.1, high=25, alternatives="kidney",
        needs=CREATININE_NEEDS,
        called="Creatinine in blood, mg/dL",
        meaning="Serum creatinine. Needs age and sex (CKD-EPI 2021).", distribution="serum_creatinine_mg_dl",
        column="serum_creatinine_mg_dl", flags=("--serum-creatinine-mg-dl", "--serum-creatinine"), form=FormField(
            name="kidney", label="creatinine in blood, mg/dL"),
    ),
    Input(
        path="renal.serum_creatinine_umol_l", kind="quantity", unit="umol/L", low=9, high=2200, alternatives="kidney",
        needs=CREATININE_NEEDS,
        called="Creatinine in blood, µmol/L",
        meaning="Serum creatinine. Needs age and sex (CKD-EPI 2021).", distribution="serum_creatinine_umol_l",
        column="serum_creatinine_umol_l", flags=("--serum-creatinine-umol-l",), form=FormField(
            name="kidney", label="creatinine in blood, µmol/L"),
    ),
    Input(
        path="renal.ckd_stage", kind="word", words=CKD_STAGES, alternatives="kidney",
        meaning="Stage of kidney disease (KDIGO).",
        column="ckd_stage", flags=("--ckd-stage",), form=FormField(
            name="kidney", label="kidney disease, stage %(word)s"),
    ),
    section("hydration"),
    Input(
        path="hydration.level", kind="word", alternatives="hydration", meaning="How much the person drinks.",
        words={"low": "drinks little", "usual": "drinks as most people do", "high": "drinks a lot"},
        column="hydration_level", flags=("--hydration-level", "--hydration"), form=FormField(
            name="hydration", label="Hydration"),
    ),
    URINE_FLOW,
    Input(
        path="hydration.fluid_intake_l_day", kind="quantity", unit="L/day", low=0.3, high=15, alternatives="hydration",
        called="Fluids, litres a day", meaning="Fluids that the person drinks.", distribution="fluid_intake_l_day",
        column="fluid_intake_l_day", flags=("--fluid-intake-l-day", "--fluid-intake"), form=FormField(
            name="hydration", label="fluids, litres a day"),
    ),
    URINE_CREATININE,
    SPECIFIC_GRAVITY,
    URINE_PH,
    section("specimen"),
    URINE_PH.also(
        "specimen.urine_ph", called="pH of the specimen", meaning="pH of the specimen.", distribution="specimen.urine_ph",
        form=FormField(name="specimen_urine_ph", label="pH", fieldset="specimen"),
    ),
    URINE_FLOW.also(
        "specimen.urine_flow_ml_h", called="Urine flow of the specimen, mL per hour", alternatives="specimen flow",
        meaning="Urine flow while the specimen formed.",
        distribution="specimen.urine_flow_ml_h", form=FormField(
            name="specimen_urine_flow_ml_h", label="Urine flow, mL an hour", fieldset="specimen"),
    ),
    URINE_CREATININE.also(
        "specimen.urine_creatinine_mg_dl", called="Creatinine in the specimen, mg/dL", alternatives="specimen flow",
        meaning="Creatinine in the specimen.",
        distribution="specimen.urine_creatinine_mg_dl", form=FormField(
            name="specimen_urine_creatinine_mg_dl", label="Creatinine, mg/dL", hint="1 mmol/L is 11.3 mg/dL",
            fieldset="specimen"),
    ),
    SPECIFIC_GRAVITY.also(
        "specimen.specific_gravity", called="Specific gravity of the specimen", alternatives="specimen flow",
        meaning="Specific gravity of the specimen.",
        distribution="specimen.specific_gravity", form=FormField(
            name="specimen_specific_gravity", label="Specific gravity", fieldset="specimen"),
    ),
    Input(
        path="specimen.void_interval_h", kind="quantity", unit="h", low=0.25, high=24,
        called="Hours since urine was last passed",
        meaning="Hours of urine the specimen holds.", distribution="void_interval_h",
        column="void_interval_h", flags=("--void-interval-h", "--void-interval"), form=FormField(
            name="specimen_void_interval_h", label="Hours since urine was last passed", fieldset="specimen"),
    ),
)  # fmt: skip

# -- the test, the model, the calculation ----------------------------------------------------------------------------------

CUTOFF = Input(
    path="assay.analytes[].cutoff_ng_ml", kind="number", unit="ng/mL", low=0, high=1e7, above=True, required=True,
    meaning="Positive at or above it.",
    column="cutoff_ng_ml", within_flag="--cutoff", form=FormField(
        name="cutoff_ng_ml", label="Cutoff, ng/mL", hint="1 µg/L is 1 ng/mL"),
)  # fmt: skip
HYDROLYSED = Input(
    path="assay.analytes[].hydrolysed",
    kind="flag",
    meaning="Whether conjugates, such as glucuronides, are split first, so that the analyte is read together with them.",
    within_flag="--cutoff",
)
CALCULATION = (
    Input(
        path="assay", kind="name",
        meaning="Id of a registered assay, or an assay in full. Left out: the substance's usual confirmation.",
        column="assay", flags=("--assay",), form=FormField(
            name="assay", label="Which test", hint="The laboratory report names it"),
    ),
    Input(
        path="assay.rule", kind="word", default="any", words={"any": "", "all": ""}, flags=("--rule",),
        meaning="Positive when any, or all, reach their cutoff.",
    ),
    section("assay.analytes"),
    Input(
        path="assay.analytes[].analyte", kind="name", required=True, example="norketamine",
        meaning="What the test looks for.",
        column="analyte", within_flag="--cutoff", form=FormField(name="analyte", label="What the test looks for"),
    ),
    CUTOFF,
    HYDROLYSED,
    Input(
        path="assay.target", kind="name", required=True,
        meaning="The analyte in whose units an immunoassay reads.",
    ),
    CUTOFF.also("assay.cutoff_ng_ml", meaning="Positive at or above it, in units of the target."),
    HYDROLYSED.also("assay.hydrolysed"),
    Input(
        path="assay.cross_reactivity", kind="table", unit="-", low=0, high=10, most=20, default=dict,
        meaning="Response to other analytes as a fraction of that to the target.",
    ),
    Input(
        path="assay.imprecision_cv", kind="number", unit="-", low=0, high=1,
        called="Imprecision of the test (fraction)", meaning="Coefficient of variation of a measurement, as a fraction.",
    ),
    section("model"),
    Input(
        path="model.kind", kind="word", default="population", meaning="Which model answers.",
        words={"population": "full model", "half-life": "textbook: one half-life"},
        form=FormField(name="model_kind", label="Model"),
    ),
    Input(
        path="model.half_life_h", kind="quantity", unit="h", low=0.05, high=5000,
        called="Half-life", meaning="Only with the kind half-life.", distribution="half_life_h",
        form=FormField(name="half_life_h", label="Half-life, hours", hint="With the textbook model"),
    ),
    section("model.adjust"),
    Input(
        path="model.adjust.*.scale", kind="number", unit="-", low=0, high=100, above=True, alternatives="change",
        meaning="Factor on the typical value of a parameter.",
    ),
    Input(
        path="model.adjust.*.set", kind="number", alternatives="change",
        meaning="In the unit and within the bounds that the substance's card states.",
    ),
    section("options"),
    Input(
        path="options.draws", kind="integer", unit="-", low=100, high=20_000, default=2000,
        meaning="Monte-Carlo draws.",
        flags=("--draws",), form=FormField(name="draws", label="Simulated cases", fieldset="calculation"),
    ),
    Input(
        path="options.seed", kind="integer", unit="-", low=0, high=2**32 - 1, default=20261123,
        meaning="Seed of the random numbers.",
        flags=("--seed",), form=FormField(name="seed", label="Seed", fieldset="calculation"),
    ),
    Input(
        path="options.level", kind="number", unit="-", low=0.5, high=0.99, default=0.9,
        meaning="Level of the predictive interval.",
        flags=("--level",), form=FormField(name="level", label="Size of the range (0.9: 9 in 10)", fieldset="calculation"),
    ),
    Input(
        path="options.include", kind="words", words={"concentration": "", "draws": ""}, default=list,
        meaning="What else the answer holds.", flags=("--include",),
    ),
)  # fmt: skip

ENTRIES = (*USE, *PERSON, *CALCULATION)
