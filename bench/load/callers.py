"""Many callers at once: what they get, how long probes take meanwhile, what becomes of memory, and what a killed worker costs.

    python bench/load/callers.py --seconds 60 --requests 20000 --killing 20

gunicorn and all callers are on the loopback address. A caller who is told to come back does so after the time in Retry-After. Every
answer is compared with the one that was computed in process.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from http_service import wait_until_ready
from measure import table, verdict
from question import DEFAULT

from detectapi import service

CALLERS, WORKERS, QUESTIONS, DRAWS = 300, 2, 40, 200
PATIENCE_S = 60.0
KILL_EVERY_S = 2.0
FIRST = 2000
"""Requests after which the memory is measured for the first time."""
UNHURRIED = 24
"""Callers at once while the memory is watched: few are turned away."""
PROBES = ("/healthz", "/readyz")
ESTIMATES = "/v1/estimates"


@contextlib.contextmanager
def serving():
    """gunicorn as it is run, but with workers that are not replaced after some requests, so that none hides what it keeps."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--workers", str(WORKERS), "--max-requests", "0", "--bind", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:detectapi.web.gunicorn_conf", *options]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port)
        yield server.pid, port
    finally:
        server.terminate()
        server.wait(timeout=60)


def whole_request(path, body=None):
    """A request as bytes, on a connection of its own."""
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + (body or b"")


class Known(NamedTuple):
    """A request, and what it must get: the body only where that is the same each time."""

    request: bytes
    status: int
    right: bytes | None = None


def questions():
    """Questions with their answers."""
    asked = [{**DEFAULT, "options": {"seed": seed, "draws": DRAWS}} for seed in range(QUESTIONS)]
    return [
        Known(whole_request(ESTIMATES, json.dumps(one).encode()), 200, service.to_json_bytes(service.answer(one)))
        for one in asked
    ]


def mixed(known):
    """One question in eight; pages, texts, mistakes and addresses that do not exist."""
    cheap = [Known(whole_request(path), 200) for path in ("/", "/healthz", "/v1/substances", "/v1/assays", "/docs")]
    cheap += [Known(whole_request("/nowhere"), 404), Known(whole_request(ESTIMATES, b"{}"), 422)]
    return known + cheap * QUESTIONS


class Heard:
    """What the callers got.

    Attributes
    ----------
    statuses : Counter
    wrong : int
        Answers with other bytes than they must have.
    errors : int
        Answers that are neither what they must be nor a word to come back.
    lost : set of int
        Local ports of the connections on which no whole answer came.
    """

    def __init__(self):
        self.statuses, self.wrong, self.errors, self.lost = Counter(), 0, 0, set()

    @property
    def total(self):
        """Requests."""
        return self.statuses.total() + len(self.lost)


async def ask(port, request):
    """One request: the local port, the status (None without a whole answer), the head and the body."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0, None, "", b""
    local = writer.get_extra_info("sockname")[1]
    try:
        writer.write(request)
        raw = await asyncio.wait_for(reader.read(-1), PATIENCE_S)
    except (OSError, TimeoutError):
        return local, None, "", b""
    finally:
        writer.close()
    head, end, body = raw.partition(b"\r\n\r\n")
    head = head.decode("latin-1")
    length = next((int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), -1)
    return local, int(head.split(" ")[1]) if end and len(body) == length else None, head, body


async def caller(port, known, heard, is_over, number, is_patient):
    """Ask until it is over; come back later when told so, at once without patience."""
    source = random.Random(number)  # noqa: S311 - which question, not a secret
    while not is_over():
        request, wanted, right = source.choice(known)
        local, status, head, body = await ask(port, request)
        if status is None:
            heard.lost.add(local)
            continue
        heard.statuses[status] += 1
        heard.wrong += status == wanted and right not in (None, body)
        heard.errors += status not in (wanted, 429, 503)
        if status in (429, 503) and is_patient:
            later = [float(line[12:]) for line in head.split("\r\n") if line.lower().startswith("retry-after:")]
            await asyncio.sleep(source.uniform(0.5, 1.0) * (later or [1.0])[0])


async def crowd(port, known, count, is_over, beside=None, is_patient=True):
    """Some callers at once, and what is done beside them."""
    heard = Heard()
    others = [] if beside is None else [asyncio.create_task(beside(heard))]
    each = [caller(port, known, heard, lambda: is_over(heard), number, is_patient) for number in range(count)]
    await asyncio.gather(*each, *others)
    return heard


# -- what is measured beside the callers ----------------------------------------------------------------------------------


def timed(port, request):
    """Time from the begin of the connection to the end of the answer, and its status. [s]"""
    begin = time.perf_counter()
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(request)
        while piece := connection.recv(65536):
            received += piece
    return time.perf_counter() - begin, received[9:12]


def watch(port, requests, end, results):
    """Ask again and again, in a process of its own: all times by status. [s]"""
    times = {}
    while time.time() < end:
        for request in requests:
            with contextlib.suppress(OSError):
                seconds, status = timed(port, request)
                times.setdefault(status.decode(), []).append(seconds)
        time.sleep(0.02)
    results.put(times)


@contextlib.contextmanager
def watching(port, requests, seconds):
    """Times of some requests meanwhile; a list that is filled at the end. [s]"""
    context = multiprocessing.get_context("fork")
    results, seen = context.Queue(), {}
    process = context.Process(target=watch, args=(port, requests, time.time() + seconds, results))
    process.start()
    try:
        yield seen
    finally:
        seen.update(results.get(timeout=PATIENCE_S))
        process.join()


def workers_of(pid):
    """The processes of a server that answer."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def memory_of(pid):
    """Memory of the workers of a server. [MiB]"""
    lines = [Path(f"/proc/{worker}/status").read_text().splitlines() for worker in workers_of(pid)]
    return sum(int(line.split()[1]) for own in lines for line in own if line.startswith("VmRSS")) / 1024


def callers_of(worker, port):
    """Local ports of the callers whose connections a process holds."""
    inodes = set()
    for entry in Path(f"/proc/{worker}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(os.readlink(entry)[8:-1])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    served = f"{port:04X}"
    return {int(row[2][-4:], 16) for row in rows if row[1].endswith(served) and row[9] in inodes}


async def kill_workers(pid, port, seconds, theirs):
    """Kill one worker after the other, and note whose connections each held."""
    killed, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(KILL_EVERY_S)
        worker = next(iter(workers_of(pid)), None)
        with contextlib.suppress(OSError):
            os.kill(worker, signal.SIGSTOP)  # so that it takes no other connection meanwhile
            theirs |= callers_of(worker, port)
            os.kill(worker, signal.SIGKILL)
            killed += 1
    return killed


# -- the tables -----------------------------------------------------------------------------------------------------------


def row_of_times(name, times, most_ms):
    """A row with the median and with the time that 99 of 100 keep. Times in s; the bar in ms."""
    if not times:
        return [name, "none", ""]
    p99 = 1e3 * sorted(times)[int(0.99 * len(times))]
    return [name, f"{1e3 * statistics.median(times):.0f}, {p99:.0f}", verdict(round(p99), most_ms)]


def common_rows(heard):
    """What is said of every crowd."""
    return [
        ["answers", heard.statuses.total() - heard.statuses[503], ""],
        ["told to come back (503)", heard.statuses[503], ""],
        ["other errors", heard.errors, verdict(heard.errors, 0)],
        ["answers with another byte than in process", heard.wrong, verdict(heard.wrong, 0)],
    ]


def under_load(port, known, seconds, is_patient):
    """Print what many callers get, and how long probes take meanwhile."""
    end = time.monotonic() + seconds
    probes, post = [whole_request(path) for path in PROBES], [known[0].request]
    with watching(port, probes, seconds) as seen, watching(port, post, seconds) as posted:
        if is_patient:
            os.nice(5)  # the callers, not the server nor the clocks
        heard = asyncio.run(crowd(port, known, CALLERS, lambda _: time.monotonic() > end, None, is_patient))
    probed, refused = seen.get("200", []), posted.get("503", [])
    failed = sum(map(len, seen.values())) - len(probed)
    rows = [
        *common_rows(heard),
        ["requests without an answer", len(heard.lost), verdict(len(heard.lost), 0)],
        [f"probes that failed, of {len(probed) + failed}", failed, verdict(failed, 0)],
        row_of_times("`/healthz` and `/readyz`, median and 99 %, ms", probed, 100),
        row_of_times("to be told to come back, median and 99 %, ms", refused, 50),
    ]
    manner = "come back when they are told" if is_patient else "come back at once, whatever they are told"
    print(
        f"\n{CALLERS} callers for {seconds:g} s on {WORKERS} workers, who {manner}; default question, {DRAWS} draws.\n"
    )
    print(table(["", "", "bar"], rows))


def memory(pid, port, known, requests):
    """Print how the memory of the workers grows."""
    first = []

    async def note(heard):
        while heard.total < min(FIRST, requests):
            await asyncio.sleep(0.05)
        first.append(memory_of(pid))

    heard = asyncio.run(crowd(port, mixed(known), UNHURRIED, lambda heard: heard.total >= requests, note))
    growth = memory_of(pid) / first[0] - 1.0
    rows = [
        *common_rows(heard),
        [f"memory after {min(FIRST, requests)} requests, MiB", f"{first[0]:.0f}", ""],
        [f"growth until {heard.total} requests, %", f"{100 * growth:.1f}", verdict(round(100 * growth, 1), 10)],
    ]
    print(f"\n{UNHURRIED} callers at once, a question in eight requests; workers that are never replaced.\n")
    print(table(["", "", "bar"], rows))


def killing(pid, port, known, seconds):
    """Print what is lost when workers are killed."""
    end, theirs, killed = time.monotonic() + seconds, set(), []

    async def kill(_heard):
        killed.append(await kill_workers(pid, port, seconds - KILL_EVERY_S, theirs))

    heard = asyncio.run(crowd(port, known, CALLERS, lambda _: time.monotonic() > end, kill))
    others = heard.lost - theirs
    rows = [
        *common_rows(heard),
        ["requests that killed workers held, and were lost", len(heard.lost & theirs), ""],
        ["other requests that were lost", len(others), verdict(len(others), 0)],
    ]
    print(f"\n{CALLERS} callers for {seconds:g} s, a worker killed every {KILL_EVERY_S:g} s, {killed[0]} in all.\n")
    print(table(["", "", "bar"], rows))


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="How long many callers ask.")
    parser.add_argument(
        "--requests", type=int, default=20_000, help="How many requests memory is watched for; 0 leaves it out."
    )
    parser.add_argument("--killing", type=float, default=20.0, help="How long workers are killed; 0 leaves it out.")
    asked = parser.parse_args()
    known = questions()
    with serving() as (pid, port):
        print("## Under load")
        under_load(port, known, asked.seconds, is_patient=True)
        under_load(port, known, round(asked.seconds / 3, 1), is_patient=False)
        if asked.requests:
            memory(pid, port, known, asked.requests)
        if asked.killing:
            killing(pid, port, known, asked.killing)


if __name__ == "__main__":
    main()
