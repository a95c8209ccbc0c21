"""The pages about the interface: true answers and lines that run, for every operation."""

import html
import os
import re
import shutil
import subprocess
import sys

import interface_answers
import pytest
from http_server import serving

from detectapi.web import interface
from detectapi.web.snippets import LANGUAGES, snippets
from schemas import EstimateResponseSchema, InterpretationResponseSchema

CANNOT_REFUSE = {"alive"}
"""Operations that answer whatever is asked."""


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    """A service with jobs, and a key for it."""
    return interface_answers.Asker(str(tmp_path_factory.mktemp("interface")))


@pytest.fixture(scope="module")
def document(asker):
    return asker.client.get("/openapi.json").get_json()


# -- the description --------------------------------------------------------------------------------------------------


def test_every_operation_has_a_true_answer_a_true_refusal_and_lines_in_four_languages(document):
    for _, path, operation in interface.operations(document):
        told = interface.answers()[operation["operationId"]]

        assert 200 <= told["answered"]["status"] < 300, path
        assert "refused" in told or operation["operationId"] in CANNOT_REFUSE, path
        for answer in told.values():
            if answer["type"]:
                shown = operation["responses"][str(answer["status"])]["content"][answer["type"]]["example"]
                assert shown == answer["body"], path
        assert [sample["lang"] for sample in operation["x-codeSamples"]] == list(LANGUAGES), path


def test_what_takes_a_question_refuses_a_wrong_one_with_422(document):
    for method, path, operation in interface.operations(document):
        if method == "post" and "requestBody" in operation:
            refused = interface.answers()[operation["operationId"]]["refused"]

            assert 422 == refused["status"], path
            assert refused["body"]["errors"], path


def test_answers_have_the_form_that_is_described():
    for name, form in (("estimate", EstimateResponseSchema), ("interpret", InterpretationResponseSchema)):
        assert form().validate(interface.answers()[name]["answered"]["body"]) == {}


def test_requests_are_of_operations_that_there_are(document):
    assert {operation["operationId"] for _, _, operation in interface.operations(document)} == set(interface.requests())


def test_no_example_is_a_placeholder(document):
    for _, path, operation in interface.operations(document):
        for answer in interface.answers()[operation["operationId"]].values():
            assert answer["body"] not in ("string", 0, {}, []), path


@pytest.mark.slow
def test_the_answers_are_what_the_service_answers_now():
    assert interface_answers.FILE.read_text(encoding="utf-8") == interface_answers.written(), "run: make docs"


# -- the first page ---------------------------------------------------------------------------------------------------


def test_the_first_page_leads_from_nothing_to_an_answer(client):
    page = client.get("/docs").text
    text = html.unescape(re.sub("<[^>]+>", " ", page))
    window = interface.answers()["estimate"]["answered"]["body"]["window"]

    assert text.index("An answer in two minutes") < text.index("curl -sS http://localhost/v1/estimates")
    for number in ("low_h", "median_h", "high_h"):
        assert f"{window[number]} hours" in text
    assert 'href="./docs/try"' in page


def test_the_first_page_has_every_operation_of_the_service_and_no_other(client, asker):
    def headings(one):
        return set(re.findall(r'<h2 id="(\w+)"><code>', one.get("/docs").text))

    shown = {"with": headings(asker.client), "without": headings(client)}

    assert shown["with"] == set(interface.requests())
    assert {"estimate", "interpret"} < shown["without"]
    assert "submitJob" not in shown["without"]


def test_the_lines_have_the_address_under_which_the_page_was_asked_for(client):
    page = client.get("/docs", base_url="https://portal.example/det/").text

    assert "https://portal.example/det/v1/estimates" in html.unescape(page)


# -- the lines --------------------------------------------------------------------------------------------------------


RUNS = {
    "curl": ["sh", "-e", "-c"],
    "Python": [sys.executable, "-c"],
    "JavaScript": ["node", "--input-type=module", "--eval"],
    "R": ["Rscript", "-e"],
}


def why_not(language):
    """Why the lines of a language cannot be run here; empty where they can."""
    program = {"curl": "curl", "JavaScript": "node", "R": "Rscript"}.get(language)
    if program and not shutil.which(program):
        return f"{program} is not installed"
    if language == "R" and subprocess.run(["Rscript", "-e", "library(httr2)"], capture_output=True).returncode:
        return "httr2 is not installed"
    return ""


@pytest.fixture(scope="module")
def root(asker):
    """The address of the service, running."""
    with serving(asker.app) as port:
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_run(language, root, asker):
    if why_not(language):
        pytest.skip(why_not(language))
    environment = {**os.environ, "KEY": asker.key}
    for name, one in interface.requests().items():
        job = asker.job(one.get("job", "ended")) if "{job_id}" in one["path"] else ""
        lines = snippets({**one, "path": one["path"].replace("{job_id}", job)}, root)[language]
        ran = subprocess.run([*RUNS[language], lines], env=environment, capture_output=True, text=True, timeout=60)

        assert ran.returncode == 0, (name, ran.stderr)
        assert "problem" not in ran.stdout, name
        assert ran.stdout.strip() or one.get("answer") == "none", name
        if name == "estimate":
            assert str(interface.answers()[name]["answered"]["body"]["window"]["high_h"]) in ran.stdout


def test_lines_quote_whatever_a_question_holds():
    body = {"id": 'it\'s "odd" \\ \n $HOME `x` )-" ü', "on": True, "no": None}
    odd = {"method": "POST", "path": "/v1/estimates", "body": body}
    lines = snippets(odd, "http://127.0.0.1/")
    question = re.search(r"^question = (.*?)^request", lines["Python"], re.DOTALL | re.MULTILINE)[1]

    assert eval(question, {}) == odd["body"]  # noqa: S307 - our own lines
    sent = subprocess.run(
        ["sh", "-c", lines["curl"].replace("curl -sS", "printf '%s\\n'")], capture_output=True, text=True
    )
    assert '"id": "it\'s \\"odd\\"' in sent.stdout


def test_a_description_of_a_service_without_jobs_has_none(client):
    assert "submitJob" not in client.get("/openapi.json").text


def test_who_takes_any_media_type_gets_json(client):
    for name in ("estimate", "interpret"):
        one = interface.requests()[name]

        body = {**one["body"], "options": {"draws": 100}}
        assert client.post(one["path"], json=body, headers={"Accept": "*/*"}).is_json, name
