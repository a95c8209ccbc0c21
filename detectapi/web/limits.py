"""Limits for callers by their address, where the operator switches them on with `DETECTAPI_LIMITS`.

They are off by default: many people share the address of a hospital or of a network, and a server that is too busy tells callers to
come back anyway. A caller with a valid key has a quota and no limit here. An address is kept for as long as a limit looks back,
never in a file and never in the log.
"""

import ipaddress
import logging
import time

from flask import current_app, request

from detectapi.settings import setting
from detectapi.web import metrics
from detectapi.web.health import PROBES
from detectapi.web.problems import problem

IPV6_PREFIX = 64
"""Length of the part of an address of IPv6 that is one caller's: they may change the rest at will."""

FREE = (*PROBES, metrics.PLACE)
"""Paths that may be asked for at any rate."""


def init_app(app):
    """Limit how often a caller may ask, if the operator has said how often."""
    rates = setting("DETECTAPI_LIMITS")
    if rates is None:
        return
    from flask_limiter import Limiter

    logging.getLogger("flask-limiter").setLevel(logging.WARNING)  # below that, it names addresses
    Limiter(
        caller,
        app=app,
        application_limits=[rates],
        application_limits_exempt_when=is_free,
        storage_uri=setting("DETECTAPI_LIMITS_STORE") or "memory://",
        strategy="sliding-window-counter",
        in_memory_fallback_enabled=True,  # each process counts for itself while the store is away
        swallow_errors=True,
        on_breach=refused,
    )


def caller():
    """What one caller is known by: the address, as the proxies tell it that the operator trusts."""
    address = request.remote_addr or ""
    if ":" not in address:
        return address
    try:
        network = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if network.ipv4_mapped is not None:
        return str(network.ipv4_mapped)
    return str(ipaddress.IPv6Network((network, IPV6_PREFIX), strict=False))


def is_free():
    """Whether the request has no limit: a probe, a file of a page, a question of a browser about CORS, or a valid key."""
    if request.path in FREE or request.method == "OPTIONS" or request.endpoint == "docs.static_file":
        return True
    desk = current_app.extensions.get("detectapi-desk")
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return desk is not None and kind.lower() == "bearer" and desk.keys.caller(key.strip()) is not None


def refused(limit):
    """The problem of a caller who asks too often."""
    seconds = max(1, round(limit.reset_at - time.time()))
    return problem("too-many-requests", headers={"Retry-After": str(seconds)})
