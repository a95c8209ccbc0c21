"""The report for a file: two pages, whatever the question; the same bytes; everything that it takes to repeat the answer."""

import hashlib
import html
import io
import json
import re
import subprocess
import sys

import pytest

from detectapi import report, service
from detectapi.telling import pdf, question
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.telling.picture import deciding

FOUR = [{"analyte": name, "cutoff_ng_ml": 1} for name in
        ("ketamine", "norketamine", "dehydronorketamine", "hydroxynorketamine")]  # fmt: skip
INFUSION = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
CASES = {
    "one infusion": {"substance": "ketamine", "doses": [INFUSION | {"start": "2026-11-16T09:00:00+01:00"}]},
    "much of everything": {
        "substance": "ketamine",
        "doses": [
            {"amount_mg": {"low": 20, "high": 60}, "route": "oral", "start": f"2026-10-{day:02}T08:00:00+02:00"}
            for day in range(1, 29)
        ],
        "assay": {"analytes": FOUR, "rule": "any"},
        "person": {
            "age_y": 15, "sex": "female", "weight_kg": 38, "height_cm": 150, "hepatic_class": "B",
            "interactions": ["grapefruit", "clarithromycin"],
        },
        "renal": {"serum_creatinine_mg_dl": 1.9},
        "specimen": {"urine_creatinine_mg_dl": 15, "specific_gravity": 1.002, "urine_ph": 6},
        "model": {"adjust": {"ketamine.clearance": {"scale": 0.8}}},
    },
    "long daily use": {
        "substance": "ketamine",
        "pattern": {"frequency": "daily", "route": "intranasal-powder", "amount_mg": 1000, "for_days": 180},
    },
    "nothing used": {"substance": "ketamine", "doses": []},
}  # fmt: skip
FILING = pdf.Filing("2026-117", "2026-11-29")


def few_draws(case):
    return {**CASES[case], "options": {"draws": 100, "include": ["concentration"]}}


def printed(case, language):
    asked = few_draws(case)
    return pdf.print_report(service.answer(asked), asked, TranslatedVoice("report", language), FILING)


def words(written):
    """What a reader sees of the HTML that is printed, on one line."""
    text = re.sub(r"<style>.*?</style>|<head>.*?</head>", " ", written, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_it_has_exactly_two_pages_and_is_tagged(case, language):
    from pypdf import PdfReader

    file = PdfReader(io.BytesIO(printed(case, language)))

    assert len(file.pages) == 2
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert file.trailer["/Root"]["/Lang"] == language
    assert b"pdfuaid" in file.trailer["/Root"]["/Metadata"].get_data()
    assert "2026-117" in file.pages[0].extract_text()


@pytest.mark.slow
def test_two_processes_write_the_same_bytes():
    code = (
        "import sys, json, hashlib, detectapi; raw = detectapi.report(json.loads(sys.argv[1]), language='de');"
        " print(hashlib.sha256(raw).hexdigest())"
    )
    asked = json.dumps(few_draws("one infusion"))
    made = [
        subprocess.run(
            [sys.executable, "-c", code, asked],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert made[0] == made[1]
    assert made[0].strip() == hashlib.sha256(report(few_draws("one infusion"), language="de")).hexdigest()


def test_it_holds_what_it_takes_to_repeat_the_answer():
    asked = few_draws("one infusion")
    answer = service.answer(asked)
    text = words(pdf.Report(answer, asked, filing=FILING).written())

    repeated = json.loads(re.search(r'\{"doses.*"substance":"ketamine"\}', text)[0])
    assert service.answer(repeated) == answer
    provenance = answer["provenance"]
    for name in ("substance_sha256", "seed", "draws", "detectapi", "calibration"):
        assert str(provenance[name]) in text
    assert "2026-117" in text
    assert "29 November 2026" in text
    assert "35 mg; Into a vein (infusion, IV); over 40 minutes; 16 November 2026, 09:00 (UTC+01:00)" in text
    assert "Mayo Medical Laboratories" in text


def test_a_request_that_is_too_long_is_known_by_its_hash():
    asked = few_draws("much of everything")
    report = pdf.Report(service.answer(asked), asked)
    text = words(report.written())

    assert hashlib.sha256(report.request.encode()).hexdigest() in text
    assert '{"assay"' not in text
    assert "and 20 doses more, in the request" in text


def test_it_loads_nothing_from_elsewhere():
    asked = few_draws("one infusion")
    written = pdf.Report(service.answer(asked), asked).written()

    sources = re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^"\s)]+)', written)
    assert sources
    assert all(source.startswith("data:") for source in sources)


def test_a_chart_is_drawn_of_each_analyte_that_may_set_the_window():
    asked = few_draws("much of everything")
    answer = service.answer(asked)
    titles = [one["title"] for one in pdf.Report(answer, asked).drawings]

    assert len(titles) == 1 + len(deciding(answer))
    assert all(any(name in title for title in titles) for name in deciding(answer))


def test_with_all_the_analytes_that_end_first_decide():
    def analyte(name, low, high):
        return {"analyte": name, "window": {"low_h": low, "high_h": high}}

    entries = [analyte("short", 2, 9), analyte("long", 30, 90)]
    decided = {rule: deciding({"rule": rule, "window": {"median_h": middle}, "analytes": entries})
               for rule, middle in (("any", 50), ("all", 5))}  # fmt: skip

    assert decided == {"any": ["long"], "all": ["short"]}


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ({"doses": []}, {"en": ("No dose was given.",)}),
        (
            {"uses": [{"substance": "ketamine", "doses": [{"amount_mg": 5, "route": "oral"}]},
                      {"substance": "codeine", "doses": [{"amount_mg": 30, "route": "oral", "basis": "phosphate"}]}]},
            {"en": ("ketamine: 5 mg; Swallowed (tablet, liquid)", "codeine: 30 mg as phosphate; Swallowed (tablet, liquid)")},
        ),
        (
            {"doses": [{"amount_mg_per_kg": 0.5, "route": "IV", "basis": "hydrochloride"}]},
            {"en": ("0.5 mg/kg as hydrochloride; IV",), "de": ("0,5 mg/kg als Hydrochlorid; IV",)},
        ),
        (
            {"doses": [INFUSION | {"repeat": {"every_h": 84, "count": 6}, "start_h": 12}]},
            {
                "en": ("35 mg; Into a vein (infusion, IV); over 40 minutes; at hour 12; 6 doses, one every 84 hours",),
                "de": ("35 mg; In eine Vene (Infusion, i. v.); über 40 Minuten; zur Stunde 12; 6 Dosen, eine alle 84 Stunden",),
                "es": (
                    "35 mg; En vena (infusión intravenosa); durante 40 minutos; a la hora 12; 6 dosis, una cada 84 horas",
                ),
            },
        ),
        (
            {"pattern": {"frequency": "Daily", "amount_mg": {"low": 100, "high": 150}, "route": "ORAL", "for_days": 1}},
            {
                "en": ("100 – 150 mg; Swallowed (tablet, liquid); Every day; for 1 day",),
                "de": ("100 – 150 mg; Geschluckt (Tablette, Flüssigkeit); Jeden Tag; 1 Tag lang",),
            },
        ),
        (
            {"doses": [{"amount_mg": 5, "route": "oral", "start": "2016-12-31t23:59:60z"}]},
            {"es": ("5 mg; Por vía oral (comprimido, líquido); 1/1/2017, 00:00 (UTC)",)},
        ),
    ],
)  # fmt: skip
def test_a_question_is_said_in_words(asked, lines):
    for language, expected in lines.items():
        assert question.doses(asked, TranslatedVoice("report", language)) == expected


def test_a_date_that_is_none_is_printed_as_it_was_typed():
    assert question.day("2026-11-29", TranslatedVoice("report", "de")) == "29.11.2026"
    assert question.day("tomorrow") == "tomorrow"


@pytest.mark.slow
def test_the_page_prints_case_number_and_date_where_they_are_typed(client):
    from pypdf import PdfReader

    typed = {"request": json.dumps(CASES["one infusion"]), "lang": "de", "case": "2026-117", "date": "2026-11-29"}
    text = PdfReader(io.BytesIO(client.post("/save/pdf", data=typed).data)).pages[0].extract_text()

    assert "2026-117" in text
    assert "29.11.2026" in text
