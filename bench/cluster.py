"""What a chunk costs besides its rows: jobs of chunks with no work in them, here and on a real Dask cluster of two workers."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import seconds, table
from scenarios import GRID, unlike

from detectapi.batch import chunk, grid
from detectapi.batch import table as results
from detectapi.batch.options import Options
from detectapi.jobs import local, planner

CHUNKS = 400
ROWS = 6000


def free_port():
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def cluster(folder, workers=2):
    """A scheduler and workers of one thread, each a process of its own, as their commands start them; yields the address."""
    address = f"127.0.0.1:{free_port()}"
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    commands = [["dask_scheduler", *options, "--port", address.partition(":")[2], "--no-show"]]
    commands += [["dask_worker", f"tcp://{address}", *options, "--nthreads", "1", "--no-nanny"]] * workers
    with open(Path(folder) / "log", "wb") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{name}", *arguments], cwd=folder, stdout=log, stderr=log
            )
            for name, *arguments in commands
        ]
        try:
            wait_for_workers(address, workers)
            yield address
        finally:
            for process in processes:
                process.kill()
                process.wait()


def wait_for_workers(address, workers):
    """Return when the workers have come."""
    from distributed import Client

    end = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), Client(f"tcp://{address}", timeout="5s", set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=30)
            client.submit(os.getpid).result(timeout=30)
            return
        assert time.monotonic() < end, "the scheduler does not answer"


def seconds_of(folder, name, rows, options, **how):
    """A job's time by the clock, from the first chunk handed out to the last one recorded; and the coordinator's of it."""
    source, output = Path(folder) / f"{name}.ndjson", Path(folder) / f"{name}.parquet"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    batch = local.Batch(source, output, options)
    with batch.opened():
        began = {}

        def tick(job):
            if job["chunks_total"] is not None and not began:
                began["clock"], began["processor"] = time.perf_counter(), time.process_time()

        job = batch.run(tick=tick, **how)
        spent = time.perf_counter() - began["clock"], time.process_time() - began["processor"]
        if job["state"] == "failed":  # no row can be answered; every chunk was computed and recorded before
            assert job["problem"]["code"] == "bad-rows", job
        else:
            batch.finish(job)
        return *spent, job


def empty_row(number):
    """A row that is refused at once: reading it is all there is to do."""
    return {"id": f"r{number}", "substance": "nothing"}


def main():
    """Measure and print."""
    empty, full = [empty_row(i) for i in range(CHUNKS)], [row for _, row in rows_of_grid()]
    nothing, work = Options(draws=100, chunk_rows=1), Options(draws=500, chunk_rows=500)
    with tempfile.TemporaryDirectory() as folder, cluster(folder) as address:
        ways = {
            "in this process": {"executor": "inline"},
            "two local processes": {"executor": "local", "workers": 2},
            "Dask, two workers": {"executor": f"dask://{address}"},
        }
        lines = []
        for number, (name, how) in enumerate(ways.items()):
            each = [seconds_of(folder, f"e{number}{turn}", empty, nothing, **how) for turn in range(6)]
            wall, coordinator, _ = sorted(each[1:])[2]
            whole = sorted(seconds_of(folder, f"f{number}{turn}", full, work, **how)[0] for turn in range(3))[1]
            lines.append(
                [name, f"{1e3 * wall / CHUNKS:.1f}", f"{1e3 * coordinator / CHUNKS:.1f}", f"{len(full) / whole:,.0f}"]
            )
        size = bytes_per_row(folder)
        cutting, joining = serial_parts(folder)
    print("## What a chunk costs besides its rows\n")
    print(
        f"Jobs of {CHUNKS} chunks of one row that is refused at once, each part written, synced, renamed and recorded: medians of"
    )
    print(
        f"5 by the clock. Beside it jobs of {len(full):,} rows of the grid at 500 draws in chunks of 500: medians of 3.\n"
    )
    print(table(["", "ms per empty chunk", "of it the coordinator's processor, ms", "rows/s with work in them"], lines))
    print(
        f"\nA row takes {size:.1f} bytes of Parquet: five figures, five probabilities, id, grade and notes, nothing shared."
    )
    print(
        f"Reading a table and cutting it into chunks takes the coordinator {1e6 * cutting:.0f} us of the processor a row (a grid"
    )
    print(f"is not read), and joining the parts at the end {1e6 * joining:.1f} us a row.")


def serial_parts(folder):
    """Time of the coordinator's processor for reading a table of rows and cutting it, and for joining the parts. [s per row]"""
    count, parts = 20_000, 100
    source = {"file": str(Path(folder) / "cut.ndjson"), "format": "ndjson"}
    Path(source["file"]).write_text("".join(json.dumps(row) + "\n" for row in unlike(count)), encoding="utf-8")
    options = Options(draws=100)
    cutting = seconds(lambda: planner.cut(source, options, str(Path(folder) / "cut"))) / count
    part, rows = str(Path(folder) / "one.parquet"), 1000
    task = {"options": options.to_dict(), "part": part, "errors": f"{part}.errors"}
    result = chunk.compute({**task, "source": {"file": str(Path(folder) / "cut" / "rows" / "000000.ndjson")}})
    whole = str(Path(folder) / "whole.parquet")

    def join():
        table_parts = results.read_parts([(part, result["sha256"])] * parts)
        results.write_whole(table_parts, options, {}, "parquet", whole)

    return cutting, seconds(join) / (parts * rows)


def rows_of_grid():
    """Rows of the grid, with their numbers."""
    return grid.rows(grid.axes(GRID), 0, ROWS)


def bytes_per_row(folder):
    """Size of a finished Parquet file over its rows."""
    _, _, job = seconds_of(folder, "sized", unlike(2000), Options(draws=100), executor="inline")
    return (Path(folder) / "sized.parquet").stat().st_size / job["rows_total"]


if __name__ == "__main__":
    main()
