"""The settings of gunicorn: `gunicorn -c python:detectapi.web.gunicorn_conf [wsgi:app]`.

`detectapi serve` and the container use them. Options on the command line of gunicorn replace them.
"""

import json
import logging
import os
import sys
import time

from gunicorn.glogging import Logger

from detectapi.settings import setting
from detectapi.web import metrics
from detectapi.web.overload import THREADS

# One thread of the numerical libraries per process: the arrays are small, and more threads would compete for the cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

wsgi_app = "detectapi.web:create_app()"
# As gunicorn does: with the variable PORT, as in a container, the service is open to the network.
port = setting("PORT")
bind = "127.0.0.1:8000" if port is None else f"0.0.0.0:{port}"  # noqa: S104
workers = setting("WEB_CONCURRENCY")
worker_class = "detectapi.web.worker.Worker"  # gthread, with time limits for callers
threads = THREADS

timeout = 30  # until a worker that hangs is ended [s]
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
# A prefix before the path is believed only where the operator says that a proxy sends it.
forwarder_headers = "SCRIPT_NAME" if setting("DETECTAPI_TRUSTED_PROXIES") else ""
header_map = "drop"

SWITCH_S = 0.0005  # time after which a thread that computes lets another go on [s]
OURS_ONLY = 0o077  # what is written may be data of people: other users of this machine cannot read it

# Nothing is written in the home folder, and only signals control the service.
control_socket_disable = True
if os.path.isdir("/dev/shm"):  # noqa: S108 - only a heartbeat file, opened and unlinked by gunicorn itself
    worker_tmp_dir = "/dev/shm"  # noqa: S108


class JsonFormatter(logging.Formatter):
    """Writes the messages of gunicorn as lines of JSON, like those of the service."""

    def format(self, record):
        """One line, with the traceback in it if there is one."""
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


class QuietLogger(Logger):
    """The logger of gunicorn, without anything that a caller has sent.

    gunicorn reads a body that is longer than its Content-Length as the next request, and would log its first line. The message
    of an exception may quote the request too.
    """

    def setup(self, cfg):
        """Set up the handlers with the formatter of the service."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())

    def warning(self, msg, *args, **kwargs):
        """Log a warning; of a request that is not HTTP, log only that it came."""
        if str(msg).startswith("Invalid request"):
            msg, args = "Invalid request", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        """Log an exception; an exception about a request without its address, message or traceback."""
        error = sys.exc_info()[1]
        if isinstance(error, TimeoutError):
            super().info("A caller was too slow")
        elif str(msg).startswith(("Error handling", "Socket error")):
            super().error(f"Error handling a request: {type(error).__name__}")
        else:
            super().exception(msg, *args, **kwargs)


logger_class = QuietLogger

if setting("DETECTAPI_METRICS"):
    metrics.make_folder()

    def child_exit(server, worker):
        """Forget the present state of a process that has ended."""
        metrics.forget_process(worker.pid)

    def on_exit(server):
        """Remove what the processes have counted."""
        metrics.remove_folder()


def post_fork(server, worker):
    """Let nobody else read what the process writes, and threads take turns often. gunicorn's `umask` holds for sockets only."""
    os.umask(OURS_ONLY)
    # The main loop waits for the interpreter after each call of the system, up to so long while a thread computes. With the usual
    # 5 ms, many callers at once make probes wait.
    sys.setswitchinterval(SWITCH_S)


def post_worker_init(worker):
    """Load the data before the first request; `/readyz` reports a failure."""
    from detectapi import service
    from detectapi.values.errors import DetectError

    try:
        service.ready()
    except DetectError as error:
        worker.log.error("The substance data cannot be loaded: %s", error)
