"""The report for the file: one to two pages of tagged PDF (PDF/UA), which hold what it takes to repeat the answer."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from detectapi.telling import picture_svg as svg
from detectapi.telling.picture import picture
from detectapi.telling.summary import summarize
from detectapi.telling.voice import Voice

MOST_DRAWINGS = 2
MOST_TIMES = 9
PRINTED = svg.Size(720.0, 230.0, top=10.0)
REPORT = Voice("report")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=PackageLoader("detectapi.telling"), autoescape=select_autoescape(), trim_blocks=True)


def print_report(answer, asked, voice=REPORT) -> bytes:
    """The report of an answer.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    asked : dict
        The request it answers.
    voice : Voice

    Returns
    -------
    bytes
        A PDF file.

    Raises
    ------
    ImportError
        WeasyPrint is not installed.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # The drawings are in the document itself; nothing is ever loaded from elsewhere.
    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
    return HTML(string=written(answer, asked, voice), url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")


def written(answer, asked, voice=REPORT) -> str:
    """The report as the HTML that is printed."""
    drawn = picture(answer, voice)
    request = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    style = resources.files("detectapi.telling").joinpath("templates/report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            say=voice.say,
            language=voice.language,
            said=summarize(answer, voice, MOST_TIMES),
            provenance=answer["provenance"],
            style=Markup(style),  # noqa: S704 - our own file
            drawings=[_drawing(panel) for panel in drawn.panels[:MOST_DRAWINGS]],
            request=request,
            digest=hashlib.sha256(request.encode()).hexdigest(),
        )
    )


def _drawing(panel):
    # Printed letters have no halo: WeasyPrint would paint it over them.
    drawn = (
        svg.draw(panel, PRINTED, panel.name)
        .replace(" halo", "")
        .replace("<title", f"<style>{svg.STYLE}</style><title", 1)
    )
    source = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    return {"title": panel.title, "description": panel.description, "source": source}
