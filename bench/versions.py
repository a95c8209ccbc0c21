"""Two versions of detectapi side by side in one run: `bench/versions.py [REVISION]`, by default against 0.1.0.

Each version is a process of its own that imports its own code and its own benchmarks. The two take turns, so that a machine that
slows down slows both; trust the ratio. Several pairs of processes are timed.
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
PAIRS, TURNS = 7, 3
"""Two processes with the same code differ by some per cent, for as long as they live: so several pairs, with few turns each."""
TURN_S = 0.4
"""A turn repeats a short question for so long: single answers of a few milliseconds differ by a tenth. [s]"""
SLOWER_AT_MOST = 1.05
WITH_SERIES = "a default estimate"
"""It has a series of all specimens, which 0.1.0 did not know, and so no bar against it; its single specimens have one."""

WORKER = """
import itertools, sys, tempfile, time
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
    readings = recipe._readings
    def asked():  # by hand: a mock takes part of a millisecond
        recipe._readings = nothing
        try:
            return call()
        finally:
            recipe._readings = readings
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
    question, repeats = line.strip().split("; ")
    call = calls[question]
    start = time.process_time()
    for _ in range(int(repeats)):
        call()
    print((time.process_time() - start) / int(repeats), flush=True)
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

    def seconds(self, question, repeats=1):
        """Processor time of one answer, as the mean of some. [s]"""
        print(f"{question}; {repeats}", file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def unpacked(revision, folder):
    """The files of a revision of this repository, in a folder."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main(revision=BEFORE):
    """Print the table."""
    times = {question: {"before": [], "now": []} for question in QUESTIONS}
    with tempfile.TemporaryDirectory() as folder:
        folders = {"before": unpacked(revision, Path(folder) / "before"), "now": ROOT}
        for _ in range(PAIRS):
            versions = {name: Version(place) for name, place in folders.items()}
            for question, own in times.items():
                in_turns(versions, question, own)
            for version in versions.values():
                version.process.stdin.close()
                version.process.wait()
    rows = []
    for question, own in times.items():
        ratios = [now / before for before, now in zip(own["before"], own["now"], strict=True)]
        low, ratio, high = statistics.quantiles(ratios, n=4)
        bar = "" if question == WITH_SERIES else verdict(ratio, SLOWER_AT_MOST)
        middles = [ms(statistics.median(own[name])) for name in ("before", "now")]
        rows.append([question, *middles, f"{ratio:.2f}", f"{low:.2f} to {high:.2f}", bar])
    print("## Against the version before\n")
    print(
        f"0.1.0 and this version in one run: {PAIRS} pairs of processes, {TURNS} turns of {TURN_S:g} s and more each."
    )
    print("Processor time. Medians, and the quartiles of the ratio of a turn.")
    print("0.1.0 knew single specimens only; this version also tells of a series of all specimens.\n")
    print(table(["", "before, ms", "now, ms", "ratio", "half of the turns", "bar"], rows))


def in_turns(versions, question, times):
    """Time a question in both versions by turns, and add what it takes to the times of each."""
    first = [version.seconds(question) for version in versions.values()]  # the caches are warm after it
    repeats = max(1, round(TURN_S / min(first)))
    for turn in range(TURNS):
        for name in list(versions)[:: 1 if turn % 2 else -1]:  # neither version is always the first
            times[name].append(versions[name].seconds(question, repeats))


if __name__ == "__main__":
    main(*sys.argv[1:])
