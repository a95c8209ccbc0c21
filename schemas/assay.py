"""The form of the registries of tests (``data/assays.toml``, ``data/panels.toml``)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from schemas.error import SCHEMA_KEY, Message
from schemas.fields import Integer, Number, Word
from schemas.form import Form, Given, Section
from schemas.substance import ID, SCHEMA_VERSION, Named, OriginForm, QuantityForm, Text, Texts
from schemas.vocabulary import RULES

KINDS = ("immunoassay", "mass-spectrometry")
STAGES = ("screen", "confirm")
GROUPS = ("regulation", "laboratory", "kit", "method")
"""Who a test is of: a rule or recommendation, a laboratory, a maker of kits, or a publication."""


class ComponentForm(Form):
    """One reading of a test against one cutoff."""

    exactly_one = ("cutoff_ng_ml", "cutoff_ng_mg_creatinine")

    analyte = Text(required=True)
    cutoff_ng_ml = Number()
    cutoff_ng_mg_creatinine = Number()
    cross_reactivity = Named(Number(0, 10, above=True))
    hydrolysed = fields.Boolean()


class HydrolysisYieldForm(OriginForm):
    """How much of a conjugate is set free and read as the parent."""

    value = Number(0, 1, above=True, required=True)
    uncertainty = Number(0, 5, required=True)


class RegisteredAssayForm(OriginForm):
    """A test with its issuer, date and source; without components, ``because`` says why there is no cutoff.

    A test in two stages names them in ``stages`` and has no components of its own.
    """

    name = Text(required=True)
    issuer = Text(required=True)
    date = Text(required=True)
    group = Word(GROUPS)
    common = fields.Boolean()
    kind = Word(KINDS)
    method = Text()
    stage = Word(STAGES)
    stages = Texts()
    substances = Texts(required=True)
    rule = Word(RULES)
    components = fields.List(Section(ComponentForm))
    imprecision_cv = Section(QuantityForm)
    hydrolysis_yield = Section(HydrolysisYieldForm)
    kit_bias_sd = Section(QuantityForm)
    limits_ng_ml = Named(Number())
    because = Text()

    def relations(self, entry: Given) -> dict[str, Any]:
        """A test has components, a rule and an imprecision; an entry without them says why, or names its stages."""
        messages = super().relations(entry)
        described = {"kind", "method", "stage"}
        measured = {"components", "rule", "imprecision_cv"}
        if "stages" in entry:
            asked = {"stages"}
        else:
            asked = described | (measured if "components" in entry else {"because"})
        if (described | measured | {"because", "stages"}) & set(entry) != asked:
            message = Message(f"Must have {', '.join(sorted(asked))}, and none of the others.", "test")
            messages.setdefault(SCHEMA_KEY, []).append(message)
        return messages


class AssaysFileSchema(Form):
    """The whole file."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    assays = Named(Section(RegisteredAssayForm), required=True)


class PanelClassForm(Form):
    """One class of a panel, with the tests of the registry that look for it."""

    id = Text(ID, required=True)
    name = Text(required=True)
    assays = Texts(required=True)


class NotTestedForm(OriginForm):
    """Substances that a panel does not look for."""

    substances = Texts(required=True)
    because = Text(required=True)


class PanelForm(OriginForm):
    """Tests that are ordered together."""

    name = Text(required=True)
    issuer = Text(required=True)
    date = Text(required=True)
    because = Text(required=True)
    formerly = Texts()
    classes = fields.List(Section(PanelClassForm), required=True)
    not_tested = fields.List(Section(NotTestedForm))


class PanelsFileSchema(Form):
    """The whole file of panels (``data/panels.toml``)."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    panels = Named(Section(PanelForm), required=True)
