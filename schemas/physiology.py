"""The form of what substances share: ``data/physiology.toml`` and ``data/routes.toml``."""

from schemas.fields import Integer, Number, Word
from schemas.form import Form, Section
from schemas.substance import SCHEMA_VERSION, Named, OriginForm, ParameterForm, Text, Texts
from schemas.vocabulary import CKD_STAGES, ROUTES


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


class RoutesFileSchema(Form):
    """The whole file on routes."""

    schema_version = Integer(SCHEMA_VERSION, SCHEMA_VERSION, required=True)
    routes = Section(Form.from_dict({route: Section(RouteWordsForm) for route in ROUTES}), required=True)
