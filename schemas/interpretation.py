"""The question of an interpretation: `POST /v1/interpretations`. Specimens with results, accounts of use, what is asked of them.

The person, the kidneys and the model are those of an estimate (`schemas.request`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from detectapi.inputs.table import INPUTS
from detectapi.inputs.table.results import RESULTS
from schemas.error import Message, refuse
from schemas.fields import Items, Name
from schemas.form import Form, Section
from schemas.inputs import exactly_one, field_of, fields_of, missing_beside
from schemas.request import (
    MOST_USES,
    DoseSchema,
    HydrationSchema,
    ModelSchema,
    PatternSchema,
    PersonSchema,
    RenalSchema,
    check_doses,
)
from schemas.results import MOST_SPECIMENS, SpecimenResultsSchema, test_field

MOST_ACCOUNTS, MOST_COMPARISONS = 6, 10
MOST_IN_TURN = 6
"""Specimens that are each held against the earlier ones."""
MOST_WORK = 60_000
"""Draws times specimens times accounts."""


DOSES = Items(Section(DoseSchema), minimum=1, maximum=1000)


class FurtherUseSchema(Form):
    """One more use, at a time that is not known."""

    exactly_one = exactly_one("accounts[].further_use", RESULTS)

    class Meta:
        include = fields_of("accounts[].further_use", table=RESULTS)

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the two times."""
        return {**super().relations(section), **_one_clock(section, ("earliest", "latest"), needed=True)}


class LastUseSchema(Form):
    """When the last use ended: a time, or a range of times."""

    class Meta:
        include = fields_of("accounts[].last_use", table=RESULTS)

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the times."""
        at = [name for name in ("at", "at_h") if name in section]
        earliest = [name for name in ("earliest", "earliest_h") if name in section]
        latest = [name for name in ("latest", "latest_h") if name in section]
        if len(at) + len(earliest) != 1:
            names = ("at", "at_h", "earliest", "earliest_h")
            return {"_schema": [Message(f"Give exactly one of: {', '.join(names)}.", "exactly-one", names)]}
        if latest and (at or len(latest) > 1 or latest[0].endswith("_h") != earliest[0].endswith("_h")):
            return {latest[0]: [Message("Only beside earliest, in the same unit.", "conflict")]}
        return {}


def _one_clock(section: Mapping[str, Any], names: tuple[str, str], needed: bool) -> dict[str, Any]:
    """Problems of two times that must both be dates, or both in hours."""
    for ending in ("", "_h"):
        if all(f"{name}{ending}" in section for name in names):
            other = [f"{name}{'_h' if not ending else ''}" for name in names]
            mixed = [name for name in other if name in section]
            return {mixed[0]: [Message("Give both times as dates, or both in hours.", "conflict")]} if mixed else {}
    ending = next((ending for ending in ("_h", "") for name in names if f"{name}{ending}" in section), "")
    missing = next(f"{name}{ending}" for name in names if f"{name}{ending}" not in section)
    return {missing: [Message("Missing. Give both times as dates, or both in hours.", "required")]} if needed else {}


class AccountUseSchema(Form):
    """One of several substances that an account says were used. A pattern of use ends with the last dose of all."""

    exactly_one = exactly_one("uses[]")

    class Meta:
        include = fields_of("uses[]", doses=DOSES, pattern=Section(PatternSchema))


class AccountSchema(Form):
    """One account of use."""

    exactly_one = exactly_one("accounts[]", RESULTS)

    class Meta:
        include = fields_of(
            "accounts[]",
            table=RESULTS,
            uses=Items(
                Section(AccountUseSchema),
                minimum=1,
                maximum=MOST_USES,
                metadata={
                    "description": "Several substances that were used; in place of `substance`, `doses` and `pattern`."
                },
            ),
            doses=DOSES,
            pattern=Section(PatternSchema),
            further_use=Section(FurtherUseSchema),
            last_use=Section(LastUseSchema),
        )

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between the parts of an account."""
        messages = super().relations(section)
        if "extends" in section and "further_use" not in section:
            messages["further_use"] = [
                Message("Missing. An account that extends another says what comes to it.", "required")
            ]
        if "extends" in section:
            detail = "Leave it out: it is that of the account that is extended."
            messages |= {name: [Message(detail, "conflict")] for name in ("last_use", "substance") if name in section}
        if "uses" in section and "substance" in section:
            messages["substance"] = [Message("Leave it out: uses names the substances.", "conflict")]
        if _has_no_times(section) and "last_use" not in section:
            messages["last_use"] = [Message("Missing. A pattern has no times of its own.", "required")]
        return messages

    def load(self, data: Any, **kwargs: Any) -> Any:
        """The account with its doses checked."""
        loaded = super().load(data, **kwargs)
        doses = doses_of(loaded)
        if doses:
            loaded["timed"] = any("start" in dose or "start_h" in dose for dose in doses)
            check_doses(doses)
        return loaded


def doses_of(account: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every dose that an account names."""
    return [dose for use in account.get("uses", (account,)) for dose in use.get("doses", ())]


def _has_no_times(account: Mapping[str, Any]) -> bool:
    """Whether an account names patterns of use alone."""
    uses = account.get("uses", [account])
    return isinstance(uses, list) and bool(uses) and all(isinstance(use, Mapping) and "pattern" in use for use in uses)


class PlannedSchema(Form):
    """A test that is planned. One date: a series of dates would show when a test is best taken."""

    exactly_one = exactly_one("planned", RESULTS)

    class Meta:
        include = fields_of("planned", table=RESULTS, assay=test_field("planned.assay"))


class OnePlanned(Section):
    """The planned test. A list of them is refused with the reason."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        if isinstance(value, list):
            raise refuse("One date a question: a series of dates would show when a test is best taken.", "type")
        return super()._deserialize(value, attr, data, partial=partial, **kwargs)


class InterpretationOptionsSchema(Form):
    """How the calculation is run."""

    class Meta:
        include = fields_of("options", table=RESULTS)


class InterpretationRequestSchema(Form):
    """Measured results, and the accounts of use that they are held against."""

    class Meta:
        include = {
            "substance": field_of(INPUTS["substance"]),
            "urine_ph": field_of(INPUTS["urine_ph"]),
            "specimens": Items(Section(SpecimenResultsSchema), minimum=1, maximum=MOST_SPECIMENS, required=True),
            "accounts": Items(Section(AccountSchema), minimum=1, maximum=MOST_ACCOUNTS, required=True),
            "compare": Items(
                Items(Name(), minimum=2, maximum=2),
                maximum=MOST_COMPARISONS,
                load_default=list,
                metadata={"description": RESULTS["compare[]"].meaning},
            ),
            "planned": OnePlanned(PlannedSchema),
            "programme": field_of(RESULTS["programme"]),
            "person": Section(PersonSchema, load_default=dict),
            "renal": Section(RenalSchema, load_default=dict),
            "hydration": Section(HydrationSchema, load_default=dict),
            "model": Section(ModelSchema, load_default=lambda: ModelSchema().load({})),
            "options": Section(
                InterpretationOptionsSchema, load_default=lambda: InterpretationOptionsSchema().load({})
            ),
        }

    def relations(self, section: Mapping[str, Any]) -> dict[str, Any]:
        """Problems between sections, and a substance that is not named."""
        missing = {} if _names_substances(section) else {"substance": [Message("Missing.", "required")]}
        return {**super().relations(section), **missing_beside(section), **missing}

    def load(self, data: Any, **kwargs: Any) -> Any:
        """The question, refused where it asks for too much work or names accounts that are not there."""
        loaded = super().load(data, **kwargs)
        errors = {
            **(_specimens(loaded["specimens"]) or _not_considered(loaded)),
            **_accounts(loaded["accounts"]),
            **_comparisons(loaded["compare"], loaded["accounts"]),
        }
        if errors:
            raise ValidationError(errors)
        check_work(loaded)
        return loaded


def _names_substances(request: Mapping[str, Any]) -> bool:
    """Whether it is known what every account says was used."""
    if "substance" in request:
        return True
    accounts, named = request.get("accounts"), {"uses", "substance", "extends"}
    if not isinstance(accounts, list) or not accounts:
        return False
    return all(isinstance(account, Mapping) and named & set(account) for account in accounts)


def check_work(loaded: Mapping[str, Any]) -> None:
    """What one interpretation may cost."""
    if loaded["options"]["in_turn"] and len(loaded["specimens"]) > MOST_IN_TURN:
        detail = f"At most {MOST_IN_TURN} specimens in turn; leave it out, or ask about the last ones."
        raise ValidationError({"options": {"in_turn": [Message(detail, "too-much-work")]}})
    used = {account["id"]: len(account.get("uses", (account,))) for account in loaded["accounts"]}
    each = len(loaded["specimens"]) * sum(used[one.get("extends", one["id"])] for one in loaded["accounts"])
    if each * loaded["options"]["draws"] > MOST_WORK:
        fits = MOST_WORK // each
        detail = f"At most {fits} draws with so many specimens and accounts."
        if fits < RESULTS["options.draws"].bounds[0]:
            detail = "Too many specimens and accounts together; ask about fewer accounts."
        raise ValidationError({"options": {"draws": [Message(detail, "too-much-work")]}})


def _accounts(accounts: list[dict[str, Any]]) -> dict[str, Any]:
    """Ids that occur twice, and accounts that extend one that is not there, or itself an extension."""
    messages: dict[Any, Any] = {}
    plain = [account["id"] for account in accounts if "extends" not in account]
    for index, account in enumerate(accounts):
        if account["id"] in [other["id"] for other in accounts[:index]]:
            messages[index] = {"id": [Message("Each account needs an id of its own.", "duplicate")]}
        elif "extends" in account and account["extends"] not in plain:
            detail = "Must be the id of an account with doses or a pattern."
            messages[index] = {"extends": [Message(detail, "unknown-account")]}
    return {"accounts": messages} if messages else {}


def _specimens(specimens: list[dict[str, Any]]) -> dict[str, Any]:
    """Ids that occur twice."""
    ids = [specimen.get("id") for specimen in specimens]
    twice = [index for index, name in enumerate(ids) if name is not None and name in ids[:index]]
    detail = "Each specimen needs an id of its own."
    return {"specimens": {index: {"id": [Message(detail, "duplicate")]} for index in twice}} if twice else {}


def _not_considered(loaded: Mapping[str, Any]) -> dict[str, Any]:
    """Specimens beyond the one that a review of 49 CFR Part 40 is about: 40.151 lets no other be considered."""
    if loaded.get("programme") != "dot" or len(loaded["specimens"]) == 1:
        return {}
    detail = "In this programme no other specimen is considered (49 CFR 40.151). Give the one that is reviewed."
    return {"specimens": [Message(detail, "not-considered")]}


def _comparisons(pairs: list[list[str]], accounts: list[dict[str, Any]]) -> dict[str, Any]:
    ids, messages = [account["id"] for account in accounts], {}
    for index, (one, other) in enumerate(pairs):
        if one not in ids or other not in ids:
            messages[index] = [Message("Must name two of the accounts by their ids.", "unknown-account")]
        elif one == other:
            messages[index] = [Message("An account cannot be compared with itself: name two.", "conflict")]
    return {"compare": messages} if messages else {}
