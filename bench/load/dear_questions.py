"""Search for questions that are accepted and take long: change the dearest one so far at random, and keep what takes longer.

    python bench/load/dear_questions.py --seconds 120

It prints the processor time, what `detectapi.model.work` expected, and the shape of each question that is dearer than all before.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from detectapi import service
from detectapi.knowledge import catalog
from detectapi.model.panel import asked_panel, classes_of
from detectapi.model.question import read_question
from detectapi.model.work import seconds, sizes_of
from detectapi.values.errors import InputError

DRAWS = (100, 500, 1000, 2000, 5000, 20_000)
SPANS_H = (0.5, 6.0, 24.0, 200.0, 5000.0)
"""Hours over which the doses are spread."""


class Shape(dict):
    """What a question is made from: how many doses, over how many hours, and what else makes it dear."""

    @classmethod
    def drawn(cls, source: random.Random) -> Shape:
        """Any shape."""
        return cls({name: choose(source) for name, choose in CHOICES.items()})

    def changed(self, source: random.Random) -> Shape:
        """The same with one or two other choices."""
        names = source.sample(list(CHOICES), source.choice((1, 2)))
        return Shape({**self, **{name: CHOICES[name](source) for name in names}})


CHOICES = {
    "substances": lambda source: source.sample(sorted(catalog.ids()), source.choice((1, 1, 2, 3))),
    "doses": lambda source: source.choice((1, 10, 50, 100, 300, 1000)),
    "span_h": lambda source: source.choice(SPANS_H),
    "repeats": lambda source: source.choice((1, 1, 2, 5, 9)),
    "every_h": lambda source: source.choice((0.5, 1.0, 24.0, 100.0)),
    "durations": lambda source: source.choice((False, True)),
    "quiet_h": lambda source: source.choice((0.0, 0.0, 2000.0)),
    "routes": lambda source: source.choice((1, 20)),
    "analytes": lambda source: source.choice((1, 20)),
    "rule": lambda source: source.choice(("any", "all")),
    "cutoff": lambda source: source.choice((0.001, 0.1, 10.0, 1000.0)),
    "panel": lambda source: source.choice((None, None, "dot-panel")),
    "draws": lambda source: source.choice(DRAWS),
    "seed": lambda source: source.randrange(1000),
}


def use_of(name: str, shape: Shape) -> dict:
    """The doses of one substance."""
    source = random.Random(shape["seed"])  # noqa: S311 - a schedule, not a secret
    substance = catalog.substance(name)
    routes = list(substance.routes)[: shape["routes"]]
    doses = []
    for _ in range(shape["doses"]):
        dose = {"amount_mg": round(source.uniform(0.1, 5.0), 2), "route": source.choice(routes)}
        dose["start_h"] = round(source.uniform(0.0, shape["span_h"]), 3)
        if shape["durations"] and dose["route"] == "intravenous":
            dose["duration_min"] = round(source.uniform(1.0, 300.0), 2)
        if shape["repeats"] > 1:
            dose["repeat"] = {
                "every_h": shape["every_h"] + round(source.uniform(0.0, 0.5), 3),
                "count": shape["repeats"],
            }
        doses.append(dose)
    if shape["quiet_h"]:
        doses[-1] = {"amount_mg": 1.0, "route": routes[0], "start_h": shape["span_h"] + shape["quiet_h"]}
    return {"substance": name, "doses": doses}


def question_from(shape: Shape) -> dict:
    """The question of a shape."""
    uses = [use_of(name, shape) for name in shape["substances"]]
    question = uses[0] if len(uses) == 1 else {"uses": uses}
    analytes = [
        m.id
        for name in shape["substances"]
        for m in catalog.substance(name).moieties
        if not m.no_analyte and not m.carrier
    ]
    parts = [{"analyte": one, "cutoff_ng_ml": shape["cutoff"]} for one in dict.fromkeys(analytes)][: shape["analytes"]]
    assay = shape["panel"] or {"rule": shape["rule"], "analytes": parts}
    return {**question, "assay": assay, "options": {"draws": shape["draws"]}}


def expected(question: dict) -> float:
    """What the bound expects the question to take. [s]"""
    request = service.load(question)
    panel = asked_panel(request)
    asked = [read_question(request)] if panel is None else [one.question for one in classes_of(request, panel)[0]]
    return seconds([size for one in asked for size in sizes_of(one)], request["options"]["draws"])


def taken(question: dict) -> float | None:
    """Processor time of the answer, None for a question that is refused. [s]"""
    begin = time.process_time()
    try:
        service.answer(question)
    except InputError:
        return None
    return time.process_time() - begin


def main() -> None:
    """Climb for some time and print what gets dearer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="Print every question that was accepted.")
    asked = parser.parse_args()
    source = random.Random(asked.seed)  # noqa: S311 - a search, not a secret
    end = time.monotonic() + asked.seconds
    best, dearest, tried, accepted = None, 0.0, 0, 0
    while time.monotonic() < end:
        shape = Shape.drawn(source) if best is None or source.random() < 0.3 else best.changed(source)
        question, tried = question_from(shape), tried + 1
        cost = taken(question)
        accepted += cost is not None
        if cost is not None and (asked.all or cost > dearest):
            size = len(json.dumps(question)) // 1000
            print(f"{cost:6.2f} s, expected {expected(question):6.2f} s, {size} kB: {dict(shape)}", flush=True)
        if cost is not None and cost > dearest:
            best, dearest = shape, cost
    print(f"{tried} tried, {accepted} accepted, the dearest {dearest:.2f} s")


if __name__ == "__main__":
    main()
