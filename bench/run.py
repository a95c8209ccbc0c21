"""Run every benchmark and write RESULTS.md: `make bench`, or `bench/run.py startup` to print one.

Each benchmark is a program of its own that prints markdown on standard output. They run one after the other, single
thread, with nothing else at work; RESULTS.md is written only when all of them came to their end.
"""

import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = (
    "detectapi",
    "numpy",
    "scipy",
    "flask",
    "flask-smorest",
    "marshmallow",
    "gunicorn",
    "numba",
    "numbalsoda",
    "pyarrow",
    "polars",
    "distributed",
)
BENCHMARKS = (
    "versions",
    "reference_problems",
    "estimate",
    "panel",
    "interpretation",
    "http_service",
    "presets",
    "startup",
    "batch",
    "frames",
    "cluster",
    "load",
)
ELSEWHERE = {"load": ("load/callers.py", "--seconds", "20", "--requests", "5000", "--killing", "10")}
"""Benchmarks that are in another file than their name says, with what they are told."""
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
LIMIT_S = 3600


def run(name):
    """What a benchmark prints on standard output; its progress stays on standard error."""
    print(f"running {name}", file=sys.stderr, flush=True)
    file, *arguments = ELSEWHERE.get(name, (f"{name}.py",))
    command = [sys.executable, HERE / file, *arguments]
    environment = {**os.environ, **dict.fromkeys(THREAD_LIMITS, "1"), "PYTHONPATH": str(HERE.parent)}
    result = subprocess.run(
        command, cwd=HERE.parent, env=environment, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True
    )
    return result.stdout.strip()


def processor():
    """Model name of the processor, from the system's own file where there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory_gib():
    """Size of the machine's memory. [GiB]"""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def version(package):
    """Version of an installed package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def busy_cores():
    """Cores that something else keeps busy, over the last minute; measure when this is near zero."""
    return os.getloadavg()[0]


def machine(busy):
    """Describe what was measured on, as markdown."""
    versions = ", ".join(f"{package} {result}" for package in PACKAGES if (result := version(package)))
    return "\n".join(
        (
            f"- date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
            f"- machine: {processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB",
            f"- cores busy with something else before the start: {busy:.1f}",
            f"- system: {platform.system()} {platform.release()}, Python {platform.python_version()}",
            f"- versions: {versions}",
        )
    )


def main(names):
    """Run the named benchmarks and print them; without names, run all and write RESULTS.md."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(BENCHMARKS)}")
    busy = busy_cores()
    if busy > 0.3:
        print(f"{busy:.1f} cores are busy with something else: the numbers will not be worth much", file=sys.stderr)
    sections = [run(name) for name in names or BENCHMARKS]
    if names:
        print("\n\n".join(sections))
        return
    head = (
        "# Measured\n\n"
        "Written by `make bench`. One thread unless said otherwise; medians of at least five runs: of processor time in process,\n"
        "of the clock where other processes do the work. What is compared took turns in one run.\n"
        "Trust ratios, not times: the speed of a shared machine moves."
    )
    results = HERE / "RESULTS.md"
    results.write_text("\n\n".join((head, machine(busy), *sections)) + "\n", encoding="utf-8")
    print(f"wrote {results.relative_to(HERE.parent)}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
