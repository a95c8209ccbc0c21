"""The inputs of an interpretation that an estimate does not have: specimens with their results, accounts of use, what is asked."""

from typing import Any

from detectapi.inputs.table.definition import Alternatives, FormField, Input, section
from detectapi.inputs.table.entries import AMOUNT, BASIS, CALCULATION, DURATION, HYDROLYSED, ROUTE, USE
from detectapi.inputs.table.lookup import InputTable
from detectapi.inputs.table.person import PERSON

_KNOWN = {entry.path: entry for entry in (*USE, *PERSON, *CALCULATION)}
_CLOCK = "on the clock of hours of the doses"


def _of_specimen(name: str, **changes: Any) -> Input:
    """What may be measured of the urine, as an estimate has it."""
    known = _KNOWN[f"specimen.{name}"]
    return known.also(f"specimens[].{name}", form=known.form and known.form._replace(name=name), **changes)


def _time(path: str, alternatives: str, meaning: str, form: FormField | None = None) -> tuple[Input, Input]:
    """A time as a date, or in hours on the clock of the doses. The page asks for the date."""
    return (
        Input(path=path, kind="time", alternatives=alternatives, meaning=f"{meaning}, as a date and time.", form=form),
        Input(
            path=f"{path}_h", kind="number", unit="h", low=-100_000, high=100_000, alternatives=alternatives,
            meaning=f"{meaning}, in hours {_CLOCK}.",
        ),
    )  # fmt: skip


_CONCENTRATION = Input(
    path="specimens[].results[].value_ng_ml", kind="number", unit="ng/mL", low=0, high=1e8, above=True,
    alternatives="result", meaning="The concentration that was reported.",
    form=FormField(name="value", label="Result, ng/mL"),
)  # fmt: skip

RESULTS = InputTable(
    (
        section("specimens"),
        Input(
            path="specimens[].id",
            kind="name",
            meaning="Your own name of the specimen. It stands in the answer and in no log. Left out: its number in time.",
            form=FormField(name="id", label="Name of the specimen", hint="Such as A; not the name of a person"),
        ),
        *_time(
            "specimens[].collected",
            "collected",
            "When the specimen was collected",
            FormField(name="collected", label="Collected: date and time"),
        ),
        section("specimens[].results"),
        Input(
            path="specimens[].results[].analyte",
            kind="name",
            required=True,
            example="norketamine",
            meaning="What was measured.",
            form=FormField(name="analyte", label="What was measured"),
        ),
        _CONCENTRATION,
        _CONCENTRATION.also(
            "specimens[].results[].below_ng_ml",
            alternatives="result",
            meaning="The limit below which the result lies, also of what was not detected.",
        ),
        section("specimens[].results[].between_ng_ml", "result"),
        _CONCENTRATION.also("specimens[].results[].between_ng_ml.low", required=True, meaning="Limit of detection."),
        _CONCENTRATION.also(
            "specimens[].results[].between_ng_ml.high",
            required=True,
            meaning="Limit of quantification, of what was detected below it.",
        ),
        HYDROLYSED.also(
            "specimens[].results[].hydrolysed", meaning=f"{HYDROLYSED.meaning} Left out: as the specimen says."
        ),
        section("specimens[].screen"),
        _KNOWN["assay"].also(
            "specimens[].screen.assay",
            required=True,
            meaning="The screen: id of a registered assay, or one in full.",
            form=FormField(name="screen", label="Screening test"),
        ),
        Input(
            path="specimens[].screen.positive",
            kind="flag",
            required=True,
            meaning="Whether it was positive.",
            form=FormField(name="verdict", label="Result of the screening test"),
        ),
        _KNOWN["assay.imprecision_cv"].also(
            "specimens[].imprecision_cv",
            form=FormField(
                name="imprecision_cv", label="Imprecision of the laboratory (0.1: 10 %)", fieldset="laboratory"
            ),
        ),
        HYDROLYSED.also(
            "specimens[].hydrolysed",
            form=FormField(name="hydrolysed", label="Measured after hydrolysis", fieldset="laboratory"),
        ),
        Input(
            path="specimens[].stored_days",
            kind="number",
            unit="d",
            low=0,
            high=3650,
            meaning="Days from collection to the measurement.",
            form=FormField(name="stored_days", label="Days stored before it was measured", fieldset="laboratory"),
        ),
        _of_specimen("kind"),
        _of_specimen("read_by"),
        _of_specimen("urine_ph", low=1.0, high=13.0),
        _of_specimen("urine_creatinine_mg_dl", low=0.1),
        _of_specimen("specific_gravity", low=1.0, above=True),
        _of_specimen("void_interval_h"),
        section("accounts"),
        Input(
            path="accounts[].id",
            kind="name",
            required=True,
            meaning="Your name of the account.",
            example="reported",
            form=FormField(name="id", label="Name of the account", hint="Such as: as reported"),
        ),
        Input(
            path="accounts[].substance",
            kind="name",
            meaning="What was used, where it is another substance than that of the question.",
            form=FormField(name="substance", label="Substance of this account"),
        ),
        section("accounts[].uses", "use"),
        section("accounts[].doses", "use"),
        section("accounts[].pattern", "use"),
        Input(
            path="accounts[].extends",
            kind="name",
            alternatives="use",
            meaning="Id of the account whose use this one has too; `further_use` comes to it.",
            form=FormField(name="extends", label="What it says"),
        ),
        section("accounts[].further_use"),
        Input(
            path="accounts[].further_use.substance",
            kind="name",
            meaning="What was used once more, where the account that is extended names several substances.",
        ),
        AMOUNT.also("accounts[].further_use.amount_mg", alternatives="further amount"),
        _KNOWN["doses[].amount_mg_per_kg"].also(
            "accounts[].further_use.amount_mg_per_kg", alternatives="further amount"
        ),
        BASIS.also("accounts[].further_use.basis"),
        ROUTE.also("accounts[].further_use.route"),
        DURATION.also("accounts[].further_use.duration_min"),
        *_time("accounts[].further_use.earliest", "earliest", "The earliest time at which it may have ended"),
        *_time("accounts[].further_use.latest", "latest", "The latest time at which it may have ended"),
        section("accounts[].last_use"),
        *_time(
            "accounts[].last_use.at",
            "",
            "When the last use ended, where that is known",
            FormField(name="at", label="Last use: date and time"),
        ),
        *_time(
            "accounts[].last_use.earliest",
            "",
            "The earliest time at which the last use may have ended",
            FormField(name="earliest", label="or not before"),
        ),
        *_time(
            "accounts[].last_use.latest",
            "",
            "The latest such time; left out, that of the first specimen",
            FormField(name="latest", label="and not after"),
        ),
        Input(
            path="accounts[].last_use.prior",
            kind="word",
            default="uniform",
            words={"uniform": "every hour alike", "log-uniform": "every factor in the hours before the specimen alike"},
            meaning="How probable each time of last use is before the results.",
            form=FormField(name="prior", label="Between these times, before the results"),
        ),
        Input(
            path="compare[]",
            kind="names",
            most=2,
            meaning="Ids of two accounts: how much more probable the results are under the first than under the second.",
        ),
        section("planned"),
        *_time(
            "planned.at",
            "planned",
            "When a test is planned",
            FormField(name="planned_at", label="Date and time of the planned test"),
        ),
        _KNOWN["assay"].also(
            "planned.assay",
            meaning="The planned test. Left out: the substance's usual one.",
            form=FormField(name="planned_assay", label="The planned test"),
        ),
        Input(
            path="programme",
            kind="word",
            words={"dot": "Department of Transportation (49 CFR Part 40)"},
            meaning="Rules that the reader is bound by.",
            form=FormField(name="programme", label="Programme"),
        ),
        section("options"),
        _KNOWN["options.draws"]._replace(high=10_000, meaning="Draws of a person."),
        _KNOWN["options.seed"],
        _KNOWN["options.level"]._replace(meaning="Level of the intervals."),
        Input(
            path="options.in_turn",
            kind="flag",
            default=False,
            meaning="Whether each specimen is also held against what an account expects after the earlier specimens.",
        ),
        Input(
            path="options.departure",
            kind="number",
            unit="-",
            low=0,
            high=0.5,
            above=True,  # without any, no result would be too far from an account to be read
            meaning="Share of specimens that depart from the model altogether. Left out: that of the data.",
        ),
    ),
    (
        Alternatives(name="collected", needed=True),
        Alternatives(name="result", needed=True),
        Alternatives(name="use", needed=True),
        Alternatives(name="further amount", needed=True),
        Alternatives(name="earliest"),
        Alternatives(name="latest"),
        Alternatives(name="planned", needed=True),
    ),
)
"""Inputs of an interpretation, in the order of the contract."""
