"""Addresses that are right under a path prefix and behind a proxy.

Links of pages are relative, so they stay under whatever prefix a proxy serves the page from, told or not. What must be a full
address (a link to copy, a command, the place of a job, the type of a problem) is made from what the server was told.
"""

import os

from flask import has_request_context, request
from werkzeug.middleware.proxy_fix import ProxyFix

SETTING = "DETECTAPI_TRUSTED_PROXIES"
MOST_PROXIES = 10


def root():
    """The relative address of the page's root, seen from the address that was asked for: `./` or `../`."""
    return "../" * (request.path.count("/") - 1) or "./"


def under_prefix(path):
    """A path such as `/problems/validation` with the prefix before it that the server was told of."""
    return f"{request.script_root}{path}" if has_request_context() else path


def trusted_proxies():
    """How many proxies stand before the service, whose headers are believed.

    Raises
    ------
    ValueError
        The setting is no such number.
    """
    text = os.environ.get(SETTING, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_PROXIES):
        raise ValueError(f"{SETTING} must be the number of proxies before the service, from 0 to {MOST_PROXIES}")
    return int(text)


def init_app(app):
    """Give templates `root`; believe the headers of so many proxies as the operator said, and of none by default."""
    app.context_processor(lambda: {"root": root()})
    proxies = trusted_proxies()
    if proxies:
        app.wsgi_app = ProxyFix(
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies, x_prefix=proxies
        )
