"""The pages of other sites that may call `/v1`, `/fhir` and `/cds-services`: those in `DETECTAPI_CORS_ORIGINS`, none by default."""

import os

from flask import request

SHARED = ("/v1/", "/fhir/", "/cds-services")
"""Beginnings of the addresses that other sites may call."""


def allowed():
    """The listed origins, such as `https://portal.example`."""
    return {word.rstrip("/") for word in os.environ.get("DETECTAPI_CORS_ORIGINS", "").replace(",", " ").split()}


def init_app(app):
    """Tell browsers which pages may call. The service uses no cookies."""

    @app.after_request
    def allow(response):
        if not request.path.startswith(SHARED):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin and origin in allowed():
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "X-Request-ID, ETag, Content-Language"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = (
                    "Content-Type, Accept, Accept-Language, Authorization, If-None-Match"
                )
                response.headers["Access-Control-Max-Age"] = "600"
        return response
