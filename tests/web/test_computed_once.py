"""Answers that hold nothing of a person are computed once; those about a person are kept by nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from detectapi import service
from detectapi.web.api import examples
from detectapi.web.computed_once import OVERHEAD_BYTES, Kept, Memory, hashed
from detectapi.web.own_questions import is_own
from detectapi.web.page.choices import presets

EMBEDDED = "/embed?substance=ketamine&route=oral&amount=50"
KEPT = [
    EMBEDDED,
    "/embed?preset=one-infusion",
    "/embed?education=ketamine",
    "/v1/substances/ketamine",
    "/v1/education/ketamine",
    "/substances/ketamine",
]
NOT_KEPT = [
    "/embed?preset=one-infusion&age_y=42",
    "/embed?substance=ketamine&route=oral&amount=lots",
    "/?age_y=42",
    "/",
]


@pytest.fixture(autouse=True)
def nothing_kept(app, monkeypatch):
    """The service has computed nothing yet."""
    monkeypatch.setitem(app.extensions, "detectapi-memory", Memory())


@pytest.fixture
def computed(monkeypatch):
    """The questions that are computed from now on."""
    asked = []

    def answer(question):
        asked.append(question)
        return {**REAL, "counted": len(asked)}

    monkeypatch.setattr(service, "answer", answer)
    return asked


REAL = service.answer({**presets()[0]["request"], "options": {"draws": 100, "include": ["concentration"]}})


@pytest.mark.parametrize("address", KEPT)
def test_what_holds_nothing_of_a_person_is_kept_and_has_a_tag(client, address):
    first, second = client.get(address), client.get(address)
    tag = first.headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})

    assert (200, first.data, tag) == (second.status_code, second.data, second.headers["ETag"])
    assert "public, max-age=300" == first.headers["Cache-Control"]
    assert "Accept-Language" in first.vary
    assert (304, b"") == (again.status_code, again.data)
    for name in ("Content-Security-Policy", "X-Frame-Options", "Cache-Control", "Vary"):
        assert first.headers.get(name) == second.headers.get(name) == again.headers.get(name)


@pytest.mark.parametrize("address", NOT_KEPT)
def test_what_may_hold_something_of_a_person_is_never_kept(client, address):
    response = client.get(address)

    assert "no-store" == response.headers["Cache-Control"]
    assert "ETag" not in response.headers


def test_an_embedded_answer_is_computed_once(client, computed):
    pages = [client.get(EMBEDDED).data for _ in range(3)]

    assert len(set(pages)) == 1
    assert len([question for question in computed if "assay" not in question]) == 1


def test_several_callers_at_once_wait_for_the_one_that_computes(app, computed):
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: app.test_client().get(EMBEDDED).data, range(4)))

    assert len(set(pages)) == 1
    assert len([question for question in computed if "assay" not in question]) == 1


def test_each_language_has_its_own_page(client):
    german = client.get("/embed?education=ketamine", headers={"Accept-Language": "de"})
    english = client.get("/embed?education=ketamine", headers={"Accept-Language": "en"})

    assert ("de", "en") == (german.headers["Content-Language"], english.headers["Content-Language"])
    assert german.headers["ETag"] != english.headers["ETag"]


def test_a_client_that_takes_no_such_content_is_refused_though_it_is_kept(client):
    client.get("/v1/substances/ketamine")

    assert 406 == client.get("/v1/substances/ketamine", headers={"Accept": "text/html"}).status_code


def test_a_list_of_sites_counts_at_once(client, monkeypatch):
    client.get("/embed?education=ketamine")
    monkeypatch.setenv("DETECTAPI_EMBED_ORIGINS", "https://portal.example")

    assert "https://portal.example" in client.get("/embed?education=ketamine").headers["Content-Security-Policy"]


def test_own_questions_are_the_worked_examples_and_nothing_else():
    own = [*(preset["request"] for preset in presets()), *(one["value"] for one in examples().values())]

    for question in own:
        assert is_own(question)
        assert is_own(dict(reversed(question.items())))
        assert not is_own({**question, "person": {"age_y": 43}})
        assert not is_own({**question, "options": {"seed": 2}})
    assert not is_own([])
    assert not is_own(None)


def test_one_of_the_project_s_own_questions_is_computed_once(client, computed):
    question = presets()[0]["request"]
    answers = [client.post("/v1/estimates", json=question) for _ in range(3)]

    assert [question] == computed
    assert len({response.data for response in answers}) == 1
    assert {"no-store"} == {response.headers["Cache-Control"] for response in answers}


def test_a_question_about_a_person_is_computed_each_time(client, computed):
    question = {**presets()[0]["request"], "person": {"weight_kg": 68}}
    for _ in range(2):
        answer = client.post("/v1/estimates", json=question)

        assert "no-store" == answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers
    assert [question, question] == computed


def test_the_order_of_names_changes_no_byte_of_an_answer(client):
    question = {**presets()[0]["request"]}
    turned = dict(reversed(question.items()))

    assert hashed(question) == hashed(turned)
    assert client.post("/v1/estimates", json=turned).data == service.to_json_bytes(service.answer(question))


def test_memory_is_bounded_and_forgets_what_was_asked_for_longest_ago():
    memory = Memory(3 * (OVERHEAD_BYTES + 100))
    for name in "abcd":
        memory.put(name, Kept(bytes(100), ()))
        memory.get("a")
    memory.put("large", Kept(bytes(10**6), ()))

    assert [name for name in ("a", "b", "c", "d", "large") if memory.get(name)] == ["a", "c", "d"]


def test_a_question_in_progress_does_not_hold_up_all_others():
    memory = Memory()
    with memory.turn("00000000"):
        free = threading.Thread(target=lambda: memory.turn("00000001").acquire(timeout=5))
        free.start()
        free.join(1)

    assert not free.is_alive()
