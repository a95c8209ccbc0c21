"""The form of what substances share: ``data/routes.toml``, ``data/covariates.toml``."""

from marshmallow import fields

from schemas.fields import Integer, Number
from schemas.form import Form, Section
from schemas.substance import ID, SCHEMA_VERSION, Named, OriginForm, Text, Texts


class RouteWordsForm(Form):
    """A route's name and the everyday words for it."""

    name = Text(required=True)
    synonyms = Texts(required=True)
    kind_of = Text()
    worn = fields.Boolean()


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
