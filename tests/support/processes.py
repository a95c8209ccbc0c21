"""Real processes for the tests: a server of jobs, a Dask cluster, and what belongs to them; only our own are ever killed."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMITS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid):
    """Processes whose parent is this one, without multiprocessing's own helpers."""
    result = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z" and b"resource_tracker" not in (entry / "cmdline").read_bytes():
                result.append(int(entry.name))
    return result


def said(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def patience(seconds=90.0):
    """Yields until the time has passed, then fails."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.05)
    raise AssertionError("it took too long")


class Server:
    """`detectapi serve` with jobs, that can be killed and started again."""

    def __init__(self, folder, **environment):
        self.environment = {
            **os.environ, **LIMITS, "DETECTAPI_JOBS": str(folder), "DETECTAPI_BATCH_WORKERS": "2", "DETECTAPI_LEASE_S": "2",
            **environment,
        }  # fmt: skip
        self.key = self.process = None
        self.log = open(Path(folder).with_name("server.log"), "ab")

    def __enter__(self):
        issue = ["keys", "issue", "--owner", "tests", "--scope", "batch:write", "--scope", "batch:read"]
        line = [sys.executable, "-m", "detectapi", *issue]
        self.key = subprocess.run(line, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()
        self.start()
        return self

    def start(self):
        self.port = free_port()
        line = [sys.executable, "-m", "detectapi", "serve", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(line, env=self.environment, stdout=self.log, stderr=self.log)
        for _ in patience():
            assert self.process.poll() is None, "the server stopped"
            with contextlib.suppress(OSError):
                self.ask("GET", "/readyz")
                return

    def ask(self, method, path, body=None, **headers):
        """The answer's bytes."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def submit(self, body, media="application/json", query=""):
        return json.loads(self.ask("POST", f"/v1/jobs{query}", body, **{"Content-Type": media}))["id"]

    def status(self, job):
        return json.loads(self.ask("GET", f"/v1/jobs/{job}"))

    def ended(self, job, seconds=120.0):
        for _ in patience(seconds):
            status = self.status(job)
            if status["state"] in ("succeeded", "partial", "failed", "cancelled"):
                return status
        return None

    # Who is who: this process -> supervisor -> coordinator -> workers of the pool.
    @property
    def supervisor(self):
        return next((pid for pid in children(self.process.pid) if " worker " in said(pid)), None)

    @property
    def coordinator(self):
        return next(iter(children(self.supervisor)), None) if self.supervisor else None

    @property
    def workers(self):
        return children(self.coordinator) if self.coordinator else []

    def kill(self):
        """The whole server at once, as a power cut would."""
        everyone = [self.process.pid, self.supervisor, self.coordinator, *self.workers, *children(self.process.pid)]
        for pid in filter(None, everyone):
            kill(pid)
        self.process.wait()

    def __exit__(self, *_):
        if self.process.poll() is None:
            supervisor = self.supervisor
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()
            self.process.wait()
            if supervisor:
                for _ in patience(40):
                    if " worker " not in said(supervisor):
                        break
        self.log.close()


class Cluster:
    """A Dask scheduler and two workers, each a process of its own."""

    def __init__(self, folder):
        self.folder, self.port = Path(folder), free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = open(self.folder / "cluster.log", "ab")
        self.scheduler, self.workers = None, []

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def _run(self, *arguments):
        line = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
        environment = {**os.environ, **LIMITS, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
        return subprocess.Popen(line, cwd=self.folder, stdout=self.log, stderr=self.log, env=environment)

    def start_scheduler(self):
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        self.scheduler = self._run("dask_scheduler", *options)

    def start_worker(self):
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "120"]
        self.workers.append(self._run("dask_worker", f"tcp://{self.address}", "--host", "127.0.0.1", *options))

    def __enter__(self):
        self.start_scheduler()
        for _ in range(2):
            self.start_worker()
        return self

    def kill_worker(self, i=0):
        worker = self.workers.pop(i)
        worker.kill()
        worker.wait()
        self.start_worker()

    def kill_scheduler(self):
        self.scheduler.kill()
        self.scheduler.wait()
        self.start_scheduler()
        for worker in self.workers:  # a worker does not always find its new scheduler
            worker.kill()
            worker.wait()
        self.workers = []
        for _ in range(2):
            self.start_worker()

    def __exit__(self, *_):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()
