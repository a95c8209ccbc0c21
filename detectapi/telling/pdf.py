"""The report for a file: two pages of tagged PDF (PDF/UA), which hold what it takes to repeat the answer.

Page one holds the question and the answer, page two what it rests on. Each page takes the largest letters that it has room for.
The same answer gives the same bytes: nothing in it comes from a clock.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from detectapi.telling import picture_svg as svg
from detectapi.telling import question, report_size
from detectapi.telling.filing import UNFILED, Filing
from detectapi.telling.languages import TranslatedVoice
from detectapi.telling.picture import concentration_panels, deciding, probability_panel
from detectapi.telling.summary import summarize

TAGGED = "pdf/ua-1"
MOST_DRAWINGS = 4
MOST_TIMES = 9
MOST_SOURCES = 12
MOST_CHARACTERS = 700  # of a request that is printed
FULL = svg.Size(720.0, 190.0, top=10.0)
HALF = svg.Size(356.0, 230.0, left=52.0, right=8.0, top=8.0, key_above=True)
LOW = svg.Size(356.0, 140.0, left=52.0, right=8.0, top=8.0, key_above=True)  # where there are two rows of them
REPORT = TranslatedVoice("report")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of reports."""
    return Environment(loader=PackageLoader("detectapi.telling"), autoescape=select_autoescape(), trim_blocks=True)


def print_report(answer, asked, voice=REPORT, filing: Filing = UNFILED) -> bytes:
    """The report of an answer.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    asked : dict
        The request it answers.
    voice : Voice
    filing : Filing

    Returns
    -------
    bytes
        A PDF file of two pages.

    Raises
    ------
    ImportError
        WeasyPrint is not installed.
    """
    return printed(Report(answer, asked, voice, filing))


def printed(report) -> bytes:
    """Any report of two pages as a file, in the largest letters for which each page has room.

    Parameters
    ----------
    report : TwoPages
        Its second page has the id ``rests``.

    Raises
    ------
    ImportError
        WeasyPrint is not installed.
    """
    sizes = report.sizes()
    while True:
        document = _laid_out(report.written([report_size.SIZES[at] for at in sizes]))
        overfull = [at for at in (0, 1) if _sheets(document)[at] > 1 and sizes[at] + 1 < len(report_size.SIZES)]
        if not overfull:
            return document.write_pdf(pdf_variant=TAGGED)
        for at in overfull:
            sizes[at] += 1


def _laid_out(html: str):
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # The drawings are in the document itself; nothing is ever loaded from elsewhere.
    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
    return HTML(string=html, url_fetcher=fetcher).render(pdf_variant=TAGGED)


def _sheets(document) -> tuple[int, int]:
    """How many sheets each of the two pages takes."""
    first = next(at for at, sheet in enumerate(document.pages) if "rests" in sheet.anchors)
    return first, len(document.pages) - first


def as_text(asked) -> str:
    """A request as one line of JSON with its names in order."""
    return json.dumps(asked, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class TwoPages:
    """What a report of two pages holds, before it is laid out: what all reports have.

    A report of its own kind adds `sizes` and `drawings`, says with `said` and `named` what its template shows, and has its sources.

    Parameters
    ----------
    answer : dict
    asked : dict
        The request it answers.
    voice : Voice
    filing : Filing
    """

    template = ""
    said: Any
    drawings: list[Any]

    def __init__(self, answer, asked, voice=REPORT, filing: Filing = UNFILED):
        self.answer, self.voice, self.filing = answer, voice, filing
        self.request = as_text(asked)
        self.every_source: list[str] = []

    @property
    def sources(self) -> list[str]:
        """The sources that are printed."""
        return self.every_source[:MOST_SOURCES]

    @property
    def printed_request(self) -> str:
        """The request as it is printed; empty where it is too long."""
        return self.request if len(self.request) <= MOST_CHARACTERS else ""

    def sizes(self) -> list[int]:
        """The size of letters that each page will probably have room for, as its place in `report_size.SIZES`."""
        raise NotImplementedError

    def named(self) -> dict[str, Any]:
        """What only the template of this kind of report shows, by name."""
        return {}

    def written(self, sizes=(report_size.SIZES[0], report_size.SIZES[0])) -> str:
        """The HTML that is printed, with letters of a size on each of the two pages. [pt]"""
        style = resources.files("detectapi.telling").joinpath("templates/report.css").read_text(encoding="utf-8")
        return (
            environment()
            .get_template(self.template)
            .render(
                say=self.voice.say,
                many=self.voice.say_many,
                language=self.voice.language,
                said=self.said,
                case=self.filing.case,
                date=question.day(self.filing.date, self.voice) if self.filing.date else "",
                provenance=self.answer["provenance"],
                style=Markup(style),  # noqa: S704 - our own file
                sizes=sizes,
                drawings=self.drawings,
                sources=self.sources,
                more_sources=len(self.every_source) - len(self.sources),
                request=self.printed_request,
                digest=hashlib.sha256(self.request.encode()).hexdigest(),
                **self.named(),
            )
        )


class Report(TwoPages):
    """The report of an estimate; parameters as of `print_report`."""

    template = "report.html"

    def __init__(self, answer, asked, voice=REPORT, filing: Filing = UNFILED):
        super().__init__(answer, asked, voice, filing)
        self.said = summarize(answer, voice, MOST_TIMES)
        self.doses = question.doses(asked, voice)
        self.drawings = drawings(answer, voice)
        self.every_source = list(self.said.evidence.sources)

    def named(self) -> dict:
        """What only the template of this kind of report shows, by name."""
        return {"doses": self.doses}

    def sizes(self) -> list[int]:
        """The size of letters that each page will probably have room for, as its place in `report_size.SIZES`."""
        charts = sum(one["height"] for one in self.drawings if one["wide"])
        halves = [one["height"] for one in self.drawings if not one["wide"]]
        charts += sum(halves[::2])
        return [
            report_size.largest(report_size.height_of_answer(self.said, self.doses, charts)),
            report_size.largest(report_size.height_of_rests(self.said, self.sources, self.printed_request)),
        ]


def drawings(answer, voice=REPORT):
    """The curve of chances, and a chart of concentrations for each analyte that may set the window.

    Returns
    -------
    list of dict
        Each with ``title``, ``description``, ``source``, whether it is ``wide``, and its ``height``. [pt]
    """
    names = deciding(answer)
    entries = [e for e in answer["analytes"] if "concentration" in e and "cutoff_ng_ml" in e and e["analyte"] in names]
    entries = sorted(entries, key=lambda entry: names.index(entry["analyte"]))[:MOST_DRAWINGS]
    fans = concentration_panels(answer, entries, voice)
    curve = probability_panel(answer, voice)
    drawn = [_drawing(curve, FULL)] if curve else []
    size = FULL if len(fans) == 1 else HALF if len(fans) == 2 else LOW
    return drawn + [_drawing(panel, size) for panel in fans]


def _drawing(panel, size):
    chart = svg.draw(panel, size, panel.name)
    return {
        **drawing(chart, size.height / size.width, wide=size is FULL),
        "title": panel.title,
        "description": panel.description,
    }


def drawing(chart: str, shape: float, wide: bool):
    """A chart as an image of the report.

    Parameters
    ----------
    chart : str
        An SVG element without style.
    shape : float
        Its height over its width.
    wide : bool
        Whether it has the whole width of the page, else half of it.

    Returns
    -------
    dict
        With ``source``, ``wide`` and ``height``. [pt]
    """
    # Printed letters have no halo: WeasyPrint would paint it over them.
    drawn = chart.replace(" halo", "").replace("<title", f"<style>{svg.STYLE}</style><title", 1)
    source = "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
    return {"source": source, "wide": wide, "height": (1.0 if wide else 0.49) * report_size.WIDTH * shape}
