"""Two versions of detectapi side by side in one run: `bench/versions.py [REVISION]`, by default against 0.1.0.

Each version is a process of its own that imports its own code and its own benchmarks. The two take turns, so that a machine that
slows down slows both; trust the ratio.
"""

import io
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from measure import ms, table, verdict

ROOT = Path(__file__).parent.parent
BEFORE = "f198be0b7380"  # 0.1.0
ROUNDS = 11
SLOWER_AT_MOST = 1.05
WITH_SERIES = "a default estimate"
"""It has a series of all specimens, which 0.1.0 did not know, and so no bar against it; its single specimens have one."""

WORKER = """
import itertools, sys, tempfile, time
from unittest import mock
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/bench"]
import detectapi
assert detectapi.__file__.startswith(sys.argv[1]), detectapi.__file__
import batch, estimate, reference_problems as problems
from question import DEFAULT
from scenarios import GRID, unlike
people = problems.parameters(1000)
def windows(name):
    dose, count, _ = problems.PROBLEMS[name]
    schedule = problems.regular(dose, count)
    return lambda: problems.our_windows(people, schedule)
def without_series(call):
    recipe = getattr(estimate, "recipe", None)
    if not hasattr(recipe, "_readings"):
        return call
    def nothing(simulation, stages, *_):
        return None, list(stages)
    def asked():
        with mock.patch.object(recipe, "_readings", nothing):
            return call()
    return asked
folder = tempfile.mkdtemp()
calls = {
    "a default estimate": estimate.asking(DEFAULT),
    "its single specimens": without_series(estimate.asking(DEFAULT)),
    "windows A": windows("A"),
    "windows B": windows("B"),
    "grid, 1,000 rows": batch.answering(batch.COMMON, {"grid": batch.grid.axes(GRID), "start": 0, "stop": batch.ROWS}, folder),
    "unlike rows, 1,000": batch.answering(batch.INDEPENDENT, batch.written(unlike(batch.ROWS), folder), folder),
}
for line in sys.stdin:
    call = calls[line.strip()]
    start = time.process_time()
    call()
    print(time.process_time() - start, flush=True)
"""
QUESTIONS = (
    "a default estimate",
    "its single specimens",
    "windows A",
    "windows B",
    "grid, 1,000 rows",
    "unlike rows, 1,000",
)


class Version:
    """A process that times what it is asked for, with the code below one folder."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def seconds(self, question):
        """Processor time of one answer. [s]"""
        print(question, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def unpacked(revision, folder):
    """The files of a revision of this repository, in a folder."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main(revision=BEFORE):
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        versions = {"before": Version(unpacked(revision, Path(folder) / "before")), "now": Version(ROOT)}
        rows = []
        for question in QUESTIONS:
            times = {name: [] for name in versions}
            for turn in range(ROUNDS + 1):
                for name, version in versions.items():
                    time = version.seconds(question)
                    if turn:  # the first warms the caches
                        times[name].append(time)
            before, now = (statistics.median(times[name]) for name in ("before", "now"))
            bar = "" if question == WITH_SERIES else verdict(now / before, SLOWER_AT_MOST)
            rows.append([question, ms(before), ms(now), f"{now / before:.2f}", bar])
        for version in versions.values():
            version.process.stdin.close()
            version.process.wait()
    print("## Against the version before\n")
    print(f"0.1.0 and this version in one run, in turns; medians of {ROUNDS}, processor time.")
    print("0.1.0 knew single specimens only; this version also tells of a series of all specimens.\n")
    print(table(["", "before, ms", "now, ms", "ratio", "bar"], rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
