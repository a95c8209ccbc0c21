"""The OpenAPI document. flask-smorest is extended: errors are problem details, and forms describe their own rules."""

import json
from importlib import resources

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Response, request
from flask_smorest import Api, Blueprint

from detectapi import service
from detectapi._version import __version__
from detectapi.web import problems
from detectapi.web.interface import with_examples
from schemas import ProblemSchema
from schemas.form import Either, Form

DESCRIPTION = """\
Given how a substance was used, and what is known of the person and the urine: if a specimen is collected some
hours after the last dose, how likely is it to test positive, until when, and how sure is that?

What is known of a person, a specimen or an amount may be a number, a range `{"low": a, "high": b}`, or left out. The
same question with the same seed and the same version gets the same bytes. An estimate is for information: it is not a
laboratory result, and not evidence of use or non-use.
"""


class ContractConverter(OpenAPIConverter):
    """Describes forms and fields, with the rules between fields."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_attribute_function(either_to_schema)

    def schema2jsonschema(self, schema):
        """The JSON Schema of a form; its docstring is the description."""
        described = super().schema2jsonschema(schema)
        form = schema if isinstance(schema, type) else type(schema)
        described["description"] = (form.__doc__ or "").strip()
        if issubclass(form, Form):
            described["additionalProperties"] = False
            described.update(form.json_schema_rules())
        else:
            # An answer may gain fields within v1, and clients must accept them.
            described.pop("additionalProperties", None)
        return described


def either_to_schema(converter, field, **_):
    """The schema of text or one of several forms."""
    if not isinstance(field, Either):
        return {}
    text = converter.field2property(field.text)
    return {"oneOf": [text, *(converter.resolve_nested_schema(form) for form in field.forms.values())]}


class ContractPlugin(MarshmallowPlugin):
    """The marshmallow plugin with this converter."""

    Converter = ContractConverter


class ContractBlueprint(Blueprint):
    """A blueprint without the pagination header of flask-smorest, which is documented as an object but sent as text."""

    PAGINATION_HEADER_NAME = None

    def refusals(self, *statuses):
        """Document the problems that an operation may return, in addition to the default one."""

        def decorate(view):
            for status in statuses:
                kind = problems.DOCUMENTED[status]
                view = self.alt_response(
                    status,
                    schema=ProblemSchema,
                    content_type=problems.MEDIA_TYPE,
                    description=problems.KINDS[kind][1] + ".",
                )(view)
            return view

        return decorate


class ContractApi(Api):
    """The API: errors are problem details, and `/openapi.json` describes it."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app):
        app.config.update(
            API_TITLE="detectapi",
            API_VERSION=__version__,
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX="/",
            API_SPEC_OPTIONS={
                "info": {
                    "summary": "How long a substance stays detectable in urine, with stated uncertainty.",
                    "description": DESCRIPTION,
                    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                },
                "externalDocs": {"description": "The kinds of problem", "url": "problems"},
                # Beside this description, wherever a proxy puts both.
                "servers": [{"url": "."}],
            },
        )
        super().__init__(app, spec_kwargs={"marshmallow_plugin": ContractPlugin()})

    def handle_http_exception(self, error):
        """Answer an HTTP exception with problem details and its headers."""
        return problems.from_http(error)

    def _register_responses(self):
        """Document errors with their own media type; flask-smorest documents them with that of a success."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problems.MEDIA_TYPE
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_pagination_header(self):
        """Nothing is paginated."""

    def _openapi_json(self):
        """The OpenAPI document. It has the same bytes until the next release, so clients may cache it."""
        return cacheable(service.to_json_bytes(with_examples(self.spec.to_dict())))


def is_utf8():
    """Whether the text of the request is in UTF-8, as far as it says so."""
    return request.mimetype_params.get("charset", "utf-8").lower() in ("utf-8", "utf8", "us-ascii")


def cacheable(raw, language=None):
    """A response of JSON that may be cached for five minutes, with a strong ETag; 304 if the client has these bytes.

    Parameters
    ----------
    raw : bytes
    language : str, optional
        Of its sentences, where they are in the language that the client asks for.
    """
    response = Response(raw, mimetype="application/json")
    if language:
        response.headers["Content-Language"] = language
        response.vary.add("Accept-Language")
    return kept_for_five_minutes(response)


def kept_for_five_minutes(response):
    """The response with a strong ETag, which may be cached for five minutes; 304 if the client has these bytes."""
    response.headers["Cache-Control"] = "public, max-age=300"
    response.set_etag(service.content_tag(response.get_data()))
    return response.make_conditional(request)


def examples():
    """Named example requests, in the form of OpenAPI."""
    text = resources.files("detectapi.web").joinpath("examples.json").read_text(encoding="utf-8")
    return json.loads(text)
