"""The HTTP service: `create_app()`."""

from flask import Flask

from detectapi.settings import is_set, setting
from detectapi.web import (
    addresses,
    cds,
    computed_once,
    cors,
    docs,
    fhir,
    headers,
    health,
    limits,
    logs,
    metrics,
    overload,
    page,
    patience,
    problems,
    routes,
)
from detectapi.web.api import ContractApi
from detectapi.web.arrival import LARGEST_BODY


class App(Flask):
    """Flask, with a log that has no messages of exceptions, since they may quote the request."""

    def log_exception(self, exc_info):
        """Log the class and the place of an exception."""
        logs.log_failure(exc_info)

    def create_url_adapter(self, request):
        """Match the address of a request. Probes are answered under any host name: a container asks itself by its own."""
        if request is not None and request.path in (*health.PROBES, metrics.PLACE):
            return self.url_map.bind_to_environ(request.environ)
        return super().create_url_adapter(request)


def create_app(config=None):
    """Make the application.

    Parameters
    ----------
    config : dict, optional
        Settings of Flask in place of the defaults.

    Returns
    -------
    Flask

    Notes
    -----
    The variable `DETECTAPI_TRUSTED_HOSTS`, a comma-separated list, limits the host names that are answered.
    `DETECTAPI_CORS_ORIGINS` lists the sites that may call `/v1`, `/fhir` and `/cds-services` from a browser,
    `DETECTAPI_EMBED_ORIGINS` those that may frame `/embed`. `DETECTAPI_TRUSTED_PROXIES`, a number, says how many proxies
    send `X-Forwarded-…` headers that are believed.
    `DETECTAPI_RECALLED_CODES` lets medical codes count that nobody has looked up,
    `DETECTAPI_CDS_SHOW_RESTRICTED` lets cards be made from protected data, `DETECTAPI_CDS_FEEDBACK` names the file of counts.
    `DETECTAPI_JOBS`, a folder, adds `/v1/jobs`; see docs/operating.md.
    """
    app = App(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        TRUSTED_HOSTS=list(setting("DETECTAPI_TRUSTED_HOSTS")) or None,
    )
    app.config.update(config or {})
    logs.init_app(app)
    if setting("DETECTAPI_METRICS"):
        metrics.init_app(app)
    addresses.init_app(app)
    limits.init_app(app)
    headers.init_app(app)
    cors.init_app(app)
    page.init_app(app)
    computed_once.init_app(app)  # before the places are taken: what is kept needs none
    overload.init_app(app)
    patience.init_app(app)
    api = ContractApi(app)
    problems.init_app(app)
    api.register_blueprint(routes.blueprint)
    api.register_blueprint(health.blueprint)
    app.register_blueprint(docs.blueprint)
    fhir.init_app(app)
    app.register_blueprint(cds.blueprint)
    _offer_jobs(app, api)
    return app


def _offer_jobs(app, api):
    """Add `/v1/jobs` if the operator has named a folder for jobs. Only then are the modules of batches loaded."""
    settings = app.config.get("JOBS")
    if settings is None and is_set("DETECTAPI_JOBS"):
        from detectapi.jobs.settings import from_environment

        settings = from_environment()
    if settings is not None:
        from detectapi.web import jobs

        jobs.init_app(app, api, settings)
