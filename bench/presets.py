"""Answers that hold nothing of a person against fresh estimates: requests per second of the same two workers, on loopback.

Server and client share the machine's cores, so the rate of what is kept is that of both together. Every fresh estimate has its
own seed, and every fresh fragment its own amount, so that nothing of them can be answered from memory.
"""

import http.client
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from http_service import CLIENTS, ROUNDS, body, serving
from measure import table, verdict

from detectapi.web.page.choices import presets

FRESH, KEPT = 32, 400  # requests in a round
AT_LEAST = 25.0
JSON = {"Content-Type": "application/json"}


def estimate(number):
    """A default question with a seed of its own."""
    return "POST", "/v1/estimates", body(number), JSON


def fragment(number):
    """A fragment with an amount of its own."""
    return "GET", f"/embed?substance=ketamine&route=oral&amount={100 + number}", None, {}


def preset_question(_number):
    """A worked example as JSON."""
    return "POST", "/v1/estimates", json.dumps(presets()[1]["request"]).encode(), JSON


def preset_page(_number):
    """The page of a worked example."""
    return "GET", "/?preset=six-infusions", None, {}


def preset_fragment(_number):
    """The fragment of a worked example."""
    return "GET", "/embed?preset=six-infusions", None, {}


def use_fragment(_number):
    """The fragment of a use that was asked for before."""
    return "GET", "/embed?substance=ketamine&route=oral&amount=50", None, {}


def education(_number):
    """What there is to read about a substance."""
    return "GET", "/embed?education=ketamine", None, {}


CASES = {
    "a fresh estimate": (estimate, FRESH),
    "a fresh fragment": (fragment, FRESH),
    "a worked example: the estimate as JSON": (preset_question, KEPT),
    "a worked example: the page": (preset_page, KEPT),
    "a worked example: the fragment": (preset_fragment, KEPT),
    "a use that was asked for before: the fragment": (use_fragment, KEPT),
    "what there is to read: the fragment": (education, KEPT),
}


def ask(port, method, path, content, headers):
    """One request, on a connection of its own; who is turned away asks again."""
    status = 503
    while status == 503:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        status, text = answer.status, answer.read()
        connection.close()
    assert status == 200, text


def requests_per_second(port, make, first, count):
    """Throughput of one round of requests from several clients at once."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(lambda number: ask(port, *make(number)), range(first, first + count)))
        return count / (time.perf_counter() - began)


def row(name, rate, ratio):
    """A line of the table."""
    bar = verdict(ratio, AT_LEAST, at_most=False) if CASES[name][1] == KEPT else ""
    return [name, f"{rate:.1f}", f"{ratio:.1f} x", bar]


def main():
    """Print the rates, each beside that of a fresh estimate."""
    rates = {name: [] for name in CASES}
    with serving(2) as port:
        for make, _ in CASES.values():
            requests_per_second(port, make, 0, 4 * CLIENTS)  # both workers have loaded and kept what they will
        for turn in range(1, ROUNDS + 1):
            for name, (make, count) in CASES.items():
                rates[name].append(requests_per_second(port, make, 1000 * turn, count))
    middle = {name: statistics.median(measured) for name, measured in rates.items()}
    fresh = middle["a fresh estimate"]
    rows = [row(name, rate, rate / fresh) for name, rate in middle.items()]
    print(
        f"## Answers that hold nothing of a person\n\nTwo workers, {CLIENTS} clients at once, each request on a connection of"
        f" its own,\nmedians of {ROUNDS} rounds of {FRESH} fresh requests and {KEPT} kept ones, which took turns.\n"
    )
    print(table(["request", "requests/s", "of a fresh estimate", "bar"], rows))


if __name__ == "__main__":
    main()
