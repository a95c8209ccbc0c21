"""The part of the table of inputs on the person, the kidneys and the urine."""

from detectapi.inputs.table.covariates import covariate_inputs
from detectapi.inputs.table.definition import FormField, Input, section

CKD_STAGES = dict.fromkeys(("G1", "G2", "G3a", "G3b", "G4", "G5"), "")  # KDIGO
GFR_METHODS = {
    "estimated": "not known",
    "measured": "measured with a marker (iohexol, inulin and the like)",
    "timed-collection": "urine collected over a known time",
    "cockcroft-gault": "computed by Cockcroft and Gault",
    "ckd-epi-2021": "CKD-EPI 2021",
    "ekfc": "EKFC",
    "ckid-u25": "CKiD U25",
    "bedside-schwartz": "bedside Schwartz",
}
YES_OR_NO = {"no": "no", "yes": "yes"}
COVARIATES = covariate_inputs()
"""What may be told about a person in a word, as the data name it."""

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
        path="person.pregnant", kind="word", called="Pregnant", words=YES_OR_NO,
        meaning="Pregnant: kidneys filter about half as much again.",
        column="pregnant", flags=("--pregnant",), form=FormField(name="pregnant", label="Pregnant", fieldset="more"),
    ),
    Input(
        path="person.hepatic_class", kind="word", words={"none": "none", "A": "", "B": "", "C": ""},
        called="Liver disease (Child-Pugh)", meaning="Child-Pugh class.",
        column="hepatic_class", flags=("--hepatic-class",), form=FormField(
            name="hepatic_class", label="Liver disease (Child-Pugh)", fieldset="more"),
    ),
    Input(
        path="person.interactions", kind="names", most=20, any_case=True,
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
        meaning="Serum creatinine. Needs age and sex.", distribution="serum_creatinine_mg_dl",
        column="serum_creatinine_mg_dl", flags=("--serum-creatinine-mg-dl", "--serum-creatinine"), form=FormField(
            name="kidney", label="creatinine in blood, mg/dL"),
    ),
    Input(
        path="renal.serum_creatinine_umol_l", kind="quantity", unit="umol/L", low=9, high=2200, alternatives="kidney",
        needs=CREATININE_NEEDS,
        called="Creatinine in blood, µmol/L",
        meaning="Serum creatinine. Needs age and sex.", distribution="serum_creatinine_umol_l",
        column="serum_creatinine_umol_l", flags=("--serum-creatinine-umol-l",), form=FormField(
            name="kidney", label="creatinine in blood, µmol/L"),
    ),
    Input(
        path="renal.ckd_stage", kind="word", words=CKD_STAGES, alternatives="kidney",
        meaning="Stage of kidney disease (KDIGO).",
        column="ckd_stage", flags=("--ckd-stage",), form=FormField(
            name="kidney", label="kidney disease, stage %(word)s"),
    ),
    Input(
        path="renal.method", kind="word", called="How kidney function was found", words=GFR_METHODS,
        meaning="How the kidney function was found. Of serum creatinine: the equation to read it with.",
        column="renal_method", flags=("--renal-method",), form=FormField(
            name="renal_method", label="How kidney function was found", fieldset="more"),
    ),
    Input(
        path="renal.dialysis", kind="word", called="On dialysis", words=YES_OR_NO,
        meaning="Whether the person is on dialysis, for which no answer is given.",
        column="dialysis", flags=("--dialysis",), form=FormField(name="dialysis", label="On dialysis", fieldset="more"),
    ),
    Input(
        path="renal.creatinine_changing", kind="word", called="Creatinine in blood is changing", words=YES_OR_NO,
        meaning="Whether creatinine in blood changes from day to day, for which no answer is given.",
        column="creatinine_changing", flags=("--creatinine-changing",), form=FormField(
            name="creatinine_changing", label="Creatinine in blood is changing", fieldset="more"),
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
    Input(
        path="specimen.kind", kind="word", called="When the specimen was given",
        words={"on-request": "given on request", "first-morning": "first of the morning"},
        meaning="When the specimen was given. Left out: on request.",
        column="specimen_kind", flags=("--specimen-kind",), form=FormField(
            name="specimen_kind", label="When it was given", fieldset="specimen"),
    ),
    Input(
        path="specimen.read_by", kind="word", called="What pH and gravity of the specimen were read by",
        words={"instrument": "instrument", "strip": "test strip"},
        meaning="What pH and specific gravity of the specimen were read by. Left out: an instrument.",
        column="specimen_read_by", flags=("--specimen-read-by",), form=FormField(
            name="specimen_read_by", label="pH and gravity were read by", fieldset="specimen"),
    ),
    URINE_PH.also(
        "specimen.urine_ph", called="pH of the specimen", meaning="pH of the specimen.", distribution="specimen.urine_ph",
        form=FormField(name="specimen_urine_ph", label="pH", fieldset="specimen"),
    ),
    URINE_FLOW.also(
        "specimen.urine_flow_ml_h", called="Urine flow of the specimen, mL per hour",
        meaning="Urine flow while the specimen formed.",
        distribution="specimen.urine_flow_ml_h", form=FormField(
            name="specimen_urine_flow_ml_h", label="Urine flow, mL an hour", fieldset="specimen"),
    ),
    URINE_CREATININE.also(
        "specimen.urine_creatinine_mg_dl", called="Creatinine in the specimen, mg/dL",
        meaning="Creatinine in the specimen.",
        distribution="specimen.urine_creatinine_mg_dl", form=FormField(
            name="specimen_urine_creatinine_mg_dl", label="Creatinine, mg/dL", hint="1 mmol/L is 11.3 mg/dL",
            fieldset="specimen"),
    ),
    SPECIFIC_GRAVITY.also(
        "specimen.specific_gravity", called="Specific gravity of the specimen",
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
