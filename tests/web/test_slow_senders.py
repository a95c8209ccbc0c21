"""Callers who send slowly, stop half way or do not hang up keep nobody waiting."""

import json
import socket
import threading
from contextlib import ExitStack

import pytest
from http_server import PATIENCE_S, Server
from processes import patience

from detectapi.web.overload import THREADS

pytestmark = pytest.mark.slow
HEAD = b"POST /v1/estimates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"
PROBE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server"), workers=1) as server:
        yield server


def connect(stack, server):
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S))
    connection.settimeout(PATIENCE_S)
    return connection


def answers(connection, count):
    """So many answers on a connection, each with its head."""
    received = b""
    while received.count(b'"version"') < count:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    return received


def test_bodies_sent_byte_by_byte_delay_nobody(server, question):
    """More of them than threads, and more than the limit of stalled connections would end: they are young."""
    go_on = threading.Event()

    def send(connection):
        for byte in b" " * 89:
            connection.sendall(bytes([byte]))
            if go_on.wait(0.05):
                return

    with ExitStack() as open_ones:
        slow = [connect(open_ones, server) for _ in range(THREADS + 10)]
        for connection in slow:
            connection.sendall(HEAD)
        senders = [threading.Thread(target=send, args=(connection,)) for connection in slow]
        for sender in senders:
            sender.start()
        try:
            assert server.ask("GET", "/healthz")[0] == 200
            assert server.post(json.dumps(question))[0] == 200
            assert all(sender.is_alive() for sender in senders)
        finally:
            go_on.set()
            for sender in senders:
                sender.join(PATIENCE_S)


def test_callers_who_do_not_hang_up_delay_nobody(server):
    with ExitStack() as open_ones:
        for _ in range(20):  # two seconds for each would be more than the patience of `ask`
            connection = connect(open_ones, server)
            connection.sendall(PROBE.replace(b"Host", b"Connection: close\r\nHost"))
            answers(connection, 1)

        assert server.ask("GET", "/healthz")[0] == 200


def test_requests_that_come_together_are_answered_in_turn(server):
    with ExitStack() as open_ones:
        connection = connect(open_ones, server)
        connection.sendall(PROBE * 3 + PROBE[:10])
        answers(connection, 3)
        connection.sendall(PROBE[10:])

        assert answers(connection, 1).startswith(b"HTTP/1.1 200 ")


def test_of_many_stalled_connections_of_an_address_the_oldest_is_closed(tmp_path):
    settings = "worker.MOST_STALLED, worker.STALLED_AFTER_S, workers = 3, 0.0, 1"
    with Server(tmp_path, settings=settings) as server, ExitStack() as open_ones:
        first = connect(open_ones, server)
        first.sendall(HEAD)
        for _ in range(3):
            connect(open_ones, server).sendall(HEAD)

        assert first.recv(65536).startswith(b"HTTP/1.1 408 ")
        assert server.ask("GET", "/healthz")[0] == 200


def test_who_finds_no_place_is_told_to_come_back_and_is_counted(tmp_path):
    settings = "overload.MOST, workers = 0, 1"
    with Server(tmp_path, settings=settings, DETECTAPI_METRICS="1") as server:
        status, body, response = server.post(b"{}")

        assert (status, json.loads(body)["type"]) == (503, "/problems/overloaded")
        assert response.getheader("Retry-After") == "2"
        assert server.ask("GET", "/readyz")[0] == 200
        assert (
            b'detectapi_requests_total{method="POST",route="unmatched",status="503"} 1.0'
            in server.ask("GET", "/metrics")[1]
        )
        lines = [json.loads(line) for line in server.log.read_text().splitlines()]
        refused = [line["request_id"] for line in lines if line.get("status") == 503]
        assert refused == [response.getheader("X-Request-ID")]


def test_the_work_of_a_caller_who_has_gone_is_given_up(server):
    doses = [
        {"amount_mg": 1.0 + i, "route": "intravenous", "start_h": 0.01 * i, "duration_min": 60.0} for i in range(200)
    ]
    body = json.dumps({"substance": "ketamine", "doses": doses, "options": {"draws": 2000}}).encode()
    with ExitStack() as open_ones:
        connection = connect(open_ones, server)
        connection.sendall(HEAD.replace(b": 90", b": %d" % len(body)) + body)
    for _ in patience():
        if any(json.loads(line).get("status") == 499 for line in server.log.read_text().splitlines()):
            break


def test_callers_who_do_not_take_their_answers_delay_nobody(server, question):
    """A large file without compression, asked for by more callers than there are threads."""
    asked = b"GET /static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with ExitStack() as open_ones:
        slow = []
        for _ in range(THREADS + 10):
            connection = open_ones.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(PATIENCE_S)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(asked)
            slow.append(connection)
        while server.log.read_text().count("/static/<name>") < len(slow):
            assert server.ask("GET", "/healthz")[0] == 200

        assert server.post(json.dumps(question))[0] == 200
        received = b""
        while piece := slow[0].recv(65536):
            received += piece
        assert received.partition(b"\r\n\r\n")[2] == server.ask("GET", "/static/swagger-ui-bundle.js")[1]
