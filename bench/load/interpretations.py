"""Probes while results are interpreted: how long `/healthz` and `/readyz` take, and what callers with dear questions get.

python bench/load/interpretations.py --seconds 30
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from callers import PROBES, ask, in_ms, p99, serving, watching, whole_request
from interpretation import LEVELS, several, ten
from measure import table, verdict

CALLERS = 8
INTERPRETATIONS = "/v1/interpretations"


async def caller(port, question, heard, seeds, end):
    """Ask one question after the other until it is over, each with a seed of its own."""
    while time.monotonic() < end:
        body = json.dumps({**question, "options": {"seed": next(seeds)}}).encode()
        heard[(await ask(port, whole_request(INTERPRETATIONS, body)))[1]] += 1


async def crowd(port, seconds):
    """Callers of ten specimens and of two, as many of each."""
    heard, seeds, end = Counter(), itertools.count(1), time.monotonic() + seconds
    questions = [ten(), several(LEVELS["a higher second specimen"], 72, 168)]
    await asyncio.gather(
        *(caller(port, question, heard, seeds, end) for question in questions for _ in range(CALLERS // 2))
    )
    return heard


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    seconds = parser.parse_args().seconds
    probes = [whole_request(path) for path in PROBES]
    with serving() as (_, port), watching(port, probes, seconds) as seen:
        heard = asyncio.run(crowd(port, seconds))
    probed = seen.get("200", [])
    failed = sum(map(len, seen.values())) - len(probed)
    rows = [
        ["interpretations answered", heard[200], ""],
        ["told to come back (503)", heard[503], ""],
        ["other errors", heard.total() - heard[200] - heard[503], ""],
        [f"probes that failed, of {len(probed) + failed}", failed, verdict(failed, 0)],
        ["`/healthz` and `/readyz`, median and 99 %, ms", in_ms(probed), verdict(round(1e3 * p99(probed)), 100)],
    ]
    print(f"## While results are interpreted\n\n{CALLERS} callers for {seconds:g} s, ten specimens or two.\n")
    print(table(["", "", "bar"], rows))


if __name__ == "__main__":
    main()
