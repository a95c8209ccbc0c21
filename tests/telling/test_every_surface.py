"""Every surface says the same: the same answers on a terminal, in a notebook, on the page, as pictures and as a report."""

import html
import io
import json
import re

import pytest

from detectapi import Estimate, service
from detectapi.telling import pdf, png, terminal
from detectapi.telling.picture import picture
from detectapi.telling.picture_svg import draw_alone
from detectapi.telling.question import doses
from detectapi.telling.summary import MOST_TIMES, summarize
from detectapi.web.page.choices import presets

INFUSION = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
TWO = {"analytes": [{"analyte": "ketamine", "cutoff_ng_ml": 25}, {"analyte": "norketamine", "cutoff_ng_ml": 25}]}


def test_for(analyte, cutoff):
    return {"analytes": [{"analyte": analyte, "cutoff_ng_ml": cutoff}]}


test_for.__test__ = False
CASES = {
    "minutes": {"doses": [{"amount_mg": 35, "route": "intravenous"}], "assay": test_for("ketamine", 5500)},
    "hours": {"doses": [INFUSION], "assay": test_for("norketamine", 50)},
    "days": {"pattern": {"frequency": "daily", "route": "intranasal-powder", "amount_mg": 1000, "for_days": 180}},
    "never": {"doses": [{"amount_mg": 0.001, "route": "oral"}]},
    "no dose": {"doses": []},
    "median zero": {"doses": [{"amount_mg": 2, "route": "oral"}], "assay": test_for("norketamine", 100)},
    "two analytes": {"doses": [INFUSION], "assay": TWO | {"rule": "any"}},
    "both analytes": {"doses": [INFUSION], "assay": TWO | {"rule": "all"}},
    "half-life view": {"doses": [INFUSION], "model": {"kind": "half-life"}},
    "clock times": {"doses": [INFUSION | {"start": "2026-11-16T09:00:00+01:00"}]},
    "times asked about": {
        "doses": [INFUSION],
        "assay": test_for("norketamine", 50),
        "options": {"times_h": [24, 72, 168]},
    },
    "another level": {"doses": [INFUSION], "options": {"level": 0.99}},
}
LENGTH = re.compile(
    r"\b([\d.,]+) (minutes?|hours?|days?|weeks?)\b(?! after the last dose)"
)  # there: the tick of an axis


def question(case):
    asked = {"substance": "ketamine", **CASES[case]}
    return asked | {"options": {"draws": 200, "include": ["concentration"], **asked.get("options", {})}}


@pytest.fixture(scope="module")
def answers():
    return {case: service.answer(question(case)) for case in CASES}


def one_line(text):
    """Text with every run of white space as one space."""
    return " ".join(text.split())


def without_tags(text):
    """The words of HTML or SVG, as a reader gets them."""
    text = re.sub(r"<(script|style|form|textarea)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def without_data(text, said):
    """Text without the sentences of the data, which tell of studies, in hours and days of their own."""
    details = (entry.detail.text for entry in said.inputs if entry.detail)
    for data in (said.evidence.because.text, *said.evidence.sources, *(note.text for note in said.notes), *details):
        text = text.replace(one_line(data), " ")
    return text


def on_terminal(case, answer, client):
    return terminal.summary(answer)


def in_notebook(case, answer, client):
    return without_tags(Estimate(answer)._repr_html_())


def on_page(case, answer, client):
    page = client.post("/", data={"request": json.dumps(question(case))}).get_data(as_text=True)
    article = re.search(r"<article.*?</article>", page, re.DOTALL)[0]
    # Answers for other tests, which stand beside it, have durations of their own.
    return without_tags(re.sub(r'<section class="common">.*?</section>', " ", article, flags=re.DOTALL))


def as_svg(case, answer, client):
    return without_tags(draw_alone(picture(answer)))


def as_png(case, answer, client):
    shown = picture(answer)
    assert png.draw(shown).startswith(b"\x89PNG")  # its letters are those of the picture
    return " ".join([shown.headline, *shown.lines, shown.description, shown.footer])


def as_report(case, answer, client):
    from pypdf import PdfReader

    raw = client.post("/v1/estimates", json=question(case), headers={"Accept": "application/pdf"}).data
    # A line of a narrow cell may end after the stroke of a unit.
    return " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(raw)).pages).replace("ng/\nmL", "ng/mL")


SURFACES = {
    "terminal": on_terminal,
    "notebook": in_notebook,
    "page": on_page,
    "svg": as_svg,
    "png": as_png,
    "report": as_report,
}
SLOW = ("png", "report")
TIMES = {"page": MOST_TIMES, "report": pdf.MOST_TIMES}  # lines of the table of chances


def surfaces(*names):
    return [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]


@pytest.fixture(scope="module")
def shown(answers):
    """The text of a surface, made once."""
    made = {}

    def text(surface, case, client):
        if (surface, case) not in made:
            made[surface, case] = one_line(SURFACES[surface](case, answers[case], client))
        return made[surface, case]

    return text


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("surface", surfaces(*SURFACES))
def test_every_surface_has_the_same_sentences_and_no_other_durations(surface, case, answers, shown, client):
    answer, said = answers[case], summarize(answers[case])
    text = shown(surface, case, client)

    for sentence in (said.title, said.test, said.positive, said.headline, *said.sentences, *said.asked, said.limits):
        assert sentence in text
    rows = {row.duration for row in summarize(answer, most_times=TIMES[surface]).chances} if surface in TIMES else ()
    allowed = set(LENGTH.findall(" ".join([*said.sentences, *said.asked, picture(answer).description, *rows])))

    if (
        surface == "report"
    ):  # a page may end within a sentence of the data, so its durations are read before it is printed
        text = one_line(without_tags(pdf.Report(answer, question(case)).written()))
        allowed |= set(LENGTH.findall(" ".join(doses(question(case)))))

    assert set(LENGTH.findall(without_data(text, said))) <= allowed


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("surface", surfaces("terminal", "notebook", "page", "report"))
def test_every_table_has_the_exact_hours_of_the_answer(surface, case, answers, shown, client):
    answer = answers[case]
    text = without_data(shown(surface, case, client), summarize(answer))
    windows = [entry["window"] for entry in answer["analytes"]] + [answer["window"]]
    exact = {f"{window[f'{end}_h']:,g} h" for window in windows for end in ("low", "median", "high")}

    assert all(hours in text for hours in exact - {"0 h"})
    assert ("never" in text) == ("0 h" in exact)


def test_durations_of_an_answer_have_one_unit_on_every_surface(answers):
    for case, answer in answers.items():
        said = summarize(answer)
        words = " ".join([said.headline, *said.sentences, picture(answer).description])
        units = {unit.rstrip("s") for _, unit in LENGTH.findall(words)}

        assert len(units) <= 1, case
        assert not units or units == {said.unit.name.rstrip("s")}


def test_no_chance_is_none_or_all(answers, shown, client):
    for case in answers:
        for surface in ("terminal", "notebook", "page"):
            text = shown(surface, case, client)
            axis = r"100 % \||0 % \+|0 % 25 % 50 % 75 % 100 %"

            assert not re.search(r"(?<![\d.,])(0|100) (%|in 100)", re.sub(axis, "", text)), (case, surface)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset["id"])
def test_the_embedded_fragment_says_what_the_terminal_says(preset, client):
    said = summarize(service.answer(preset["request"]))
    text = one_line(without_tags(client.get(f"/embed?preset={preset['id']}").get_data(as_text=True)))
    on_a_terminal = one_line(terminal.summary(service.answer(preset["request"])))

    for sentence in (said.title, said.test, said.positive, said.headline, *said.sentences, said.limits):
        assert sentence in text
        assert sentence in on_a_terminal
    for row in said.windows:
        assert one_line(f"{row.name} {row.low} {row.median} {row.high} {row.ever}") in text
        assert one_line(f"{row.name} {row.low} {row.median} {row.high} {row.ever}") in on_a_terminal
