"""Which other sites' pages may call `/v1`: those on the list `DETECTAPI_CORS_ORIGINS`, none by default."""

import os

from flask import request


def allowed():
    """The origins on the list, such as `https://portal.example`."""
    return {word.rstrip("/") for word in os.environ.get("DETECTAPI_CORS_ORIGINS", "").replace(",", " ").split()}


def init_app(app):
    """Answer a browser's question whether a page may call; no cookies are ever involved."""

    @app.after_request
    def allow(response):
        if not request.path.startswith("/v1/"):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin and origin in allowed():
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "X-Request-ID, ETag, Content-Language"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = (
                    "Content-Type, Accept, Accept-Language, If-None-Match"
                )
                response.headers["Access-Control-Max-Age"] = "600"
        return response
