"""The service as it is run: gunicorn with two workers on a loopback port."""

import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from http_server import PATIENCE_S, Server
from processes import ROOT

from detectapi import service

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.mark.slow
def test_http_command_line_and_library_give_the_same_bytes(server, question):
    raw = json.dumps(question)
    library = service.to_json_bytes(service.answer(question))
    command = [sys.executable, "-m", "detectapi", "estimate", "-"]
    printed = subprocess.run(command, cwd=ROOT, input=raw.encode(), capture_output=True, check=True).stdout
    with ThreadPoolExecutor(8) as callers:  # enough at once for both workers to answer
        answers = list(callers.map(lambda _: server.post(raw), range(16)))

    assert library == printed
    assert {(200, library)} == {(status, body) for status, body, _ in answers}


@pytest.mark.slow
def test_a_body_that_is_too_large_is_told_so(server):
    status, body, _ = server.post(b" " * 10_000_000)

    assert 413 == status
    assert b"/problems/payload-too-large" in body


def test_a_chunked_body_is_read_and_bounded(server, question):
    raw = json.dumps(question).encode()
    status, _, _ = server.ask("POST", "/v1/estimates", iter([raw[:9], raw[9:]]), {"Content-Type": "application/json"})
    too_large, _, _ = server.ask(
        "POST", "/v1/estimates", iter([b" " * 100_000] * 30), {"Content-Type": "application/json"}
    )

    assert (200, 413) == (status, too_large)


def test_what_is_not_http_is_refused_and_not_logged(server):
    too_short = (
        b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )
    for text in (
        b'{"canary": 7777}\r\n\r\n',
        too_short + b'"canary": 7777}\r\n\r\n',
        b"GET /canary\x00 HTTP/1.1\r\n\r\n",
    ):
        assert b"HTTP/1." in server.raw(text)
    server.wait_until_ready()
    log = server.log.read_text()

    assert "Invalid request" in log
    assert "canary" not in log


def test_what_is_not_http_gets_a_problem_that_repeats_nothing(server):
    for text, status in (
        (b'{"canary": 7777}\r\n\r\n', 400),
        (b"GET /healthz?" + b"canary" * 1000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"canary" * 2000 + b"\r\n\r\n", 431),
    ):
        head, _, body = server.raw(text).partition(b"\r\n\r\n")

        assert f" {status} ".encode() in head.splitlines()[0]
        assert b"Content-Type: application/problem+json" in head
        assert status == json.loads(body)["status"]
        assert b"canary" not in body


def test_a_body_that_ends_before_its_end_is_not_answered(server):
    head = b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    assert b" 400 " in server.raw(head + b"Content-Length: 100\r\n\r\n{}").splitlines()[0]


def test_broken_chunks_are_the_callers_mistake(server):
    head = b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    assert b" 400 " in server.raw(head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n").splitlines()[0]
    assert "failure" not in server.log.read_text()


def test_other_transfer_codings_than_chunked_are_refused(server, question):
    raw = json.dumps(question).encode()
    head = b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"

    assert b" 501 " in server.raw(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(raw), raw)).splitlines()[0]


def test_a_prefix_that_a_caller_tells_is_not_believed(server):
    _, page, _ = server.ask(
        "POST", "/v1/estimates", b"{}", {"Content-Type": "application/json", "SCRIPT_NAME": "/evil"}
    )

    assert b"/evil" not in page


def test_it_lives_on_after_all_that_is_bad(server, question):
    for raw in (b"{", b"[" * 100_000, b"\xff", json.dumps({**question, "urine_ph": 12}), b"NaN", b"null"):
        assert server.post(raw)[0] in (400, 422)

    assert 200 == server.ask("GET", "/healthz")[0]
    assert 200 == server.post(json.dumps(question))[0]


def test_the_log_is_lines_of_json_without_anything_asked(server, question):
    server.post(json.dumps(question))
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]

    assert any("Listening at" in line["event"] for line in lines)
    assert any("/v1/estimates" == line.get("route") for line in lines)
    assert all("ketamine" not in json.dumps(line) for line in lines)


@pytest.mark.slow
def test_it_stops_when_told(tmp_path):
    server = Server(tmp_path, workers=1)  # of two, one could still be starting, and gunicorn waits long for such a one
    server.wait_until_ready()
    server.process.send_signal(signal.SIGTERM)

    assert 0 == server.process.wait(PATIENCE_S)


@pytest.mark.slow
def test_callers_who_stop_half_way_keep_nobody_waiting_for_long(tmp_path):
    settings = "connection.PATIENCE_S, workers = 0.5, 1"
    head = b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
    with Server(tmp_path, settings=settings) as server:
        with ExitStack() as stalled:
            for text in [b""] * 20 + [head] * 5 + [head + b"\r\n{"] * 5:  # more than there are threads
                connection = stalled.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                connection.sendall(text)
            connection.settimeout(PATIENCE_S)

            assert b" 408 " in connection.recv(65536).splitlines()[0]
            assert 200 == server.ask("GET", "/healthz")[0]
        assert "failure" not in server.log.read_text()
        assert "A caller was too slow" in server.log.read_text()
