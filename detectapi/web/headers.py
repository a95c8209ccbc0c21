"""Security headers of every response."""

from flask import request

from detectapi.web.problems import problem

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Content-Language": "en",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def init_app(app):
    """Set the headers of every response. A header that a view has set stays."""

    @app.before_request
    def refuse_other_codings():
        # A body that says it is compressed and is not would be read as it is: the sender and the service would disagree.
        codings = request.headers.get("Transfer-Encoding", "chunked").replace(" ", "").lower()
        if codings != "chunked":
            return problem("bad-request", "Send the body plain or chunked, with no other transfer coding.", status=501)
        return None

    @app.after_request
    def set_headers(response):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.headers["X-Frame-Options"]:
            del response.headers["X-Frame-Options"]
        # An answer is health data: no response may be cached unless its view allows that.
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response
