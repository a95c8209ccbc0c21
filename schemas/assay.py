"""The form of the assay registry (``data/assays.toml``)."""

from marshmallow import fields

from schemas.error import SCHEMA_KEY, Message
from schemas.fields import Integer, Number, Word
from schemas.form import Form, Section
from schemas.substance import SCHEMA_VERSION, Named, OriginForm, QuantityForm, Text, Texts
from schemas.vocabulary import RULES

KINDS = ("immunoassay", "mass-spectrometry")
STAGES = ("screen", "confirm")


class ComponentForm(Form):
    """One reading of a test against one cutoff."""

    analyte = Text(required=True)
    cutoff_ng_ml = Number(required=True)
    cross_reactivity = Named(Number(0, 10, above=True))


class RegisteredAssayForm(OriginForm):
    """A test with its issuer, date and source; without components, ``because`` says why there is no cutoff."""

    name = Text(required=True)
    issuer = Text(required=True)
    date = Text(required=True)
    kind = Word(KINDS, required=True)
    method = Text(required=True)
    stage = Word(STAGES, required=True)
    substances = Texts(required=True)
    rule = Word(RULES)
    components = fields.List(Section(ComponentForm))
    imprecision_cv = Section(QuantityForm)
    limits_ng_ml = Named(Number())
    because = Text()

    def relations(self, given):
        """A test has components, a rule and an imprecision; an entry without them says why."""
        found = super().relations(given)
        asked = {"components", "rule", "imprecision_cv"} if "components" in given else {"because"}
        if {"components", "rule", "imprecision_cv", "because"} & set(given) != asked:
            message = Message(f"Must have {', '.join(sorted(asked))}, and none of the others.", "test")
            found.setdefault(SCHEMA_KEY, []).append(message)
        return found


class AssaysFileSchema(Form):
    """The whole file."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    assays = Named(Section(RegisteredAssayForm), required=True)
