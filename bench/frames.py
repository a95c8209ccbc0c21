"""A data frame through `estimates` against `detectapi batch` on the same rows, with two processes each.

`bench/frames.py` prints the table for 20,000 rows; `bench/frames.py 100000` takes another number.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from batch import idle_cores, of_all_processes
from measure import medians, table, verdict
from scenarios import MILLION

from detectapi.batch import grid

ROWS = 20_000
DRAWS, SEED, PROCESSES = 500, 7, 2
MEMORY_MIB = 150
"""Most memory that the process which asks may take beyond what it had before. [MiB]"""

SCRIPT = f"""
import sys
from pathlib import Path
import polars as pl
from detectapi import estimates
import detectapi.jobs.frames  # the code is no memory of the rows

def most_memory():  # KiB; of this program alone, where getrusage begins with that of its parent
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

frame = pl.read_parquet(sys.argv[1])
before = most_memory()
answers = estimates(frame, draws={DRAWS}, seed={SEED}, processes={PROCESSES})
print((most_memory() - before) / 1024)
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


def measured(call, spent):
    """Return a call that also notes what it took of all processors."""

    def noting():
        before = of_all_processes()
        call()
        spent.append(of_all_processes() - before)

    return noting


def main(count):
    """Print the table."""
    memory, spent = [], {"command": [], "frame": []}
    with tempfile.TemporaryDirectory() as folder:
        source, written, answered = (Path(folder) / f"{name}.parquet" for name in ("rows", "batch", "frame"))
        pl.DataFrame([row for _, row in grid.rows(grid.axes(MILLION), 0, count)]).write_parquet(source)
        calls = {"command": by_command(source, written), "frame": by_frame(source, answered, memory)}
        noting = {name: measured(call, spent[name]) for name, call in calls.items()}
        times = medians(noting, repeats=5, clock=time.perf_counter)
        same, frame = pq.read_table(written), pq.read_table(answered)
        assert frame["errors"].null_count == count
        assert same.equals(frame.drop_columns("errors").cast(same.schema)), "the numbers differ"
    work = {name: statistics.median(each[1:]) for name, each in spent.items()}
    ratio = times["command"] / times["frame"]
    print("## Data frames: `estimates` of a Polars frame\n")
    print(
        f"{count:,} rows, {DRAWS} draws, {PROCESSES} processes, from start to exit; medians of 5, taking turns. Columns and"
    )
    print(
        "numbers were the same. The workers give way to whatever else runs, so the clock needs two free cores; what it took"
    )
    print(f"of all processors together needs none. {idle_cores()}\n")
    words = {"command": "`detectapi batch`, Parquet to Parquet", "frame": "`estimates`, Polars to Polars"}
    said = {"command": ("1", ""), "frame": (f"{ratio:.2f} x", verdict(ratio, 0.9, False, " x"))}
    lines = [
        [words[name], f"{times[name]:.1f}", f"{work[name]:.1f}", f"{count / times[name]:,.0f}", *said[name]]
        for name in calls
    ]
    print(table(["", "clock, s", "processors, s", "rows/s", "to the command", "bar"], lines))
    print(f"\nMemory of the asking process, above that before it asked: {max(memory):.0f} MiB; ", end="")
    print(f"{verdict(max(memory), MEMORY_MIB, unit=' MiB')}.", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
