"""Many scenarios at once: rows per second against single requests and against what one would write oneself.

`bench/batch.py` prints the tables. `bench/batch.py --million` answers a table of 1,000,000 rows once, which takes some ten
minutes, and keeps what it measured in `million.md`; the tables repeat it with its date.
"""

import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from http_service import body, serving
from measure import medians, table, verdict
from reference_problems import parameters, peer_windows
from scenarios import GRID, unlike

from detectapi.batch import chunk, grid, rows
from detectapi.batch.options import Options

HERE = Path(__file__).parent
DRAWS = 500
ROWS = 1000
COMMON = Options(draws=DRAWS, seed=7)
INDEPENDENT = Options(draws=DRAWS, seed=7, sampling="independent")
ESTIMATES = 150


def per_second(value):
    """A rate for a table."""
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


# -- one core ---------------------------------------------------------------------------------------------------------


def answering(options, source, folder):
    """Return a call that answers a chunk as a worker does: rows in, a part of the result on the disk."""
    place = str(Path(folder) / f"{options.sampling}{len(str(source))}")
    task = {"options": options.to_dict(), "source": source, "part": f"{place}.parquet", "errors": f"{place}.ndjson"}

    def call():
        assert chunk.compute(task)["rows"] == ROWS

    return call


def written(table_rows, folder):
    """A chunk's file of rows, as the planner writes it."""
    place = Path(folder) / "rows"
    lines = (json.dumps({"n": number, "row": row}) for number, row in enumerate(table_rows, 1))
    place.write_text("\n".join(lines), encoding="utf-8")
    return {"file": str(place)}


def requests_of_grid(axes):
    """Bodies of requests for rows spread over the grid, without end."""
    total, number = grid.size(axes), 0
    while True:
        number = (number + 7919) % total
        ((_, row),) = grid.rows(axes, number, number + 1)
        question = rows._nested(rows._joined(row, []))
        yield json.dumps({**question, "options": {"draws": DRAWS, "seed": COMMON.seed}}).encode()


def keep_asking(port):
    """Return a function that sends requests on one connection, which the server closes when nothing comes for a while."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(content):
        try:
            connection.request("POST", "/v1/estimates", content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
        except ConnectionError:
            connection.close()
            return ask(content)
        text = answer.read()
        assert answer.status == 200, text
        return text

    return ask


def by_solver():
    """One row as a loop over numbalsoda answers it: 500 people, one dose, two weeks by the hour, quantiles of the last crossing."""
    last = peer_windows(parameters(DRAWS, seed=2), 50.0, 1, 336)
    return np.quantile(last[1], (0.05, 0.5, 0.95))


def by_formula(count):
    """Rows as a loop over the half-life formula answers them: 500 half-lives each, quantiles of the time to the cutoff."""
    source = np.random.default_rng(1)
    for _ in range(count):
        half_life = 5.0 * np.exp(0.3 * source.standard_normal(DRAWS))
        concentration = 2000.0 * np.exp(0.5 * source.standard_normal(DRAWS))
        np.quantile(half_life * np.log2(concentration / 50.0), (0.05, 0.5, 0.95))


def one_core():
    """Print rows per second of one core, beside single requests and peers."""
    axes = grid.axes(GRID)
    print(f"## Batches: one core, {DRAWS} draws, one analyte\n", flush=True)
    with tempfile.TemporaryDirectory() as folder, serving(1) as port:
        ask, requests = keep_asking(port), requests_of_grid(axes)
        on_grid = answering(COMMON, {"grid": axes, "start": 0, "stop": ROWS}, folder)
        different = answering(INDEPENDENT, written(unlike(ROWS), folder), folder)
        times = medians(
            {
                "http": lambda: [ask(next(requests)) for _ in range(20)],
                "grid": on_grid,
                "unlike": different,
                "solver": by_solver,
                "formula": lambda: by_formula(500),
            },
            repeats=9,
            clock=time.perf_counter,
        )
        spent = medians({"grid": on_grid, "unlike": different}, repeats=9)
    rate = {
        "http": 20 / times["http"], "grid": ROWS / times["grid"], "unlike": ROWS / times["unlike"],
        "solver": 1 / times["solver"], "formula": 500 / times["formula"],
    }  # fmt: skip
    grid_rate, unlike_rate = (ROWS / spent[name] for name in ("grid", "unlike"))
    ratio = rate["grid"] / rate["http"]
    lines = [
        ["single requests, one worker, connection kept", per_second(rate["http"]), "1", ""],
        ["batch, the same grid", per_second(rate["grid"]), f"{ratio:.1f} x", verdict(ratio, 10, False, " x")],
        ["numbalsoda in a loop, one dose", per_second(rate["solver"]), f"{rate['solver'] / rate['http']:.2f} x",
         f"batch: {rate['grid'] / rate['solver']:.0f} x as fast"],
        ["half-life formula in a loop", per_second(rate["formula"]), f"{rate['formula'] / rate['http']:.0f} x",
         "for scale: no people, no metabolites"],
        ["grid over dose, eGFR, pH, hydration, cutoff; of the processor", per_second(grid_rate), "",
         verdict(grid_rate, 1000, False, " rows/s")],
        ["rows that share nothing, a seed each; of the processor", per_second(unlike_rate), "",
         verdict(unlike_rate, 400, False, " rows/s")],
    ]  # fmt: skip
    print("Rows in, a part of the result on the disk; chunks of 1,000 rows; medians of 9, taking turns.")
    print(
        "The first four by the clock, since a server is a process of its own; the last two in time of the processor.\n"
    )
    print(table(["", "rows/s", "to single requests", "bar"], lines), flush=True)


# -- several processes ------------------------------------------------------------------------------------------------


def two_processes():
    """Print how much faster a whole job is with two processes."""
    spent = {1: [], 2: []}
    longer = {**GRID, "amount_mg": {"from": 20, "to": 110, "step": 1.25}}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "grid.json"
        source.write_text(json.dumps(longer), encoding="utf-8")

        def job(workers):
            # The command, since a process that is spawned here would first import all that this benchmark does.
            line = [sys.executable, "-m", "detectapi", "batch", source, "-o", Path(folder) / f"{workers}.parquet"]
            line += ["--draws", DRAWS, "--seed", 7, "--chunk-rows", 500, "--workers", workers]
            before = of_all_processes()
            subprocess.run(list(map(str, line)), check=True, stderr=subprocess.DEVNULL)
            spent[workers].append(of_all_processes() - before)

        times = medians({n: lambda n=n: job(n) for n in spent}, repeats=5, clock=time.perf_counter)
    total, work = grid.size(grid.axes(longer)), {n: statistics.median(each[1:]) for n, each in spent.items()}
    gain = times[1] / times[2]
    lines = [
        ["1", f"{times[1]:.1f}", f"{work[1]:.1f}", per_second(total / times[1]), "", ""],
        ["2", f"{times[2]:.1f}", f"{work[2]:.1f}", per_second(total / times[2]), f"{gain:.2f} x",
         verdict(gain, 1.8, False, " x")],
    ]  # fmt: skip
    print("\n### Two processes\n")
    print(
        f"The whole command for {total:,} rows, from start to exit; medians of 5. The workers give way to whatever else"
    )
    print(
        f"runs, so the clock needs two free cores; what it took of all processors together needs none. {idle_cores()}\n"
    )
    print(table(["processes", "clock, s", "processors, s", "rows/s", "ratio", "bar"], lines), flush=True)


def of_all_processes():
    """Time of the processor that this process and those it has waited for have taken. [s]"""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def idle_cores():
    """How many cores nobody used for a second after the measurement, in words."""

    def idle():
        return int(Path("/proc/stat").read_text().split()[4]) / os.sysconf("SC_CLK_TCK")

    before, began = idle(), time.monotonic()
    time.sleep(1.0)
    return f"Idle cores right after: {(idle() - before) / (time.monotonic() - began):.1f} of {os.cpu_count()}."


def beside_estimates():
    """Print what a batch does to the estimates of others."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DETECTAPI_JOBS": folder, "DETECTAPI_ANONYMOUS_JOBS": "1", "DETECTAPI_BATCH_WORKERS": ""}
        with serving(1, **settings) as port:
            ask = keep_asking(port)
            for seed in range(20):
                ask(body(seed))
            idle = p95(ask, 1000)
            job = submit(port)
            wait_until_running(port, job)
            busy = p95(ask, 2000)
            assert state(port, job)["state"] == "running", "the batch was too short to measure beside"
            done = state(port, job)["progress"]["rows_done"]
            cancel(port, job)
    ratio = busy / idle
    lines = [
        ["nothing else", f"{1e3 * idle:.0f}", "", ""],
        ["a batch on every core", f"{1e3 * busy:.0f}", f"{ratio:.2f} x", verdict(ratio, 2, unit=" x")],
    ]
    print("\n### Estimates while a batch runs\n")
    print(f"p95 of {ESTIMATES} default estimates (2,000 draws, three analytes), one after the other, of a server")
    print(
        f"that also computes a job with as many workers as cores ({os.cpu_count()}); it did {done:,} rows meanwhile.\n"
    )
    print(table(["beside", "p95, ms", "ratio", "bar"], lines), flush=True)


def p95(ask, first_seed):
    """95th percentile of the time of estimates with seeds of their own. [s]"""
    times = []
    for seed in range(first_seed, first_seed + ESTIMATES):
        began = time.perf_counter()
        ask(body(seed))
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=20)[-1]


def call(port, method, path, content=None):
    """An answer of the jobs interface."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, content and json.dumps(content), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status < 300, text
    return json.loads(text) if text else None


def submit(port):
    """Hand in a job that outlasts the measurement."""
    axes = {**GRID, "amount_mg": {"from": 1, "to": 200, "step": 1}, "urine_ph": {"from": 5, "to": 8, "step": 0.1}}
    return call(port, "POST", "/v1/jobs", {"grid": axes, "draws": 2000})["id"]


def state(port, job):
    """The status of a job."""
    return call(port, "GET", f"/v1/jobs/{job}")


def wait_until_running(port, job):
    """Return when the first rows are done."""
    end = time.monotonic() + 120
    while not state(port, job)["progress"]["rows_done"]:
        assert time.monotonic() < end, "the job does not begin"
        time.sleep(0.2)


def cancel(port, job):
    """End a job."""
    call(port, "POST", f"/v1/jobs/{job}/cancel")


def main():
    """Print the tables."""
    one_core()
    two_processes()
    beside_estimates()
    print("\n### A million rows\n")
    print((HERE / "million.md").read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    if "--million" in sys.argv[1:]:
        import million

        million.main()
    else:
        main()
