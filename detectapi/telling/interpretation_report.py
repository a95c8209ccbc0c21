"""The report of an interpretation for a file: two pages, made by the same machinery as that of an estimate.

Page one holds what was measured, what is said to have been used, and the answer; page two what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable

from detectapi.telling import interpretation_question, pdf, report_size
from detectapi.telling.interpretation_picture import NARROW, WIDE, chart
from detectapi.telling.interpretation_summary import summarize

MOST_DRAWINGS = 2
MOST_ROWS = 44
"""Lines of the tables of results of all accounts together."""
MOST_LINES = 4
"""Lines for what an account says was used."""
HIGHEST = 0.45
"""Part of a page that pictures may fill. Higher ones are left out; the tables have the same numbers."""
MOST_OTHERS = 12


def print_report(answer, asked, voice=pdf.REPORT, filing: pdf.Filing = pdf.UNFILED) -> bytes:
    """The report of an interpretation.

    Parameters
    ----------
    answer : dict
        As in `schemas.InterpretationResponseSchema`.
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
    return pdf.printed(Report(answer, asked, voice, filing))


class Report(pdf.TwoPages):
    """The report of an interpretation; parameters as of `print_report`."""

    template = "interpretation.html"

    def __init__(self, answer, asked, voice=pdf.REPORT, filing: pdf.Filing = pdf.UNFILED):
        super().__init__(answer, asked, voice, filing)
        self.said = summarize(answer, voice)
        self.specimens = interpretation_question.specimens(asked, answer, voice)
        self.uses = [
            (entry["id"], interpretation_question.account(entry, voice)[:MOST_LINES]) for entry in asked["accounts"]
        ]
        self.drawings = drawings(answer, voice)
        self.tables, self.left_out = _tables(self.said.accounts)
        self.every_source = list(dict.fromkeys(source for account in self.said.accounts for source in account.sources))

    def sizes(self) -> list[int]:
        """The size of letters that each page will probably have room for, as its place in `report_size.SIZES`."""
        return [report_size.largest(self._height_of_answer()), report_size.largest(self._height_of_rests())]

    def _height_of_answer(self) -> Callable[[float], float]:
        wide = [one["height"] for one in self.drawings if one["wide"]]
        charts = sum(wide) + max((one["height"] for one in self.drawings if not one["wide"]), default=0.0)
        texts = [self.said.headline, self.said.limits]
        for one in self.said.comparisons:
            texts += [" ".join(one.sentences), one.robustness]
        for account in self.said.accounts:
            texts += [account.heading, *account.sentences]
        cells = [line for _, lines in self.uses for line in lines]
        cells += [f"{row.collected} {row.measured} {row.urine}" for row in self.specimens]

        def height(size: float) -> float:
            running = report_size.lines(texts, size) + report_size.lines(cells, size, 0.5 * report_size.WIDTH)
            return charts + size * (report_size.LINE * running + report_size.HEADING * 7)

        return height

    def _height_of_rests(self) -> Callable[[float], float]:
        rows = sum(len(rows) + 3 for _, rows in self.tables)
        rows += max((len(one.others) for one in self.said.comparisons), default=0) + 8
        texts = [note.text for note in self.said.notes] + self.sources
        texts += [account.because.text for account in self.said.accounts] + [self.printed_request]

        def height(size: float) -> float:
            return size * (
                report_size.LINE * report_size.lines(texts, size) + report_size.ROW * rows + report_size.HEADING * 7
            )

        return height

    def named(self) -> dict:
        """What only the template of this kind of report shows, by name."""
        return {
            "specimens": self.specimens, "uses": self.uses, "tables": self.tables, "left_out": self.left_out,
            "most_others": MOST_OTHERS,
        }  # fmt: skip


def _tables(accounts):
    """The rows of each account that are printed, and how many are left out."""
    tables, room = [], MOST_ROWS
    for account in accounts:
        rows = account.rows[: max(room, 0)]
        room -= len(rows)
        if rows:
            tables.append((account, rows))
    return tables, sum(len(account.rows) for account in accounts) - sum(len(rows) for _, rows in tables)


def drawings(answer, voice=pdf.REPORT):
    """The pictures of the accounts, those that hold specimens against earlier ones first.

    Returns
    -------
    list of dict
        As of `detectapi.telling.pdf.drawing`; none where they would be too high.
    """
    shown = [entry for entry in answer["accounts"] if entry["results"]]
    shown = sorted(shown, key=lambda entry: not any("after_earlier" in one for one in entry["results"]))[:MOST_DRAWINGS]
    width = WIDE if len(shown) == 1 else NARROW
    charts = [chart(entry, answer, voice, width, f"account-{i}") for i, entry in enumerate(shown)]
    drawn = [
        {
            **pdf.drawing(str(one), one.height / one.width, wide=len(shown) == 1),
            "title": one.title,
            "description": one.description,
        }
        for one in charts
    ]
    highest = max((one["height"] for one in drawn), default=0.0)
    return drawn if highest <= HIGHEST * report_size.HEIGHT else []
