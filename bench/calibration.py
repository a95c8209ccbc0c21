"""What the shipped calibration costs an estimate: the same questions with it and without it, in turn."""

import statistics
import time
from dataclasses import replace

from detectapi import service
from detectapi.knowledge import catalog, posterior
from detectapi.model.question import read_question
from detectapi.model.recipe import run

REPEATS = 60
QUESTION = {
    "substance": "ketamine",
    "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    "assay": {"analytes": [{"analyte": "dehydronorketamine", "cutoff_ng_ml": 10}]},
    "options": {"draws": 2000},
}


def main():
    calibrated = read_question(service.load(QUESTION))
    assert calibrated.posterior is not None, posterior.posterior(catalog.substance("ketamine"))[1]
    times = {"with": [], "without": []}
    for i in range(REPEATS):
        turn = [("with", calibrated), ("without", replace(calibrated, posterior=None))]
        for name, asked in turn[:: 1 if i % 2 else -1]:  # what comes first finds cold caches
            start = time.perf_counter()
            run(asked, 2000, i, 0.9)  # another seed each time, so that no numbers are kept
            times[name].append(time.perf_counter() - start)
    with_, without = (statistics.median(times[name]) * 1e3 for name in ("with", "without"))
    print(
        f"median of {REPEATS}: {with_:.1f} ms with the calibration, {without:.1f} ms without: {with_ / without - 1:+.1%}"
    )


if __name__ == "__main__":
    main()
