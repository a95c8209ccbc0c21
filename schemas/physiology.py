"""The form of what substances share: ``data/physiology.toml``, ``data/routes.toml``, ``data/covariates.toml``."""

from marshmallow import fields

from schemas.fields import Integer, Number, Word
from schemas.form import Form, Section
from schemas.substance import ID, SCHEMA_VERSION, Named, OriginForm, ParameterForm, Text, Texts
from schemas.vocabulary import CKD_STAGES


class StageForm(OriginForm):
    """Range of the indexed GFR of a stage of chronic kidney disease."""

    low = Number(required=True)
    high = Number(required=True)
    unit = Word(("mL/min/1.73m2",), required=True)


class SpecimenValidityForm(OriginForm):
    """When a specimen is called dilute or substituted."""

    dilute_creatinine_mg_dl = Number(required=True)
    substituted_creatinine_mg_dl = Number(required=True)
    dilute_specific_gravity = Number(required=True)
    substituted_specific_gravity_low = Number(required=True)
    substituted_specific_gravity_high = Number(required=True)


class PhysiologyFileSchema(Form):
    """The whole file on body and urine."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    parameters = Named(Section(ParameterForm), required=True)
    ckd_stages = Section(
        Form.from_dict({stage: Section(StageForm, required=True) for stage in CKD_STAGES}), required=True
    )
    specimen_validity = Section(SpecimenValidityForm, required=True)


class RouteWordsForm(Form):
    """A route's name and the everyday words for it."""

    name = Text(required=True)
    synonyms = Texts(required=True)
    kind_of = Text()


class RoutesFileSchema(Form):
    """The whole file on routes."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    routes = Named(Section(RouteWordsForm), required=True)


class CovariateWordForm(Form):
    """A word that a covariate may be, with the share of people it holds for."""

    word = Text(ID, required=True)
    share = Number(0, 1, required=True)
    meaning = Text(required=True)


class CovariateForm(OriginForm):
    """Something about a person that is told in a word."""

    name = Text(required=True)
    words = fields.List(Section(CovariateWordForm), required=True)
    where_pattern = Named(Text())


class CovariatesFileSchema(Form):
    """The whole file on covariates of words (``data/covariates.toml``)."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    covariates = Named(Section(CovariateForm), required=True)
