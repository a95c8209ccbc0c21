"""A whole estimate in process: against the machine's yardstick, its parts, and how it grows with doses and draws."""

import itertools
import statistics
from importlib import import_module
from unittest import mock

from measure import REPEATS, medians, ms, seconds, table, verdict, yardstick
from question import DEFAULT, changed, irregular, regular

from detectapi import service

recipe = import_module("detectapi.model.recipe")
SHARES = ("variance_shares",)  # what the recipe calls for the shares of variance


SEEDS = itertools.count(1)


def asking(question):
    """Return a call that answers a question, to the last byte; with a seed that no call had before, so that no numbers are kept."""
    options = question.get("options", {})
    return lambda: service.to_json_bytes(service.answer({**question, "options": {**options, "seed": next(SEEDS)}}))


def without_serial(question):
    """The same call without the readings of every void."""
    ask = asking(question)

    def call():
        with mock.patch.object(recipe, "_readings", lambda simulation, stages, *_: (None, stages)):
            return ask()

    return call


def whole():
    """Print the time of a default estimate and of its parts."""
    answer = service.answer(DEFAULT)
    times = medians(
        {
            "yardstick": yardstick(),
            "estimate": asking(DEFAULT),
            "validation": lambda: service.load(DEFAULT),
            "JSON": lambda: service.to_json_bytes(answer),
            "without serial": without_serial(DEFAULT),
        },
        repeats=21,
    )
    shares = shares_against_the_rest()
    ratio, single = (times[name] / times["yardstick"] for name in ("estimate", "without serial"))
    serial = ratio / single
    print("## A whole default estimate in process\n")
    print(
        "2,000 draws, 3 analytes, 6 infusions: window, curve, knowledge band, shares, JSON; new random numbers each time.\n"
        "Medians of 21.\n"
    )
    rows = [
        ["yardstick: `np.exp` over 2e6 doubles", ms(times["yardstick"]), "1", ""],
        ["the estimate, from dict to bytes", ms(times["estimate"]), f"{ratio:.1f} yardsticks", ""],
        ["its single specimens", ms(times["without serial"]), f"{single:.1f} yardsticks", verdict(single, 25)],
        ["of it validation", ms(times["validation"]), f"{times['validation'] / times['estimate']:.1%}", ""],
        ["of it JSON", ms(times["JSON"]), f"{times['JSON'] / times['estimate']:.1%}", ""],
        ["with the series of every void, over single specimens", "", f"{serial:.2f}", verdict(serial, 1.5)],
        ["shares of variance", "", f"{shares:.2f} of all the rest", verdict(shares, 1)],
    ]
    print(table(["", "ms", "ratio", "bar"], rows))


def shares_against_the_rest():
    """Time of the shares of variance over the time of everything else, median of several estimates."""
    spent = []

    def timed(function):
        def call(*arguments):
            answers = []
            spent.append(seconds(lambda: answers.append(function(*arguments))))
            return answers[0]

        return call

    ratios = []
    with mock.patch.multiple(recipe, **{name: timed(getattr(recipe, name)) for name in SHARES}):
        for _ in range(2 * REPEATS):
            spent.clear()
            total = seconds(asking(DEFAULT))
            ratios.append(sum(spent) / (total - sum(spent)))
    return statistics.median(ratios)


def growth():
    """Print how the time grows with the number of doses and of draws."""
    times = medians(
        {
            "1 dose": asking(regular(1)),
            "1,000 regular doses": asking(regular(1000)),
            "1,000 irregular doses": asking(irregular(1000)),
            "2,000 draws": asking(DEFAULT),
            "10,000 draws": asking(changed(options={"draws": 10_000})),
            "20,000 draws": asking(changed(options={"draws": 20_000})),
        }
    )
    print(f"\n## Growth\n\nWhole estimates, medians of {REPEATS}.\n")
    bars = {
        "1 dose": ("1 dose", None),
        "1,000 regular doses": ("1 dose", 1.2),
        "1,000 irregular doses": ("1 dose", 4),
        "2,000 draws": ("2,000 draws", None),
        "10,000 draws": ("2,000 draws", 5.5),
        "20,000 draws": ("2,000 draws", None),
    }
    rows = []
    for name, (base, bar) in bars.items():
        ratio = times[name] / times[base]
        rows.append([name, ms(times[name]), f"{ratio:.2f}", "" if bar is None else verdict(ratio, bar)])
    print(table(["question", "ms", "ratio", "bar"], rows))


if __name__ == "__main__":
    whole()
    growth()
