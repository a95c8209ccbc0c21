"""The HTTP service: `create_app()`."""

import os

from flask import Flask

from detectapi.web import cors, docs, headers, health, logs, page, problems, routes
from detectapi.web.api import ContractApi

LARGEST_BODY = 1024 * 1024  # [bytes]


class App(Flask):
    """Flask, with an exception log that holds no values: an exception's message may quote the request."""

    def log_exception(self, exc_info):
        """Log where something broke, without saying on what."""
        logs.log_failure(exc_info)


def create_app(config=None):
    """Make the application.

    Parameters
    ----------
    config : dict, optional
        Flask settings that replace the defaults.

    Returns
    -------
    Flask

    Notes
    -----
    `DETECTAPI_TRUSTED_HOSTS`, a comma-separated list in the environment, limits the host names that are answered.
    `DETECTAPI_CORS_ORIGINS` and `DETECTAPI_EMBED_ORIGINS` list the sites that may call `/v1` from a browser, and those
    that may frame `/embed`. `DETECTAPI_JOBS`, a folder, offers `/v1/jobs`; see docs/scale.md.
    """
    app = App(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        TRUSTED_HOSTS=[
            host.strip() for host in os.environ.get("DETECTAPI_TRUSTED_HOSTS", "").split(",") if host.strip()
        ]
        or None,
    )
    app.config.update(config or {})
    logs.init_app(app)
    headers.init_app(app)
    cors.init_app(app)
    page.init_app(app)
    api = ContractApi(app)
    problems.init_app(app)
    api.register_blueprint(routes.blueprint)
    api.register_blueprint(health.blueprint)
    app.register_blueprint(docs.blueprint)
    _offer_jobs(app, api)
    return app


def _offer_jobs(app, api):
    """Offer `/v1/jobs` where the operator said where to keep them; only then is anything of the batch loaded."""
    settings = app.config.get("JOBS")
    if settings is None and os.environ.get("DETECTAPI_JOBS"):
        from detectapi.jobs.settings import from_environment

        settings = from_environment()
    if settings is not None:
        from detectapi.web import jobs

        jobs.init_app(app, api, settings)
