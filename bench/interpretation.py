"""Results read backwards against a default estimate of the same question: one specimen, two with two accounts, ten specimens."""

import itertools
import statistics

from estimate import asking
from measure import medians, ms, table, verdict

from detectapi import service
from detectapi.interpretation import recipe
from detectapi.interpretation.comparisons import ratio
from detectapi.interpretation.question import read

REPEATS = 7
ONE_SPECIMEN, PAIR, TEN_S, ERROR = 4.0, 40.0, 10.0, 0.1
"""Bars: times a default estimate, seconds of a processor, and Monte-Carlo standard error of the decimal logarithm of a ratio."""
ANALYTES = ("ketamine", "norketamine", "dehydronorketamine")
INFUSION = {"amount_mg": {"low": 20, "high": 60}, "route": "intravenous", "duration_min": 40}
POWDER = {"amount_mg": {"low": 50, "high": 200}, "route": "intranasal-powder"}
DAILY = {**POWDER, "start_h": -1416, "repeat": {"every_h": 24, "count": 60}}
AGAIN = {"amount_mg": {"low": 30, "high": 150}, "route": "intranasal-powder"}
LEVELS = {
    "a lower second specimen": [(72, 110, (6.0, 45.0, 700.0)), (168, 90, (None, 8.0, 160.0))],
    "a higher second specimen": [(72, 110, (6.0, 45.0, 700.0)), (168, 90, (25.0, 80.0, 420.0))],
}
"""Hours after the last daily use, creatinine [mg/dL], and the level of each analyte [ng/mL]; None below 1 ng/mL."""
SEEDS = itertools.count(1)


def specimen(at, creatinine, levels):
    """One specimen with a result of each analyte."""
    results = [
        {"analyte": analyte, **({"below_ng_ml": 1.0} if level is None else {"value_ng_ml": level})}
        for analyte, level in zip(ANALYTES, levels, strict=True)
    ]
    return {"collected_h": at, "urine_creatinine_mg_dl": creatinine, "results": results}


def one_specimen():
    """When was the last use, by one specimen."""
    return {
        "substance": "ketamine",
        "specimens": [specimen(0, 88, (None, 4.2, 61.0))],
        "accounts": [{"id": "reported", "doses": [INFUSION], "last_use": {"earliest_h": -336}}],
    }


def several(specimens, earliest, latest):
    """Further use between two times, or what is left of daily use."""
    return {
        "substance": "ketamine",
        "specimens": [specimen(*one) for one in specimens],
        "accounts": [
            {"id": "earlier", "doses": [DAILY]},
            {"id": "again", "extends": "earlier", "further_use": {**AGAIN, "earliest_h": earliest, "latest_h": latest}},
        ],
        "compare": [["again", "earlier"]],
    }


def ten():
    """Ten specimens, two days apart, whose levels fall as after one use more before the sixth."""
    fall = [(6.0, 45.0, 700.0), (3.0, 20.0, 400.0), (None, 10.0, 240.0), (None, 6.0, 150.0), (None, 4.0, 90.0)]
    rise = [(12.0, 50.0, 300.0), (4.0, 20.0, 200.0), (1.5, 9.0, 120.0), (None, 5.0, 80.0), (None, 3.0, 50.0)]
    creatinine = (90, 140, 60, 180, 50, 110, 160, 80, 120, 70)
    levels = zip(creatinine, (*fall, *rise), strict=True)
    return several([(72 + 48 * i, mg_dl, level) for i, (mg_dl, level) in enumerate(levels)], 264, 312)


def estimate_of(doses):
    """A default estimate of the same doses and analytes."""
    analytes = [{"analyte": analyte, "cutoff_ng_ml": 1.0} for analyte in ANALYTES]
    return {"substance": "ketamine", "doses": [doses], "assay": {"rule": "any", "analytes": analytes}}


def interpreting(question):
    """Return a call that interprets a question, to the last byte; with a seed that no call had before."""
    return lambda: service.to_json_bytes(service.interpret({**question, "options": {"seed": next(SEEDS)}}))


def errors(question):
    """Median of the Monte-Carlo errors that are reported, and the spread of the ratio between seeds."""
    sizes, reported = [], []
    for seed in range(1, REPEATS + 1):
        asked = read(service.load({**question, "options": {"seed": seed}}, service.interpretation_form()))
        earlier, again = recipe.run(asked)
        one = ratio(again.weighted, earlier.weighted)
        sizes.append(one.log10)
        reported.append(one.error)
    return statistics.median(sizes), statistics.median(reported), statistics.stdev(sizes)


def main():
    """Print the tables."""
    print("## Results read backwards\n")
    print(f"Whole answers with default options, new random numbers each time; medians of {REPEATS}, in turns.\n")
    pairs = {name: several(levels, 72, 168) for name, levels in LEVELS.items()}
    times = medians(
        {
            "estimate after one use": asking(estimate_of(INFUSION)),
            "one": interpreting(one_specimen()),
            "estimate after daily use": asking(estimate_of(DAILY)),
            **{name: interpreting(pair) for name, pair in pairs.items()},
        },
        repeats=REPEATS,
    )
    rows = [_row("one specimen, time of use", times["one"], times["estimate after one use"], ONE_SPECIMEN)]
    rows += [
        _row(f"two specimens, two accounts: {name}", times[name], times["estimate after daily use"], PAIR)
        for name in pairs
    ]
    print(table(["question", "ms", "a default estimate of it, ms", "ratio", "bar"], rows))
    serial = medians({"ten": interpreting(ten())}, repeats=5)["ten"]
    print(f"\nTen specimens, two accounts: {serial:.1f} s of a processor; {verdict(serial, TEN_S, unit=' s')}.\n")
    print("The Monte-Carlo error of the decimal logarithm of the ratio, and how much that differs between seeds:\n")
    rows = []
    for name, pair in pairs.items():
        size, reported, between = errors(pair)
        rows.append([name, f"{size:+.2f}", f"{reported:.3f}", f"{between:.3f}", verdict(reported, ERROR)])
    print(table(["pair", "log10 LR, median", "error, median", "sd between seeds", "bar"], rows))


def _row(name, time_s, of_estimate, bar):
    return [name, ms(time_s), ms(of_estimate), f"{time_s / of_estimate:.1f}", verdict(time_s / of_estimate, bar)]


if __name__ == "__main__":
    main()
