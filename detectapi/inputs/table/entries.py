"""The table of inputs: every input of a request, once. A new input is a new entry here, or in `person`."""

from detectapi.inputs.table.definition import Alternatives, FormField, Input, section
from detectapi.inputs.table.person import PERSON

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

ALTERNATIVES = (
    Alternatives(name="history", needed=True),
    Alternatives(name="history of a use", needed=True),
    Alternatives(name="amount", needed=True),
    Alternatives(name="amount each time", needed=True),
    Alternatives(name="start"),
    Alternatives(name="kidney", form=FormField(
        name="kidney", label="Kidney function", hint="creatinine in blood needs age and sex", fieldset="person")),
    Alternatives(name="hydration", form=FormField(name="hydration", label="Hydration", fieldset="urine")),
    Alternatives(name="change", needed=True),
    Alternatives(name="cutoff", needed=True),
    Alternatives(name="cutoff of a target", needed=True),
)  # fmt: skip

# -- what was used, how and when ---------------------------------------------------------------------------------------

AMOUNT = Input(
    path="doses[].amount_mg", kind="quantity", unit="mg", low=0, high=1e7, above=True, alternatives="amount",
    meaning="Amount, of the free base unless `basis` says otherwise; at most the substance's `most_mg`.",
    column="amount_mg", within_flag="--dose", form=FormField(
        name="amount", label="Amount of one dose", hint="A number, or a range such as 30-40"),
)  # fmt: skip
AMOUNT_IN_UNIT = Input(
    path="doses[].amount", kind="quantity", low=0, high=1e7, above=True, alternatives="amount",
    called="Amount in the unit", meaning="Amount in the unit that `unit` names.",
    column="amount", within_flag="--dose",
)  # fmt: skip
UNIT = Input(
    path="doses[].unit", kind="name", example="g", called="Unit of the amount",
    meaning="`mg`, `g` or `ug`; `mg/h` or `ug/h` over the duration, as for a patch; or a unit of the substance such as `drink-us`.",
    column="unit", within_flag="--dose",
)  # fmt: skip
BASIS = Input(
    path="doses[].basis", kind="name", any_case=True, called="Amounts are of",
    meaning="`base`, or a salt of the substance such as `hydrochloride`. Left out: that of a brand that was named, else `base`.",
    column="basis", within_flag="--dose", form=FormField(name="basis", label="The amount is"),
)  # fmt: skip
ROUTE = Input(
    path="doses[].route", kind="name", words=ROUTES, example="intravenous",
    called="How it was taken",
    meaning=f"One of {', '.join(ROUTES)}; everyday synonyms are understood. Only a brand with one route may leave it out.",
    column="route", within_flag="--dose", form=FormField(name="route", label="How it was taken"),
)  # fmt: skip
DURATION = Input(
    path="doses[].duration_min", kind="number", unit="min", low=0, high=14_400, default=0.0,
    meaning="Length of an infusion, of wearing a patch, or of drinking; 0 is at once.",
    column="duration_min", within_flag="--dose", form=FormField(
        name="duration_min", label="Length of the dose, minutes", hint="Of an infusion, or of drinking"),
)  # fmt: skip
USE = (
    Input(
        path="substance", kind="name", example="ketamine",
        meaning="Id or name of the substance that was used. Needed unless `uses` names several.",
        column="substance", flags=("--substance",), form=FormField(name="substance", label="Substance"),
    ),
    section("uses", "history"),
    Input(
        path="uses[].substance", kind="name", required=True, example="codeine",
        meaning="Id or name of one of several substances that were used.",
    ),
    section("uses[].doses", "history of a use"),
    section("uses[].pattern", "history of a use"),
    section("doses", "history"),
    AMOUNT,
    Input(
        path="doses[].amount_mg_per_kg", kind="quantity", unit="mg/kg", low=0, high=10_000, above=True,
        alternatives="amount", meaning="Amount per kilogram of body weight.",
        column="amount_mg_per_kg", within_flag="--dose", form=FormField(name="amount", label="Amount of one dose"),
    ),
    AMOUNT_IN_UNIT,
    UNIT,
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
        column="count", within_flag="--dose", form=FormField(name="count", label="or number of doses"),
    ),
    section("pattern", "history"),
    Input(
        path="pattern.frequency", kind="word", required=True, meaning="How often it was used.",
        words={"once": "Once", "monthly": "Once a month", "weekly": "Once a week", "twice-weekly": "Twice a week",
               "daily": "Every day"},
        form=FormField(name="frequency", label="How often"),
    ),
    AMOUNT.also("pattern.amount_mg", alternatives="amount each time", meaning="Amount each time."),
    AMOUNT_IN_UNIT.also("pattern.amount", alternatives="amount each time"),
    UNIT.also("pattern.unit"),
    BASIS.also("pattern.basis"),
    ROUTE.also("pattern.route"),
    DURATION.also("pattern.duration_min"),
    Input(
        path="pattern.for_days", kind="number", unit="d", low=0, high=3650, above=True,
        meaning="Length of the use; needed unless `once`.",
        form=FormField(name="for_days", label="For how many days"),
    ),
)  # fmt: skip

# -- the test, the model, the calculation ----------------------------------------------------------------------------------

CUTOFF = Input(
    path="assay.analytes[].cutoff_ng_ml", kind="number", unit="ng/mL", low=0, high=1e7, above=True, alternatives="cutoff",
    meaning="Positive at or above it.",
    column="cutoff_ng_ml", within_flag="--cutoff", form=FormField(
        name="cutoff_ng_ml", label="Cutoff, ng/mL", hint="1 µg/L is 1 ng/mL"),
)  # fmt: skip
CUTOFF_PER_CREATININE = Input(
    path="assay.analytes[].cutoff_ng_mg_creatinine", kind="number", unit="ng/mg", low=0, high=1e7, above=True,
    alternatives="cutoff", meaning="In place of `cutoff_ng_ml`: positive where the concentration over that of creatinine is "
    "at or above it.",
    column="cutoff_ng_mg_creatinine", within_flag="--cutoff", form=FormField(
        name="cutoff_ng_mg_creatinine", label="Cutoff per creatinine, ng/mg", hint="In place of a cutoff in ng/mL",
        fieldset="own"),
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
    CUTOFF_PER_CREATININE,
    HYDROLYSED,
    Input(
        path="assay.target", kind="name", required=True,
        meaning="The analyte in whose units an immunoassay reads.",
    ),
    CUTOFF.also(
        "assay.cutoff_ng_ml", alternatives="cutoff of a target", meaning="Positive at or above it, in units of the target."
    ),
    CUTOFF_PER_CREATININE.also("assay.cutoff_ng_mg_creatinine", alternatives="cutoff of a target"),
    HYDROLYSED.also("assay.hydrolysed"),
    Input(
        path="assay.cross_reactivity", kind="table", unit="-", low=0, high=10, most=20, default=dict,
        meaning="Response to other analytes as a fraction of that to the target.",
    ),
    Input(
        path="assay.imprecision_cv", kind="number", unit="-", low=0, high=1,
        called="Imprecision of the test (fraction)", meaning="Coefficient of variation of a measurement, as a fraction.",
    ),
    Input(
        path="assay.kit_bias_sd", kind="number", unit="-", low=0, high=2, above=True,
        meaning="Of a screening test: how far all readings of its kit may lie from the truth, as the standard deviation of "
        "the logarithm of a factor that is the same in every specimen.",
        column="kit_bias_sd", flags=("--kit-bias-sd",), form=FormField(
            name="kit_bias_sd", label="Bias of the kit (standard deviation of a logarithm)",
            hint="Of a screening test; 0.3 is about 30 %", fieldset="own"),
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
    section("results"),
    section("options"),
    Input(
        path="options.draws", kind="integer", unit="-", low=100, high=20_000, default=2000,
        meaning="Monte-Carlo draws. Rounded up to a multiple of 50, from 500 on of 250; the answer tells how many were used.",
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
        path="options.times_h", kind="numbers", unit="h", low=0, high=1_000_000, most=100, default=list,
        meaning="Hours after the last dose at which the answer tells the chance of a positive specimen.",
        flags=("--time",),
    ),
    Input(
        path="options.at", kind="times", most=100, default=list,
        meaning="The same for dates and times; doses then need a start as a date and time.",
        flags=("--at",),
    ),
    Input(
        path="options.include", kind="words", words={"concentration": "", "draws": ""}, default=list,
        meaning="What else the answer holds.", flags=("--include",),
    ),
)  # fmt: skip

ENTRIES = (*USE, *PERSON, *CALCULATION)
