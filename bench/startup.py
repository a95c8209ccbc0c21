"""How long a cold start takes: the command as a whole process, and importing the library against importing numpy."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import medians, ms, table, verdict
from question import DEFAULT, as_json


def process(*arguments):
    """Return a call that runs a whole process to its end."""

    def call():
        result = subprocess.run([str(argument) for argument in arguments], capture_output=True)
        assert result.returncode == 0, result.stderr.decode()

    return call


def main():
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        question = Path(folder) / "question.json"
        question.write_bytes(as_json(DEFAULT))
        times = medians(
            {
                "python": process(sys.executable, "-c", "pass"),
                "numpy": process(sys.executable, "-c", "import numpy"),
                "detectapi": process(sys.executable, "-c", "import detectapi"),
                "estimate": process(sys.executable, "-m", "detectapi", "estimate", question),
            },
            repeats=11,
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
    print("## Cold start\n\nWhole processes, files in the system's cache; medians of 11.\n")
    print(table(["process", "ms", "ratio", "bar"], rows))


if __name__ == "__main__":
    main()
