"""How long a cold start takes: the command as a whole process, against 0.1.0, and importing the library against importing numpy."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import medians, ms, table, verdict
from question import DEFAULT, as_json
from versions import BEFORE, ROOT, unpacked

REPEATS = 11
SLOWER_AT_MOST = 1.1
"""A cold start takes at most so much of one of 0.1.0."""


def process(environment, *arguments):
    """Return a call that runs a whole process to its end."""

    def call():
        result = subprocess.run([str(argument) for argument in arguments], capture_output=True, env=environment)
        assert result.returncode == 0, result.stderr.decode()

    return call


def processor_time():
    """Time of the processor that all processes of this one took so far. [s]"""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def with_code_of(folder, compiled):
    """The environment of a process that runs the code below a folder, compiled as an installed package is."""
    known = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return known | {"PYTHONPATH": str(folder), "PYTHONPYCACHEPREFIX": str(compiled)}


def against_before(folder, question):
    """Print the table of both versions in turns."""
    compiled = Path(folder) / "compiled"
    now, before = (with_code_of(one, compiled) for one in (ROOT, unpacked(BEFORE, Path(folder) / "before")))
    commands = {
        "`import detectapi`": (sys.executable, "-c", "import detectapi"),
        "`detectapi estimate`, a default question": (sys.executable, "-m", "detectapi", "estimate", question),
    }
    calls = {}
    for name, command in commands.items():
        calls |= {(name, "before"): process(before, *command), (name, "now"): process(now, *command)}
    times = medians(calls, repeats=REPEATS, clock=processor_time)
    rows = []
    for name in commands:
        ratio = times[name, "now"] / times[name, "before"]
        rows.append([name, *(ms(times[name, one]) for one in ("before", "now")), f"{ratio:.2f}"])
        rows[-1].append(verdict(ratio, SLOWER_AT_MOST))
    print("\nAgainst 0.1.0, in turns; processor time, with compiled files as an installed package has them.\n")
    print(table(["process", "before, ms", "now, ms", "ratio", "bar"], rows))


def main():
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        question = Path(folder) / "question.json"
        question.write_bytes(as_json(DEFAULT))
        here = with_code_of(ROOT, Path(folder) / "compiled")
        times = medians(
            {
                "python": process(here, sys.executable, "-c", "pass"),
                "numpy": process(here, sys.executable, "-c", "import numpy"),
                "detectapi": process(here, sys.executable, "-c", "import detectapi"),
                "estimate": process(here, sys.executable, "-m", "detectapi", "estimate", question),
            },
            repeats=REPEATS,
            clock=time.perf_counter,
        )
        rows = [
            ["`python -c pass`", ms(times["python"]), "", ""],
            ["`import numpy`", ms(times["numpy"]), "", ""],
            [
                "`import detectapi`",
                ms(times["detectapi"]),
                f"{times['detectapi'] / times['numpy']:.2f} x `import numpy`",
                verdict(times["detectapi"] / times["numpy"], 2),
            ],
            [
                "`detectapi estimate`, a default question",
                ms(times["estimate"]),
                "",
                verdict(times["estimate"], 0.8, unit=" s"),
            ],
        ]
        print(f"## Cold start\n\nWhole processes, files in the system's cache; medians of {REPEATS}.\n")
        print(table(["process", "ms", "ratio", "bar"], rows))
        against_before(folder, question)


if __name__ == "__main__":
    main()
