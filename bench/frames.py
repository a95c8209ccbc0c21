"""A data frame through `estimates` against `detectapi batch` on the same rows, with two processes each.

`bench/frames.py` prints the table for 20,000 rows; `bench/frames.py 100000` takes another number.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from measure import medians, table, verdict
from scenarios import MILLION

from detectapi.batch import grid

ROWS = 20_000
DRAWS, SEED, PROCESSES = 500, 7, 2
MEMORY_MIB = 150
"""Most memory that 100,000 rows may take in the process that asks, beyond what its imports take. [MiB]"""

SCRIPT = f"""
import resource, sys
import polars as pl
from detectapi import estimates

frame = pl.read_parquet(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
answers = estimates(frame, draws={DRAWS}, seed={SEED}, processes={PROCESSES})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
answers.write_parquet(sys.argv[2])
"""


def by_command(source, output):
    """Return a call that answers the file by the command, from start to exit."""
    line = [sys.executable, "-m", "detectapi", "batch", source, "-o", output]
    line += ["--draws", DRAWS, "--seed", SEED, "--workers", PROCESSES]
    return lambda: subprocess.run(list(map(str, line)), check=True, stderr=subprocess.DEVNULL)


def by_frame(source, output, memory):
    """Return a call that answers the same rows as a Polars frame in a script, from start to exit."""

    def call():
        line = [sys.executable, "-c", SCRIPT, source, output]
        run = subprocess.run(line, check=True, capture_output=True, text=True)
        memory.append(float(run.stdout))

    return call


def main(count):
    """Print the table."""
    memory = []
    with tempfile.TemporaryDirectory() as folder:
        source, written, answered = (Path(folder) / f"{name}.parquet" for name in ("rows", "batch", "frame"))
        pl.DataFrame([row for _, row in grid.rows(grid.axes(MILLION), 0, count)]).write_parquet(source)
        calls = {"command": by_command(source, written), "frame": by_frame(source, answered, memory)}
        times = medians(calls, repeats=5, clock=time.perf_counter)
        same = pq.read_table(written)
        frame = pq.read_table(answered)
        assert frame["errors"].null_count == count
        assert same.equals(frame.drop_columns("errors").cast(same.schema)), "the numbers differ"
    ratio = times["command"] / times["frame"]
    print("## Data frames: `estimates` of a Polars frame\n")
    print(
        f"{count:,} rows, {DRAWS} draws, {PROCESSES} processes, from start to exit; medians of 5, taking turns. The columns and"
    )
    print("numbers were the same. Memory: how far the peak of the asking process rises while it asks.\n")
    lines = [
        ["`detectapi batch`, Parquet to Parquet", f"{count / times['command']:,.0f}", "1", ""],
        ["`estimates`, Polars to Polars", f"{count / times['frame']:,.0f}", f"{ratio:.2f} x", verdict(ratio, 0.9, False, " x")],
    ]  # fmt: skip
    print(table(["", "rows/s", "to the command", "bar"], lines))
    print(f"\nMemory: {max(memory):.0f} MiB; {verdict(max(memory), MEMORY_MIB, unit=' MiB')}.", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
