"""The page about results by HTTP: what it weighs, says and keeps to itself; its report, and the page about ratios."""

import gzip
import html
import io
import json
import re

import pytest

from detectapi import service
from detectapi.knowledge.interpretation import rules
from detectapi.telling import interpretation
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.web.page import results_form

FEW = results_form.example() | {"draws": "100"}


def words(page):
    """What a reader sees, on one line."""
    text = re.sub(r"<svg.*?</svg>|<script.*?</script>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def sent(page):
    """The request of the answer on a page."""
    return json.loads(html.unescape(re.search(r'name="request" value="([^"]*)"', page)[1]))


@pytest.fixture(scope="module")
def answered(app):
    """The page with an answer, by language."""
    client = app.test_client()
    return {
        language: client.post(f"/interpret?lang={language}", data=FEW).get_data(as_text=True) for language in LANGUAGES
    }


def test_the_main_page_leads_to_it(client):
    assert 'href="./interpret?lang=en"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.slow
def test_it_says_what_the_terminal_and_the_json_say(answered, language):
    answer, voice = service.interpret(sent(answered[language])), TranslatedVoice("page", language)
    text = words(answered[language])

    for said in interpretation.lines(answer, voice):
        for sentence in re.split(r"(?<=\.) ", said):
            assert " ".join(sentence.split()) in text
    assert voice.say(interpretation.LIMITS) in text
    assert f'<html lang="{language}">' in answered[language]


def test_all_of_it_weighs_less_than_60_kb(client, answered):
    parts = [gzip.compress(answered["de"].encode())]
    for path in set(re.findall(r'(?:src|href)="\./(static/[^"]+)"', answered["de"])):
        parts.append(gzip.compress(client.get(f"/{path}").data))

    assert len(parts) == 3  # the page, a style sheet, a script
    assert sum(map(len, parts)) < 60_000


@pytest.mark.parametrize("path", ["/interpret", "/interpret/ratio"])
def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline(client, path):
    response = client.get(path)
    text = response.get_data(as_text=True)
    own = re.escape("../" * (path.count("/") - 1) or "./")

    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert re.findall(rf'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!{own}static/|data:)[^"]*"', text) == []
    assert re.findall(r'<[^>]+\s(?:style|on\w+)="', text) == []
    assert re.findall(r'(?:href|action)="/', text) == []  # so that it stays under any prefix


def test_a_row_is_added_without_script_and_what_was_typed_stays(client):
    text = client.post("/interpret", data=FEW | {"action": "specimen"}).get_data(as_text=True)

    assert 'id="s2_collected"' in text
    assert re.search(r'id="s2_id"[^>]* autofocus', text)
    assert 'value="4.2"' in text
    assert 'id="answer"' not in text


def folded(text, title):
    """Whether a part of the form is folded away."""
    return re.search(rf"<details[^>]*>(?=<summary>{title}\b)", text)[0].find(" open") < 0


def test_what_was_typed_or_is_wrong_is_never_folded_away(client):
    empty = client.get("/interpret").get_data(as_text=True)
    screen = client.post("/interpret", data={"s1_verdict": "positive", "draws": "lots"}).get_data(as_text=True)

    for title in ("Specimen 2", "Account 2", "The person"):
        assert folded(empty, title)
    assert not folded(screen, "Specimen 2")
    assert not folded(screen, "The person")
    assert folded(screen, "Account 2")


def test_changing_the_language_keeps_what_was_typed(client):
    text = client.post("/interpret?lang=de", data=FEW | {"action": "language"}).get_data(as_text=True)

    assert '<html lang="de">' in text
    assert 'value="4.2"' in text


def test_the_answer_can_be_kept_as_a_file(client, answered):
    for kind, start in (("svg", b"<svg"), ("json", b'{"substance"')):
        response = client.post(f"/interpret/save/{kind}", data={"request": json.dumps(sent(answered["en"]))})
        assert response.data.startswith(start)
        assert f"results.{kind}" in response.headers["Content-Disposition"]
    assert client.post("/interpret/save/png", data={"request": "{}"}).status_code == 404
    assert client.post("/interpret/save/svg", data={"request": "{"}).status_code == 400


@pytest.mark.slow
def test_the_report_has_two_pages_and_is_that_of_the_service(client, answered):
    from pypdf import PdfReader

    asked = sent(answered["en"])
    saved = client.post("/interpret/save/pdf", data={"request": json.dumps(asked), "lang": "de"})
    made = client.post(
        "/v1/interpretations", json=asked, headers={"Accept": "application/pdf", "Accept-Language": "de"}
    )

    assert saved.data == made.data
    assert len(PdfReader(io.BytesIO(saved.data)).pages) == 2


HOSTILE = "\"'><img src=x onerror=alert(1)>{{7*7}}"


def test_hostile_text_in_any_field_is_inert(client):
    values = dict.fromkeys(results_form.typed(results_form.example() | {"a0_u1_amount": "1"}, ("a", "b")), HOSTILE)
    del values["sizes"]
    response = client.post("/interpret", data=values)

    assert response.status_code == 422
    assert "<img" not in response.get_data(as_text=True)


@pytest.mark.parametrize("data", [FEW, FEW | {"s0_r1_value": "lots"}, FEW | {"s1_id": "A"}])
def test_nothing_personal_is_in_the_log(client, capsys, data):
    client.post("/interpret", data=data | {"s0_id": "Erika Mustermann", "a0_id": "Erika says", "s0_urine_ph": "6.123"})
    log = capsys.readouterr()

    assert '"route": "/interpret"' in log.err
    for secret in ("Mustermann", "Erika", "6.123", "norketamine", "2026-11-20"):
        assert secret not in log.err + log.out


def test_a_name_of_a_specimen_is_in_no_sentence_beside_a_field(client):
    text = client.post("/interpret", data=FEW | {"s0_id": "Erika Mustermann", "s1_id": "Erika Mustermann"}).get_data(
        as_text=True
    )
    sentences = re.findall(r'class="fault"[^>]*>(.*?)</span>', text) + re.findall(
        r'id="errors".*?</div>', text, re.DOTALL
    )

    assert len(sentences) > 1
    assert not [one for one in sentences if "Mustermann" in one]


def test_it_is_never_cached(client):
    assert client.post("/interpret", data=FEW).headers["Cache-Control"] == "no-store"


# -- the programme of 49 CFR Part 40 ----------------------------------------------------------------------------------


def test_what_part_40_does_not_let_be_considered_is_said_and_not_offered(client):
    text = client.post("/interpret", data={"programme": "dot", "action": "language"}).get_data(as_text=True)

    assert "49 CFR 40.151" in text
    assert 'id="s0_collected"' in text
    assert 'id="s1_collected"' not in text
    assert 'value="specimen"' not in text


def test_other_specimens_that_were_typed_before_are_shown_and_refused(client):
    response = client.post("/interpret", data=FEW | {"programme": "dot"})
    text = response.get_data(as_text=True)

    assert response.status_code == 422
    assert 'id="s1_collected"' in text
    assert "no other specimen is considered" in text


# -- what a likelihood ratio is and is not ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_about_ratios_has_the_arithmetic_and_the_table_of_the_data(client, language):
    text, voice = (
        words(client.get(f"/interpret/ratio?lang={language}").get_data(as_text=True)),
        TranslatedVoice("page", language),
    )

    for row in rules().scale[1:4]:
        assert voice.say(interpretation.SUPPORT[row.word]) in text
    for number in (voice.number(one) for one in rules().largest_ratio.values()):
        assert number in text
    assert voice.say("odds before the results × likelihood ratio = odds after the results") in text
    assert language == "en" or "likelihood ratio" not in text
