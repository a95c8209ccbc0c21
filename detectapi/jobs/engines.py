"""Engines, which compute chunks: this process, a pool of processes, or Dask workers. None of them touches the record."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Hashable, Mapping
from multiprocessing.connection import wait
from typing import Any, NamedTuple, Protocol

from detectapi.batch import about, chunk
from detectapi.jobs import processes
from detectapi.values.errors import DetectError

NICE = 10
"""Priority of the processes that compute chunks: lower than that of single estimates."""

MOST_BAD_STARTS = 5
"""Worker processes that may die one after the other before they are ready; then none is started any more."""


class WorkersDieError(Exception):
    """Worker processes die before they are ready, so more of them would die too."""


class Outcome(NamedTuple):
    """The outcome of a task: its result, or its failure.

    A failure is ``lost`` (the worker died), ``storage`` (a file could not be read or written), ``version`` (the program or its
    data have changed) or ``ours`` (a fault of the program).
    """

    name: Hashable
    result: dict[str, Any] | None
    failure: str | None = None
    detail: str = ""


class Engine(Protocol):
    """Something that computes tasks."""

    title: str
    capacity: int

    def submit(self, name: Hashable, task: Mapping[str, Any]) -> None:
        """Begin a task; at most `capacity` run at once."""

    def finished(self, timeout_s: float) -> list[Outcome]:
        """Outcomes of the tasks that have ended; waits for the first one."""

    def close(self) -> None:
        """Stop all tasks at once."""


Work = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What computes a task. It is a function of a module, so that a process that starts finds it by its name."""


def attempt(task: Mapping[str, Any], work: Work = chunk.compute) -> tuple[dict[str, Any] | None, str | None, str]:
    """Compute a task; returns (result, failure, detail). A detail never quotes a row."""
    if task.get("model_sha256", about.model_sha256()) != about.model_sha256():
        return None, "version", about.__version__  # its rows would be of another model than the others
    try:
        return work(task), None, ""
    except OSError as error:
        return None, "storage", os.strerror(error.errno) if error.errno else type(error).__name__
    except DetectError as error:
        return None, "ours", error.code
    except Exception as error:  # noqa: BLE001 - the job reports it, and other jobs continue
        return None, "ours", type(error).__name__


class Inline:
    """Computes in this process, one chunk at a time."""

    title = "inline"
    capacity = 1

    def __init__(self):
        self._waiting: list[tuple[Hashable, Mapping[str, Any]]] = []

    def submit(self, name, task):
        """Keep the task until `finished` is called."""
        self._waiting.append((name, task))

    def finished(self, timeout_s):
        """Compute one task."""
        if not self._waiting:
            time.sleep(timeout_s)
            return []
        name, task = self._waiting.pop(0)
        return [Outcome(name, *attempt(task))]

    def close(self):
        """Nothing to stop."""


READY = "ready"


def _serve(connection, work: Work) -> None:
    """Say that the worker is ready, receive tasks and send results, until the other end of the connection is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process handles Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with contextlib.suppress(OSError):
        connection.send(READY)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        result = attempt(task, work)
        try:
            connection.send(result)
        except OSError:
            return


class _Worker:
    def __init__(self, context, work):
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        processes.start(self.process)
        theirs.close()
        self.busy: Hashable | None = None
        self.ready = False

    def stop(self):
        self.connection.close()
        self.process.kill()
        self.process.join()


class Local:
    """Computes in a pool of processes. A process that dies loses its chunk only, and a new process replaces it.

    Parameters
    ----------
    workers : int
    work : callable
        What they compute.

    Raises
    ------
    WorkersDieError
        By `submit` and `finished`: several died one after the other before they were ready.
    """

    def __init__(self, workers: int, work: Work = chunk.compute):
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")  # numpy reads these in the processes that start now
        self.title = f"process-pool:{workers}"
        self.capacity = workers
        self._context = multiprocessing.get_context("spawn")
        self._bad_starts = 0
        self._work = work
        self._workers = [_Worker(self._context, work) for _ in range(workers)]

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [worker.process.pid for worker in self._workers if worker.process.pid]

    def submit(self, name, task):
        """Send the task to a free worker."""
        for i, worker in enumerate(self._workers):
            if worker.busy is None:
                if not worker.process.is_alive():
                    worker = self._replace(i)
                worker.busy = name
                with contextlib.suppress(OSError):  # the worker has just died: `finished` notices it
                    worker.connection.send(task)
                return
        raise RuntimeError("every worker is busy")

    def finished(self, timeout_s):
        """Results of workers that have finished, and the tasks of workers that died."""
        busy = {worker.connection: i for i, worker in enumerate(self._workers) if worker.busy is not None}
        if not busy:
            time.sleep(timeout_s)
            return []
        outcomes = []
        for connection in wait(list(busy), timeout_s):
            i = busy[connection]
            worker = self._workers[i]
            name = worker.busy
            try:
                said = worker.connection.recv()
            except (EOFError, OSError):
                self._replace(i)
                outcomes.append(Outcome(name, None, "lost", "the worker died"))
                continue
            if said == READY:
                worker.ready, self._bad_starts = True, 0
                continue
            worker.busy = None
            outcomes.append(Outcome(name, *said))
        return outcomes

    def _replace(self, i):
        """Another worker in place of one that died, unless they all die as they start."""
        dead = self._workers[i]
        dead.stop()
        self._bad_starts = 0 if dead.ready else self._bad_starts + 1
        if self._bad_starts >= MOST_BAD_STARTS:
            raise WorkersDieError(
                f"{self._bad_starts} worker processes died one after the other before they were ready. "
                "Look for what ends them: too little memory, or a Python that cannot import detectapi."
            )
        self._workers[i] = _Worker(self._context, self._work)
        return self._workers[i]

    def close(self):
        """Kill the workers; their chunks are not recorded."""
        for worker in self._workers:
            worker.stop()


class Dask:
    """Computes on the workers of a Dask cluster, which write parts to a place that all machines share.

    Parameters
    ----------
    address : str
        ``host:port`` or ``tcp://host:port`` of the scheduler.
    patience_s : float
        Time for which a scheduler that cannot be reached is tried again. [s]

    Raises
    ------
    OSError
        The scheduler cannot be reached.
    """

    def __init__(self, address: str, patience_s: float = 60.0):
        self.address = address if "://" in address else f"tcp://{address}"
        self.title = "dask"
        self._client: Any = None
        self._futures: dict[Hashable, Any] = {}
        self._lost: list[Outcome] = []
        self._counter = 0
        self._patience_s = patience_s
        self._away_since: float | None = None
        self._connect("20s")

    @property
    def capacity(self) -> int:
        """Twice the number of threads, so that no worker waits for its next chunk; 0 while the scheduler cannot be reached."""
        if self._away_since is not None:
            return 0
        try:
            threads = sum(w["nthreads"] for w in self._client.scheduler_info(n_workers=-1)["workers"].values())
        except Exception:  # noqa: BLE001 - the scheduler cannot be reached
            threads = 0
        return max(2 * threads, 2)

    def _connect(self, timeout):
        from distributed import Client

        self._client = Client(self.address, timeout=timeout, set_as_default=False, heartbeat_interval=2000)

    def submit(self, name, task):
        """Send the task under a name that no other task has, so that Dask returns no older result for it."""
        self._counter += 1
        key = f"detectapi-{os.getpid()}-{id(self)}-{self._counter}"
        try:
            self._futures[name] = self._client.submit(attempt, dict(task), key=key, pure=False, retries=2)
        except Exception as error:  # noqa: BLE001 - the scheduler cannot be reached
            self._lost.append(Outcome(name, None, "lost", type(error).__name__))

    def finished(self, timeout_s):
        """Results, and the tasks whose scheduler or worker cannot be reached."""
        outcomes, self._lost = self._lost, []
        end = time.monotonic() + timeout_s
        if self._away_since is not None and not outcomes:
            self._reconnect(timeout_s)
        while not outcomes:
            for name, future in list(self._futures.items()):
                if future.status == "pending":
                    continue
                del self._futures[name]
                outcomes.append(self._outcome(name, future))
            if not outcomes and self._away_since is None and self._is_gone():
                outcomes = [Outcome(name, None, "lost", "the scheduler is gone") for name in self._futures]
                self._futures.clear()
                self._away_since = time.monotonic()
                with contextlib.suppress(Exception):
                    self._client.close(timeout=1)
            if outcomes or time.monotonic() > end:
                break
            time.sleep(0.01)
        return outcomes

    @staticmethod
    def _outcome(name, future):
        try:
            if future.status == "finished":
                return Outcome(name, *future.result(timeout=20))
            if future.status == "error" and isinstance(future.exception(timeout=20), ImportError):
                return Outcome(name, None, "ours", "detectapi with its extra batch is missing on a worker")
            return Outcome(name, None, "lost", f"the task is {future.status}")
        except Exception as error:  # noqa: BLE001 - the scheduler or worker has died
            return Outcome(name, None, "lost", type(error).__name__)
        finally:
            with contextlib.suppress(Exception):
                future.release()

    def _is_gone(self) -> bool:
        return (
            self._client.status != "running"
            or getattr(self._client.scheduler_comm, "comm", None) is None
            or (self._client.scheduler_comm.comm.closed())
        )

    def _reconnect(self, timeout_s: float):
        """Try to reach the scheduler, for a short time, since leases must be renewed meanwhile."""
        try:
            self._connect("2s")
            self._away_since = None
        except OSError:
            if time.monotonic() - self._away_since > self._patience_s:
                raise
            time.sleep(timeout_s)

    def close(self):
        """Cancel all tasks and close the connection."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._futures.values()), force=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)


def from_address(executor: str, workers: int | None = None, patience_s: float = 60.0):
    """The engine that the operator has chosen: ``local`` or ``dask://host:port``; ``inline`` for tests and notebooks.

    Parameters
    ----------
    executor : str
    workers : int, optional
        Processes of ``local``.
    patience_s : float
        Time for which a cluster that cannot be reached is tried again. [s]

    Raises
    ------
    OSError
        The cluster cannot be reached.
    """
    if executor == "inline":
        return Inline()
    if executor == "local":
        return Local(workers or os.cpu_count() or 1)
    if executor.startswith("dask://"):
        return Dask(executor.removeprefix("dask://"), patience_s)
    raise ValueError("DETECTAPI_EXECUTOR must be local or dask://host:port")
