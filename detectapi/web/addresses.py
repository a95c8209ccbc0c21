"""Addresses that are right under a path prefix and behind a proxy.

Links of pages are relative, so they stay under whatever prefix a proxy serves the page from, told or not. What must be a full
address (a link to copy, a command, the place of a job, the type of a problem) is made from what the server was told.
"""

from flask import has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

from detectapi.settings import setting


def root():
    """The relative address of the page's root, seen from the address that was asked for: `./` or `../`."""
    return "../" * (request.path.count("/") - 1) or "./"


def under_prefix(path):
    """A path such as `/problems/validation` with the prefix before it that the server was told of."""
    return f"{request.script_root}{path}" if has_request_context() else path


def init_app(app):
    """Give templates `root`; believe the headers of so many proxies as the operator said, and of none by default."""
    app.context_processor(lambda: {"root": root()})
    proxies = setting("DETECTAPI_TRUSTED_PROXIES")
    if proxies:
        app.wsgi_app = ProxyFix(
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies, x_prefix=proxies
        )
