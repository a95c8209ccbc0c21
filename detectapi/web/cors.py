"""The pages of other sites that may call `/v1`, `/fhir` and `/cds-services`: those in `DETECTAPI_CORS_ORIGINS`, none by default."""

from flask import request

from detectapi.settings import setting

SHARED = ("/v1/", "/fhir/", "/cds-services")
"""Beginnings of the addresses that other sites may call."""


def init_app(app):
    """Tell browsers which pages may call. The service uses no cookies."""

    @app.after_request
    def allow(response):
        if not request.path.startswith(SHARED):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin and origin in setting("DETECTAPI_CORS_ORIGINS"):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = (
                "X-Request-ID, ETag, Content-Language, Location, Retry-After"
            )
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = (
                    "Content-Type, Accept, Accept-Language, Authorization, If-None-Match, Detectapi-Case-Number, Detectapi-Date"
                )
                response.headers["Access-Control-Max-Age"] = "600"
        return response
