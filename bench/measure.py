"""What the benchmarks share: the yardstick, medians of interleaved runs, tables."""

import statistics
import time

import numpy as np

REPEATS = 7  # never fewer than five; odd, so that the median is a run that happened


def seconds(call, clock=time.process_time):
    """Time of one call, of the processor unless another clock is given. [s]"""
    start = clock()
    call()
    return clock() - start


def medians(calls, repeats=REPEATS, clock=time.process_time):
    """Median time of each named call. [s]

    Of the processor, so that what else the machine does counts little; `time.perf_counter` where other processes do the work.

    The calls take turns, so that a machine that slows down slows all of them: ratios within one run can be trusted
    where times cannot. One round before the first warms the caches and is not counted.
    """
    if repeats < 5:
        raise ValueError("a median of at least five runs")
    for call in calls.values():
        call()
    times = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            times[name].append(seconds(call, clock))
    return {name: statistics.median(values) for name, values in times.items()}


def yardstick():
    """Return a call that takes `np.exp` over two million doubles: what this machine can do in about 2 ms."""
    source = np.random.default_rng(1).uniform(-20.0, 0.0, 2_000_000)
    target = np.empty_like(source)
    return lambda: np.exp(source, out=target)


def table(header, rows):
    """Lay out a markdown table; the first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def verdict(value, bar, at_most=True, unit=""):
    """Say in words whether what was measured keeps its bar."""
    kept = value <= bar if at_most else value >= bar
    return f"{'at most' if at_most else 'at least'} {bar:g}{unit}: {'kept' if kept else 'MISSED'}"


def ms(value):
    """A time for a table. [s] -> text in ms"""
    return f"{1e3 * value:.2f}" if value < 0.01 else f"{1e3 * value:.1f}"
