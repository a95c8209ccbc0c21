"""Pages for developers of clients: the interface at `/docs` and `/docs/try`, the kinds of problem, and the files of these pages."""

import gzip
from importlib import resources

from flask import Blueprint, Response, abort, current_app, render_template, request

from detectapi import service
from detectapi.web import interface
from detectapi.web.api import kept_for_five_minutes
from detectapi.web.computed_once import computed_once
from detectapi.web.problems import KINDS
from detectapi.web.snippets import pretty, snippets

STATIC = resources.files("detectapi.web").joinpath("static")
# The files that are served, by name. No other file of the folder is.
FILES = {
    "page.css": ("page.css", "text/css"),
    "viewer.js": ("viewer.js", "text/javascript"),
    "detect.css": ("page/detect.css", "text/css"),
    "detect.js": ("page/detect.js", "text/javascript"),
    "frame.js": ("page/frame.js", "text/javascript"),
    "embed.js": ("page/embed.js", "text/javascript"),
    "editor.js": ("page/editor.js", "text/javascript"),
    "uplot.css": ("page/uPlot.min.css", "text/css"),
    "uplot.js": ("page/uPlot.iife.min.js.gz", "text/javascript"),
    "swagger-ui.css": ("swagger-ui/swagger-ui.css.gz", "text/css"),
    "swagger-ui-bundle.js": ("swagger-ui/swagger-ui-bundle.js.gz", "text/javascript"),
}
FOR_OTHER_SITES = ("embed.js",)
"""The files that pages of other sites may load."""

blueprint = Blueprint("docs", __name__, template_folder="templates")


def page(template, **values):
    """A page that may be cached for five minutes, with an ETag; 304 if the client has it."""
    html = render_template(template, **values)
    return kept_for_five_minutes(Response(html, content_type="text/html; charset=utf-8"))


@blueprint.get("/docs")
@computed_once()
def first_page():
    """The first page about the interface: an answer in two minutes, then every operation with true answers and lines to copy."""
    document = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    shown = [operation(*one) for one in interface.operations(document)]
    first = interface.answers()["estimate"]
    return page(
        "interface.html",
        pretty=pretty,
        start=snippets(interface.asked("estimate"), request.url_root),
        window=first["answered"]["body"]["window"],
        limits=first["answered"]["body"]["limits"],
        refused=first["refused"],
        operations=shown,
        jobs=any(one["id"] == "submitJob" for one in shown),
    )


def operation(method, path, described):
    """An operation as the first page shows it."""
    name = described["operationId"]
    one = interface.asked(name)
    return {
        "id": name,
        "method": method.upper(),
        "path": path,
        "summary": described.get("summary", "").removesuffix(".") + ".",
        "description": described.get("description", ""),
        "key": one.get("key", False),
        "cut": one.get("cut", False),
        "parameters": [parameter for parameter in described.get("parameters", ()) if "description" in parameter],
        "lines": snippets(one, request.url_root),
        "answers": interface.answers()[name],
    }


@blueprint.get("/docs/try")
def viewer():
    """The description of the interface, where requests can be tried."""
    return page("viewer.html")


@blueprint.get("/problems")
def all_problems():
    """The page of all kinds of problem."""
    return page("problems.html", heading="Kinds of problem", kinds=KINDS)


@blueprint.get("/problems/<kind>")
def one_problem(kind):
    """The page of one kind of problem, the target of `type` in a problem."""
    if kind not in KINDS:
        abort(404)
    return page("problems.html", heading=KINDS[kind][1], kinds={kind: KINDS[kind]})


@blueprint.get("/static/<name>")
def static_file(name):
    """A file of a page. The large files are stored compressed."""
    if name not in FILES:
        abort(404)
    file, media_type = FILES[name]
    raw = STATIC.joinpath(file).read_bytes()
    response = Response(content_type=f"{media_type}; charset=utf-8")
    compressed = file.endswith(".gz")
    if compressed:
        response.headers["Vary"] = "Accept-Encoding"
    if compressed and "gzip" in request.accept_encodings:
        response.headers["Content-Encoding"] = "gzip"
    elif compressed:
        raw = gzip.decompress(raw)
    response.set_data(raw)
    if name in FOR_OTHER_SITES:
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.set_etag(service.content_tag(raw))
    return response.make_conditional(request)
