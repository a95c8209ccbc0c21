"""A table of 1,000,000 rows, NDJSON in and Parquet out, by the command as anybody would type it: its time and its memory."""

import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
from measure import table, verdict
from scenarios import MILLION

from detectapi.batch import grid

TOTAL = 1_000_000
DRAWS = 100
KEPT = Path(__file__).parent / "million.md"
EVERY_S = 0.1


def write_rows(path):
    """The table: each row a line."""
    axes = grid.axes(MILLION)
    assert grid.size(axes) == TOTAL
    with open(path, "w", encoding="utf-8") as file:
        for number, row in grid.rows(axes, 0, TOTAL):
            file.write(json.dumps({"id": f"row-{number}", **row}) + "\n")


def tree_of(root):
    """Process ids of a process and all below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit():
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    processes, size = {root}, 0
    while len(processes) > size:
        size = len(processes)
        processes |= {pid for pid, parent in parents.items() if parent in processes}
    return processes


def memory_of(pid):
    """Memory of a process, what it shares with others counted in full. [bytes]"""
    with suppress(OSError, IndexError, ValueError):
        return 4096 * int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0


def watched(command, folder):
    """Run a command; seconds, peak of the memory of its whole tree of processes and of the largest one. [s, bytes, bytes]"""
    began, peak, largest = time.perf_counter(), 0, 0
    with open(Path(folder) / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stderr=log)
        while process.poll() is None:
            each = [memory_of(pid) for pid in tree_of(process.pid)]
            peak, largest = max(peak, sum(each)), max(largest, *each, 0)
            time.sleep(EVERY_S)
    assert process.returncode == 0, (Path(folder) / "log").read_text()
    return time.perf_counter() - began, peak, largest


def main():
    """Measure, print and keep."""
    with tempfile.TemporaryDirectory() as folder:
        rows, results = Path(folder) / "rows.ndjson", Path(folder) / "results.parquet"
        write_rows(rows)
        arguments = ["batch", rows.name, "-o", results.name, "--seed", "7", "--draws", str(DRAWS), "--workers", "2"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds, peak, largest = watched([sys.executable, "-m", "detectapi", *arguments], folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert pq.ParquetFile(results).metadata.num_rows == TOTAL
        size_in, size_out = rows.stat().st_size, results.stat().st_size
    lines = [
        ["rows in, NDJSON", f"{TOTAL:,}, {size_in / 1e6:.0f} MB", ""],
        ["rows out, Parquet", f"{TOTAL:,}, {size_out / 1e6:.0f} MB", ""],
        ["time, two processes", f"{seconds:.0f} s, {TOTAL / seconds:,.0f} rows/s", ""],
        ["of all processors together", f"{work:.0f} s, {1e3 * work / TOTAL:.2f} ms a row", ""],
        ["largest process", f"{largest / 2**20:.0f} MiB", ""],
        ["all processes together, at their most", f"{peak / 2**20:.0f} MiB", verdict(peak / 2**20, 1024, unit=" MiB")],
    ]
    text = (
        f"Measured {datetime.datetime.now(datetime.UTC):%Y-%m-%d} by `bench/batch.py --million`:\n"
        f"`detectapi {' '.join(arguments)}`, the fewest draws there are;\n"
        f"resident memory of the command and its workers, read every {EVERY_S:g} s, shared pages counted in each.\n\n"
        + table(["", "", "bar"], lines)
    )
    KEPT.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
