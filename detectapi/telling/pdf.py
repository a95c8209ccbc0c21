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
from detectapi.telling import words
from detectapi.telling.picture import picture
from detectapi.telling.voice import ENGLISH

MOST_DRAWINGS = 2
PRINTED = svg.Size(720.0, 230.0, top=10.0)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=PackageLoader("detectapi.telling"), autoescape=select_autoescape(), trim_blocks=True)


def print_report(answer, asked, voice=ENGLISH) -> bytes:
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


def written(answer, asked, voice=ENGLISH) -> str:
    """The report as the HTML that is printed."""
    shown = picture(answer, voice)
    request = json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    window = answer["window"]
    style = resources.files("detectapi.telling").joinpath("templates/report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html")
        .render(
            say=voice.say,
            answer=answer,
            picture=shown,
            style=Markup(style),  # noqa: S704 - our own file
            sentences=words.sentences(window, voice),
            clock=words.clock(window),
            drawings=[_drawing(panel) for panel in shown.panels[:MOST_DRAWINGS]],
            rows=[_row(*row, voice) for row in words.table_rows(answer["curve"], 9)],
            shares=_shares(answer["uncertainty"], voice),
            grade=words.grade_names(voice)[answer["evidence"]["grade"]],
            grade_words=words.grade_words(voice)[answer["evidence"]["grade"]],
            because=_saying(answer["evidence"]["because"], voice),
            notes=[_saying(note["message"], voice) for note in answer["notes"]],
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


def _row(hours, probability, low, high, voice):
    return {
        "time": words.moment(hours, voice),
        "words": words.in_ten(probability, voice),
        "chance": words.percent(probability, voice),
        "low": words.percent(low, voice),
        "high": words.percent(high, voice),
    }


def _shares(uncertainty, voice):
    told = words.share_words(voice)
    ordered = sorted(uncertainty.items(), key=lambda item: -item[1])
    return [{"words": told.get(n, n), "percent": words.percent(v, voice)} for n, v in ordered if v >= 0.005]


def _saying(text, voice):
    said = voice.say(text)
    untranslated = voice.language != "en" and said == text
    return {"text": said, "mark": Markup(' lang="en"') if untranslated else ""}
