"""The health check of the container, against small servers of its own."""

import http.server
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from detectapi.cli.probe import probe


class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@contextmanager
def listening(handler):
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_ready_service_is_ready():
    with listening(Ready) as port:
        assert probe(port=port)


def test_any_other_status_is_not():
    with listening(Ready) as port:
        assert not probe("/elsewhere", port=port)


def test_silence_is_not():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))

        assert not probe(port=closed.getsockname()[1])


def test_something_else_than_http_is_not():
    class Noise(http.server.BaseHTTPRequestHandler):
        def handle(self):
            self.wfile.write(b"220 not HTTP\r\n\r\n")

    with listening(Noise) as port:
        assert not probe(port=port)


@pytest.mark.parametrize(("path", "status"), [("/readyz", 0), ("/elsewhere", 1)])
@pytest.mark.slow
def test_the_exit_code_tells(path, status):
    with listening(Ready) as port:
        command = [sys.executable, "-m", "detectapi.cli.probe", path]
        result = subprocess.run(command, env={**os.environ, "PORT": str(port)}, capture_output=True)

    assert (status, b"") == (result.returncode, result.stderr)
