"""The report of an interpretation: two pages, whatever the question; the same bytes; what it takes to repeat the answer."""

import html
import io
import json
import re

import pytest
from click.testing import CliRunner

from detectapi import report, service
from detectapi.cli.main import cli
from detectapi.telling import interpretation, interpretation_report, pdf
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.telling.retelling import quoted

pytestmark = pytest.mark.slow

FILING = pdf.Filing("2026-117", "2026-11-29")
ANALYTES = ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")


@pytest.fixture(scope="module")
def serial():
    """Many specimens and accounts, with dates, long names, and all that may be said of a specimen."""
    infusion = {"amount_mg": {"low": 20, "high": 60}, "route": "intravenous", "duration_min": 40}
    further = infusion | {"earliest": "2026-11-20T08:00:00+01:00", "latest": "2026-11-24T08:00:00+01:00"}
    specimens = [
        {
            "id": f"specimen number {day}", "collected": f"2026-11-{day}T08:00:00+01:00", "stored_days": 30, "urine_ph": 6.1,
            "urine_creatinine_mg_dl": {"low": 80, "high": 100}, "specific_gravity": 1.012,
            "results": [{"analyte": name, "below_ng_ml": 1} for name in ANALYTES],
        }
        for day in range(18, 24)
    ]  # fmt: skip
    doses = [infusion | {"start": f"2026-11-{day:02}T09:00:00+01:00"} for day in range(1, 15)]
    return {
        "substance": "ketamine",
        "specimens": specimens,
        "accounts": [
            {"id": "as the clinic reports it", "doses": doses},
            *(
                {"id": f"once more, {i}", "extends": "as the clinic reports it", "further_use": further}
                for i in range(3)
            ),
        ],
        "compare": [[f"once more, {i}", "as the clinic reports it"] for i in range(3)],
        "planned": {"at": "2026-12-01T08:00:00+01:00"},
        "options": {"draws": 100},
    }


@pytest.fixture(scope="module")
def cases(serial, question_of_one, answer_of_one):
    return {"one": (question_of_one, answer_of_one), "serial": (serial, service.interpret(serial))}


def words(written):
    """What a reader sees of the HTML that is printed, on one line."""
    text = re.sub(r"<style>.*?</style>|<head>.*?</head>", " ", written, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["one", "serial"])
def test_it_has_exactly_two_pages_and_is_tagged(cases, case, language):
    from pypdf import PdfReader

    asked, answer = cases[case]
    raw = interpretation_report.print_report(answer, asked, TranslatedVoice("report", language), FILING)
    file = PdfReader(io.BytesIO(raw))

    assert len(file.pages) == 2
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert file.trailer["/Root"]["/Lang"] == language
    assert b"pdfuaid" in file.trailer["/Root"]["/Metadata"].get_data()
    assert "2026-117" in file.pages[0].extract_text()


@pytest.mark.slow
def test_every_way_to_it_gives_the_same_bytes(one, client, tmp_path):
    one["options"] = {"draws": 100}
    headers = {"Accept": "application/pdf", "Accept-Language": "de"}
    response = client.post("/v1/interpretations", json=one, headers=headers)
    file = tmp_path / "report.pdf"
    command = ["report", "--language", "de", "--output", str(file), "-"]
    written = CliRunner().invoke(cli, command, input=json.dumps(one))

    assert written.exit_code == 0
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF")
    assert response.data == file.read_bytes() == report(one, language="de")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["one", "serial"])
def test_it_says_what_the_answer_says(cases, case, language):
    asked, answer = cases[case]
    voice = TranslatedVoice("report", language)
    text = words(interpretation_report.Report(answer, asked, voice, FILING).written())

    said = [part for entry in answer["comparisons"] for part in interpretation.compared(entry, voice)]
    said += [part for entry in answer["accounts"] for part in interpretation.of_account(entry, answer, voice)]
    said += [quoted(note["message"], voice).text for note in answer["notes"]]
    for sentence in (interpretation.headline(answer, voice), *said, voice.say(interpretation.LIMITS)):
        assert " ".join(sentence.split()) in text


def test_it_holds_what_it_takes_to_repeat_the_answer(cases):
    asked, answer = cases["one"]
    text = words(interpretation_report.Report(answer, asked, filing=FILING).written())
    repeated = json.loads(re.search(r'\{"accounts".*"substance":"ketamine"\}', text)[0])

    assert repeated == asked
    for name in ("substance_sha256", "seed", "draws", "detectapi"):
        assert str(answer["provenance"][name]) in text
    assert "29 November 2026" in text


def test_the_question_is_told_with_its_dates(cases):
    asked, answer = cases["serial"]
    text = words(interpretation_report.Report(answer, asked, filing=FILING).written())

    assert "23 November 2026, 08:00 (UTC+01:00)" in text
    assert "creatinine 80 – 100 mg/dL; specific gravity 1.012; pH 6.1" in text
    assert "As “as the clinic reports it”, and one more use:" in text
    assert "between 20 November 2026, 08:00 (UTC+01:00) and 24 November 2026, 08:00 (UTC+01:00)" in text


def test_results_without_room_are_counted(cases):
    asked, answer = cases["serial"]
    made = interpretation_report.Report(answer, asked)
    rows = sum(len(entry["results"]) for entry in answer["accounts"])

    assert sum(len(rows) for _, rows in made.tables) == interpretation_report.MOST_ROWS
    assert made.left_out == rows - interpretation_report.MOST_ROWS
    assert f"and {made.left_out} results more, in the answer" in words(made.written())


def test_specimens_without_a_name_are_told_in_order_of_time(pair):
    del pair["specimens"][0]["id"], pair["specimens"][1]["id"]
    pair["specimens"].reverse()
    pair["options"] = {"draws": 100}
    made = interpretation_report.Report(service.interpret(pair), pair)

    assert [(row.name, row.collected) for row in made.specimens] == [("1", "hour 96"), ("2", "hour 192")]
