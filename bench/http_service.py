"""The service under load, on loopback: what HTTP adds to the calculation, and what a second worker brings.

Server and client share the machine's cores; the client spends well under a tenth of a request's time. Every request has
its own seed, so that nothing can be answered from memory.
"""

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from measure import medians, ms, table, verdict
from question import DEFAULT

from detectapi import service
from detectapi.cli.probe import probe

ROUNDS = 7
REQUESTS = 48  # in a round
CLIENTS = 8


@contextlib.contextmanager
def serving(workers, **environment):
    """Run the service as `detectapi serve` does, on a free port, with these variables in its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    command = [sys.executable, "-m", "detectapi", *arguments]
    environment = {**os.environ, **environment}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_until_ready(port, limit_s=30.0):
    """Return when /readyz answers 200."""
    end = time.monotonic() + limit_s
    while not probe(port=port):
        if time.monotonic() > end:
            raise TimeoutError("the service did not become ready")
        time.sleep(0.05)


def body(seed):
    """The default question with a seed of its own."""
    return json.dumps({**DEFAULT, "options": {"seed": seed}}).encode()


def ask(port, seed):
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/estimates", body(seed), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 200, text


def requests_per_second(port, start):
    """Throughput of one round of requests from several clients at once."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(lambda seed: ask(port, seed), range(start, start + REQUESTS)))
        return REQUESTS / (time.perf_counter() - began)


def overhead():
    """Print what HTTP, validation and serialisation add to the calculation."""
    answer = service.answer(DEFAULT)
    with serving(1) as port:
        seeds = iter(range(10**6))
        times = medians(
            {
                "request": lambda: ask(port, next(seeds)),
                "validation": lambda: service.load(service.read_json(body(next(seeds)))),
                "validation and calculation": lambda: service.answer(service.read_json(body(next(seeds)))),
                "serialisation": lambda: service.to_json_bytes(answer),
            },
            repeats=41,
            clock=time.perf_counter,
        )
    calculation = times["validation and calculation"] - times["validation"]
    share = 1 - calculation / times["request"]
    print("## A default request over HTTP\n\nOne worker, one client, medians of 41.\n")
    rows = [
        ["whole request, new connection", ms(times["request"]), "", ""],
        ["the calculation alone, in process", ms(calculation), "", ""],
        ["validation", ms(times["validation"]), "", ""],
        ["serialisation", ms(times["serialisation"]), "", ""],
        ["HTTP, validation, serialisation", ms(times["request"] - calculation), f"{share:.1%}", verdict(share, 0.15)],
    ]
    print(table(["part", "ms", "share", "bar"], rows))


def throughput():
    """Print the requests per second of one worker and of two."""
    with serving(1) as one, serving(2) as two:
        rates = {one: [], two: []}
        for port in rates:
            requests_per_second(port, 0)
        for turn in range(1, ROUNDS + 1):
            for port, measured in rates.items():
                measured.append(requests_per_second(port, turn * REQUESTS))
    single, double = (statistics.median(measured) for measured in rates.values())
    print(
        f"\n## Requests per second\n\n{CLIENTS} clients at once, medians of {ROUNDS} rounds of {REQUESTS} requests.\n"
    )
    rows = [
        ["1", f"{single:.1f}", "", ""],
        ["2", f"{double:.1f}", f"{double / single:.2f}", verdict(double / single, 1.7, at_most=False)],
    ]
    print(table(["workers", "requests/s", "ratio", "bar"], rows))


if __name__ == "__main__":
    overhead()
    throughput()
