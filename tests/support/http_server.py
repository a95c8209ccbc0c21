"""The service on a loopback port: by gunicorn, as it is run, for the tests of the server itself; or in a thread of the test."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from processes import LIMITS, ROOT, free_port
from werkzeug.serving import make_server

PATIENCE_S = 30  # to start, load the data and stop on a busy machine
MODULES = "from detectapi.web import connection, overload, worker\nfrom detectapi.web.gunicorn_conf import *"
"""The first lines of the settings: a test changes limits of these modules."""


@contextlib.contextmanager
def serving(app):
    """Serve a WSGI application in a thread; gives its port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Server:
    """`detectapi serve` on a free port; with a line of Python in its settings, plain gunicorn."""

    def __init__(self, folder, workers=2, settings=None, **environment):
        self.port, self.log = free_port(), folder / "log"
        command = [sys.executable, "-m", "detectapi", "serve", "--port", str(self.port), "--workers", str(workers)]
        if settings:
            file = folder / "settings.py"
            file.write_text(f"{MODULES}\n{settings}\n", encoding="utf-8")
            command[2:] = ["gunicorn", "--config", str(file), "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **LIMITS, **environment}
            )

    def __enter__(self):
        self.wait_until_ready()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read(), response
        finally:
            connection.close()

    def post(self, raw):
        return self.ask("POST", "/v1/estimates", raw, {"Content-Type": "application/json"})

    def raw(self, text):
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if 200 == self.ask("GET", "/readyz")[0]:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())
