"""Case number and date of a report by HTTP: the words and rules of the page, and nothing of them in a log."""

import io
import json

import pytest

from detectapi import report
from detectapi.telling.filing import MOST_CHARACTERS

pytest.importorskip("weasyprint")

ASKED = {"substance": "ketamine", "doses": [{"amount_mg": 50, "route": "oral"}], "options": {"draws": 100}}
FILED = {"Detectapi-Case-Number": "2026-117", "Detectapi-Date": "2026-11-29"}


def ask(client, **headers):
    return client.post("/v1/estimates", json=ASKED, headers={"Accept": "application/pdf", **headers})


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.slow
def test_the_report_is_that_of_the_library(client, language):
    answered = ask(client, **FILED, **{"Accept-Language": language})

    assert answered.data == report(ASKED, language=language, case="2026-117", date="2026-11-29")


def test_a_case_number_is_utf_8(client):
    answered = ask(client, **{"Detectapi-Case-Number": "Größe 1".encode().decode("latin-1")})

    assert answered.data == report(ASKED, case="Größe 1")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Detectapi-Case-Number": "7" * (MOST_CHARACTERS + 1)}, "at most 40 characters"),
        ({"Detectapi-Date": "29.11.2026"}, "2026-11-24"),
        ({"Detectapi-Date": "2026-02-30"}, "2026-11-24"),
    ],
)
def test_what_breaks_a_rule_is_refused_in_a_sentence(client, headers, words):
    refused = ask(client, **headers)

    assert refused.status_code == 400
    assert words in refused.json["detail"]


@pytest.mark.parametrize("accept", ["application/json", "image/svg+xml"])
def test_beside_another_answer_they_are_refused(client, accept):
    refused = ask(client, **FILED, Accept=accept)

    assert refused.status_code == 400
    assert "Accept: application/pdf" in refused.json["detail"]


def test_the_page_has_the_same_rules_and_says_them_beside_the_answer(client):
    typed = {"request": json.dumps(ASKED), "case": "7" * (MOST_CHARACTERS + 1), "date": "2026-02-30"}
    page = client.post("/save/pdf?lang=de", data=typed)
    text = page.get_data(as_text=True)

    assert page.status_code == 422
    assert "höchstens 40 Zeichen" in text
    assert 'href="#answer-filed-case"' in text
    assert 'href="#answer-filed-date"' in text
    assert '<h2 class="range"' in text  # the answer is still there


def test_neither_is_in_the_log(client, capsys):
    ask(client, **FILED)
    ask(client, **{"Detectapi-Case-Number": "2026-117" * 9})
    written = capsys.readouterr().err

    assert written.count('"event": "request"') == 2
    for secret in ("2026-117", "117", FILED["Detectapi-Date"]):
        assert secret not in without_own(written)


def without_own(written):
    """The log without what the service makes itself, which is full of digits."""
    lines = [json.loads(line) for line in io.StringIO(written)]
    own = ("timestamp", "request_id", "duration_ms")
    return json.dumps([{name: value for name, value in line.items() if name not in own} for line in lines])
