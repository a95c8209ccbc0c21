"""The form of a substance file (``data/substances/<id>.toml``): its keys, their types, the words allowed.

What the keys mean together (names that must exist, fractions that must sum to at most 1, sources that must resolve) is
checked by the catalogue, which also words the refusals a user sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from schemas.error import SCHEMA_KEY, Message
from schemas.fields import Coded, Integer, Number, Word
from schemas.form import Form, Given, Section
from schemas.vocabulary import EVIDENCE_GRADES

BASES = ("measured", "derived", "assumed")
SCALES = ("log", "logit", "linear")
EFFECT_FORMS = ("power", "linear", "exponential", "category")
PATH_KINDS = ("bolus", "first-order", "zero-order", "zero-then-first-order", "capacity-limited")
CHARGES = ("base", "acid", "neutral")
PATTERNS = ("single", "course", "chronic")
SCHEMA_VERSION = 1

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
DATE = r"^\d{4}-\d{2}-\d{2}$"


class Text(Coded, fields.String):
    """Text that is not blank, perhaps of a certain look."""

    def __init__(self, look: str = r"\S", **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(look, error="Must be text of the right form."), **kwargs)


class Texts(Coded, fields.List[Any]):
    """A list of texts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Text(), **kwargs)


class Named(Coded, fields.Dict):
    """A table of names and what they stand for."""

    def __init__(self, inner: fields.Field[Any], **kwargs: Any) -> None:
        super().__init__(keys=Text(), values=inner, **kwargs)


class OriginForm(Form):
    """Where a number comes from: measured and derived ones have a source and a place in it, assumed ones a reason."""

    basis = Word(BASES, required=True)
    source = Text()
    locator = Text()
    reason = Text()

    def relations(self, section: Given) -> dict[str, Any]:
        """The keys that the basis asks for."""
        messages = super().relations(section)
        asked = {"reason"} if section.get("basis") == "assumed" else {"source", "locator"}
        if {"source", "locator", "reason"} & set(section) != asked:
            words = " and ".join(sorted(asked))
            messages.setdefault(SCHEMA_KEY, []).append(
                Message(f"This basis takes {words}, and nothing else.", "origin")
            )
        return messages


class QuantityForm(OriginForm):
    """A number that is not varied."""

    value = Number(required=True)
    unit = Text(required=True)


class EffectForm(OriginForm):
    """How a covariate changes a parameter."""

    covariate = Text(required=True)
    form = Word(EFFECT_FORMS, required=True)
    coefficient = Number()
    reference = Number()
    clip = fields.List(Number(), validate=validate.Length(equal=2))
    factors = Named(Number())


class ParameterForm(QuantityForm):
    """A number with its variability between people or specimens and its uncertainty."""

    at_most_one = ("interindividual_cv", "interindividual_sd", "interspecimen_cv", "interspecimen_sd")

    scale = Word(SCALES, required=True)
    interindividual_cv = Number()
    interindividual_sd = Number()
    interspecimen_cv = Number()
    interspecimen_sd = Number()
    uncertainty = Number(required=True)
    low = Number(required=True)
    high = Number(required=True)
    hypothesis = fields.Boolean()
    effects = Texts()
    meaning = Text(required=True)


class SaltForm(Form):
    """A salt form of the administered molecule."""

    id = Text(required=True)
    base_fraction = Section(QuantityForm, required=True)


class Parents(Coded):
    """The name of one moiety, or a list of several."""

    one, several = Text(), Texts()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return (self.several if isinstance(value, list) else self.one).deserialize(value, attr, data, **kwargs)


class MoietyForm(Form):
    """A molecule in the tree."""

    id = Text(ID, required=True)
    name = Text(required=True)
    abbreviations = Texts()
    formed_from = Parents()
    conjugate_of = Text()
    peripherals = Integer(0, 3)
    molar_mass = Section(QuantityForm, required=True)
    charge = Word(CHARGES)
    reabsorbed = fields.Boolean()
    total = fields.Boolean()
    carrier = fields.Boolean()
    no_analyte = Text()

    def relations(self, section: Given) -> dict[str, Any]:
        """Every moiety that is part of the calculation has compartments."""
        messages = super().relations(section)
        if not section.get("carrier") and "peripherals" not in section:
            messages["peripherals"] = [Message("Missing.", "required")]
        return messages


class PathForm(Form):
    """One parallel absorption path."""

    prefix = Text(required=True)
    kind = Word(PATH_KINDS, required=True)
    delivers = Texts(required=True)
    lag = fields.Boolean()


class RouteFormForm(Form):
    """The paths that hold up to a dose."""

    up_to_mg = Number()
    paths = fields.List(Section(PathForm), required=True)


class RouteForm(Form):
    """A route of administration."""

    id = Text(ID, required=True)
    name = Text(required=True)
    accepts_duration = fields.Boolean(required=True)
    forms = fields.List(Section(RouteFormForm), required=True)


class CorrelationForm(OriginForm):
    """How people's differences in two parameters go together."""

    parameters = fields.List(Text(), required=True, validate=validate.Length(equal=2))
    value = Number(-1, 1, required=True)


class HalfLifeForm(OriginForm):
    """A textbook half-life."""

    routes = Texts(required=True)
    low = Number(required=True)
    high = Number(required=True)
    unit = Text(required=True)
    claim = Text(required=True)


class HalfLifeModelForm(Form):
    """The one-compartment textbook view."""

    half_lives = fields.List(Section(HalfLifeForm), required=True)
    fraction_excreted = Named(Section(QuantityForm), required=True)


class ConditionsForm(Form):
    """When a rule holds."""

    routes = Texts()
    patterns = fields.List(Word(PATTERNS))
    analytes = Texts()
    hydrolysed = fields.Boolean()


class EvidenceForm(ConditionsForm):
    """What stands behind an answer."""

    grade = Word(EVIDENCE_GRADES, required=True)
    because = Text(required=True)
    sources = Texts(required=True)
    above_mg = Number()


class NoteForm(ConditionsForm):
    """A remark shown with an answer."""

    code = Text(ID, required=True)
    message = Text(required=True)
    inputs = Texts()


class IncludeForm(Form):
    """A block of moieties, and what its first moiety is formed from here."""

    block = Text(ID, required=True)
    formed_from = Parents()


class DoseUnitForm(Form):
    """A unit that doses are counted in."""

    id = Text(ID, required=True)
    name = Text(required=True)
    amount = Section(QuantityForm, required=True)


class BrandForm(Form):
    """A brand name, with the salt of its strength and the route it is made for."""

    name = Text(required=True)
    salt = Text()
    route = Text()


class BlockFileSchema(Form):
    """A file of moieties that substances share (``data/blocks/<name>.toml``)."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    moieties = fields.List(Section(MoietyForm), required=True)
    effects = Named(fields.List(Section(EffectForm)))
    parameters = Named(Section(ParameterForm), required=True)
    correlations = fields.List(Section(CorrelationForm))
    interactions = Named(Text())
    notes = fields.List(Section(NoteForm))


class SubstanceFileSchema(Form):
    """The whole file. With ``extends``, only what names the substance is required: the rest is the other file's.

    With ``include``, moieties and their parameters may all come from blocks.
    """

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    id = Text(ID, required=True)
    extends = Text(ID)
    without_routes = Texts()
    include = fields.List(Section(IncludeForm))
    name = Text(required=True)
    aliases = Texts()
    description = Text(required=True)
    revision = Integer(1, 1_000_000, required=True)
    reviewed = Text(DATE, required=True)
    default_assay = Text(ID, required=True)
    salts = fields.List(Section(SaltForm))
    dose_units = fields.List(Section(DoseUnitForm))
    brands = fields.List(Section(BrandForm))
    most_mg = Number(0, 1e7, above=True)
    moieties = fields.List(Section(MoietyForm))
    effects = Named(fields.List(Section(EffectForm)))
    parameters = Named(Section(ParameterForm))
    routes = fields.List(Section(RouteForm))
    correlations = fields.List(Section(CorrelationForm))
    half_life_model = Section(HalfLifeModelForm)
    evidence = fields.List(Section(EvidenceForm))
    notes = fields.List(Section(NoteForm))
    interactions = Named(Text())

    def relations(self, section: Given) -> dict[str, Any]:
        """What a file that extends no other cannot do without."""
        messages = super().relations(section)
        if "extends" not in section:
            shared = ("moieties", "parameters") if "include" in section else ()
            for key in ("moieties", "parameters", "routes", "half_life_model", "evidence"):
                if key not in (*section, *shared):
                    messages[key] = [Message("Missing.", "required")]
        return messages
