"""Change the code on purpose and see whether the tests notice: `make mutants`.

mutmut makes thousands of small changes (mutants) in the rooms below. A sample of them, always the same for the same code, is
tried against the fast tests of its room. A mutant that no test notices has survived. Either a test is missing, or the changed
code does the same; `tools/mutants.toml` says which, for each survivor.

The result is written to docs/mutants.md. The command fails when fewer than 90 % of a room's mutants were killed or judged to be
equivalent. All of it happens in a temporary copy of the project, so no mutant can be left in the working tree.

    python tools/mutants.py [ROOM ...] [--sample N] [--patience FACTOR] [--keep FOLDER]
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "mutants.md"
JUDGED = ROOT / "tools" / "mutants.toml"
SEED = 1
PROCESSES = 2
NEEDED = 0.9
KILLED = ("killed", "timeout", "segfault")


@dataclass(frozen=True)
class Room:
    """A folder whose code is changed, the tests that have to notice, and how many mutants are tried.

    With `on_import`, code of the room runs while it is imported. mutmut changes the code after the import, so a survivor is tried
    once more in a process that starts with the change.
    """

    folder: str
    tests: tuple[str, ...]
    sample: int
    on_import: bool = False


ROOMS = {
    "exponentials": Room("detectapi/exponentials", ("tests/exponentials",), 110),
    "model": Room("detectapi/model", ("tests/model",), 110),
    "inputs": Room("detectapi/inputs", ("tests/inputs", "tests/schemas"), 60, on_import=True),
}


@dataclass(frozen=True)
class Mutant:
    """A mutant that was tried: its function, whether it was killed, and the lines it changed."""

    where: str
    status: str
    before: str = ""
    after: str = ""

    @property
    def key(self):
        """What stays the same when other code of the project changes."""
        return self.where, self.before, self.after


def copy_project(folder):
    """Copy the files that git knows, as they are now."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def configure(folder, room, patience):
    """Write the settings of mutmut into the copy."""
    settings = {
        "source_paths": ["detectapi", "schemas"],
        "only_mutate": [f"{room.folder}/*"],
        "also_copy": ["README.md", "bench", "docs", "tools", "wsgi.py"],
        "pytest_add_cli_args_test_selection": list(room.tests),
        "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        # Workers begin before any test has run: what a test has cached would hide a mutant.
        "process_isolation": "forkserver",
        "track_dependencies": "false",
        "use_git_change_detection": "false",
        # A worker is stopped after (seconds of its tests + constant) * multiplier.
        "timeout_constant": "60.0",
        "timeout_multiplier": str(patience),
    }
    lines = ["[mutmut]"]
    for name, value in settings.items():
        lines.append(
            f"{name} =" + (f" {value}" if isinstance(value, str) else "".join(f"\n    {one}" for one in value))
        )
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def mutmut(folder, *arguments, check=True):
    """What mutmut prints."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    done = subprocess.run(  # noqa: S603 - our own tool
        [sys.executable, "-P", "-c", "from mutmut.__main__ import cli; cli()", *arguments],
        cwd=folder, env=os.environ | threads, capture_output=True, text=True,
    )  # fmt: skip
    if check and done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return done.stdout


def statuses(folder):
    """Status of each mutant by its name."""
    lines = mutmut(folder, "results", "--all", "True").splitlines()
    return dict(line.strip().rsplit(": ", 1) for line in lines if "__mutmut_" in line)


def sampled(names, count):
    """A sample in which a mutant keeps its place whatever other mutants there are."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{SEED}:{name}".encode()).hexdigest())[:count]


def describe(folder, name, status):
    """A mutant with its lines; those of a killed one do not matter."""
    module, _, function = name.rpartition("__mutmut_")[0].rpartition(".")
    where = f"{module.removeprefix('detectapi.')}.{function.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"
    if status in KILLED:
        return Mutant(where, status)
    diff = mutmut(folder, "show", name).splitlines()
    before, after = (
        " ".join(line[1:].strip() for line in diff if line.startswith(sign) and not line.startswith(sign * 3))
        for sign in "-+"
    )
    return Mutant(where, status, before, after)


def try_room(room, folder, patience):
    """Mutants of a room that were tried, and how many there are."""
    copy_project(folder)
    configure(folder, room, patience)
    # A name that no mutant has: mutmut makes the mutants, runs the tests once, and stops.
    mutmut(folder, "run", "--max-children", str(PROCESSES), "none", check=False)
    names = list(statuses(folder))
    if not names:
        sys.exit(f"mutmut made no mutants of {room.folder}")
    chosen = sampled(names, room.sample)
    mutmut(folder, "run", "--max-children", str(PROCESSES), *chosen)
    result = statuses(folder)
    if room.on_import:
        survivors = [name for name in chosen if result[name] not in KILLED]
        with ThreadPoolExecutor(PROCESSES) as pool:
            result |= zip(
                survivors, pool.map(lambda name: try_from_the_start(room, folder, name), survivors), strict=True
            )
    return [describe(folder, name, result[name]) for name in chosen], len(names)


def try_from_the_start(room, folder, name):
    """Status of a mutant after the tests of its room in a process of their own, which imports the changed code."""
    tests = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *room.tests]
    done = subprocess.run(  # noqa: S603 - our own tests
        tests, cwd=folder / "mutants", env=os.environ | {"MUTANT_UNDER_TEST": name}, capture_output=True
    )
    return "survived" if done.returncode == 0 else "killed"


def judgements():
    """Reason by mutant, of the survivors that were judged to do the same as the code."""
    with JUDGED.open("rb") as file:
        entries = tomllib.load(file)["equivalent"]
    return {(entry["where"], entry["before"], entry["after"]): entry["reason"] for entry in entries}


def report(results, minutes):
    """The text of docs/mutants.md, and whether every room has enough."""
    reasons, enough = judgements(), True
    lines = [INTRODUCTION.format(version=version("mutmut"), seed=SEED, needed=NEEDED, minutes=minutes)]
    lines += [
        "| room | mutants | tried | killed | of these by time-out | survived | judged equivalent | killed or equivalent |"
    ]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for name, (mutants, total) in results.items():
        count = Counter(mutant.status for mutant in mutants)
        killed = sum(count[status] for status in KILLED)
        equivalent = sum(mutant.key in reasons for mutant in mutants)
        share = (killed + equivalent) / len(mutants)
        enough &= share >= NEEDED
        lines.append(
            f"| `{name}` | {total:,} | {len(mutants)} | {killed} | {count['timeout']} | {len(mutants) - killed} "
            f"| {equivalent} | {100 * share:.1f} % |"
        )
    lines += ["", "## Survivors", "", "| where | code | mutant | judgement |", "|---|---|---|---|"]
    for mutants, _ in results.values():
        for mutant in sorted((m for m in mutants if m.status not in KILLED), key=lambda m: m.key):
            cells = (code(mutant.where), code(mutant.before), code(mutant.after))
            lines.append(f"| {' | '.join(cells)} | {reasons.get(mutant.key, 'not judged: a test is missing')} |")
    return "\n".join(lines) + "\n", enough


INTRODUCTION = """---
orphan: true
---

# Mutants

This page is written by `make mutants` (mutmut {version}, seed {seed}); it took {minutes} minutes on {processes} processes.

A mutant is a small change of the code: another operator, another number, a missing argument. It is killed when a test of its room
fails or runs out of time. One that survives shows that a test is missing, or does the same as the code. The command fails when less
than {needed:.0%} of a room's mutants are killed or judged to be equivalent. The reasons are in `tools/mutants.toml`.
""".replace("{processes}", str(PROCESSES))


def code(text):
    """Text as code within a table."""
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", choices=[*ROOMS, []], default=[], metavar="ROOM")
    parser.add_argument("--sample", type=int, help="mutants to try in each room")
    parser.add_argument("--patience", type=float, default=2.0, help="more of it on a busy machine (2)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the copies, which then stay")
    options = parser.parse_args()
    began, results = time.monotonic(), {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        for name in options.rooms or ROOMS:
            folder = (options.keep or Path(temporary)) / name
            folder.mkdir(parents=True)
            room = ROOMS[name]
            if options.sample:
                room = replace(room, sample=options.sample)
            results[name] = try_room(room, folder, options.patience)
    text, enough = report(results, round((time.monotonic() - began) / 60.0))
    if set(options.rooms or ROOMS) == set(ROOMS) and not options.sample:
        REPORT.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(not enough)


if __name__ == "__main__":
    main()
