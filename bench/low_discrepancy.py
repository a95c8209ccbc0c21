"""Would a low-discrepancy sequence know the median better than the Latin hypercubes of `detectapi.model.draws`?

The same questions with the same number of draws, many seeds each; only where the standard normal numbers come from
differs. All that belongs to a person (people, specimen, inputs, assay) is one sequence, what we know another one, as in
`draws.Layout`. Run it by hand: `bench/low_discrepancy.py`, about a minute; needs scipy.
"""

import json
import warnings
from importlib import import_module
from pathlib import Path
from unittest import mock

import numpy as np
from measure import table
from scipy.stats import qmc

from detectapi import service
from detectapi.model.draws import Draws
from detectapi.model.normal import inverse_normal
from detectapi.model.question import read_question

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
QUESTIONS = ("one-infusion.json", "daily-troche.json", "esketamine-spray-kidney-disease.json")
SEEDS, DRAWS = 60, 2000
recipe = import_module("detectapi.model.recipe")


class Names(Draws):
    """The usual numbers, and a record of which were asked for."""

    asked: dict = {}

    def prepare(self, stream, names):
        names = [name for name in names if not self._learnt(stream, name)]
        self.asked.update(dict.fromkeys((stream, name) for name in names))
        super().prepare(stream, names)


def drawn_from(sample):
    """A stand-in for `Draws` whose numbers are one sample for all that belongs to people, one for what we know."""

    class Sequence(Draws):
        def prepare(self, stream, names):
            if not self._numbers:
                for knowledge in (False, True):
                    keys = [key for key in Names.asked if (key[0] == "knowledge") == knowledge]
                    size = self.plan.size("knowledge" if knowledge else "people")
                    rng = np.random.default_rng([self.seed, knowledge])
                    numbers = inverse_normal(np.clip(sample(len(keys), size, rng), 1e-12, 1.0 - 1e-12)).T
                    self._numbers.update(zip(keys, numbers, strict=True))

    return Sequence


METHODS = {
    "independent numbers": drawn_from(lambda d, n, rng: rng.random((n, d))),
    "Latin hypercube in each batch (in use)": Draws,
    "Latin hypercube over all": drawn_from(lambda d, n, rng: qmc.LatinHypercube(d, rng=rng).random(n)),
    "Sobol, scrambled": drawn_from(lambda d, n, rng: qmc.Sobol(d, rng=rng).random(n)),
    "Halton, scrambled": drawn_from(lambda d, n, rng: qmc.Halton(d, rng=rng).random(n)),
}


def spread(question, method):
    """Standard deviation over seeds of the median. [h]"""
    with mock.patch.object(recipe, "Draws", method):
        return np.std([recipe.run(question, DRAWS, seed, 0.9).window.median for seed in range(SEEDS)], ddof=1)


def main():
    warnings.simplefilter("ignore")  # Sobol points are balanced for powers of two only; 1,000 and 80 are what there are
    rows = {name: [name] for name in METHODS}
    for file in QUESTIONS:
        question = read_question(service.load(json.loads((EXAMPLES / file).read_text(encoding="utf-8"))))
        Names.asked.clear()
        with mock.patch.object(recipe, "Draws", Names):
            recipe.run(question, 100, 1, 0.9)
        plain = None
        for name, method in METHODS.items():
            result = spread(question, method)
            plain = plain or result
            rows[name].append(f"{result:.3f} h ({result / plain:.2f})")
    print(table(["spread of the median", *(file.removesuffix(".json") for file in QUESTIONS)], list(rows.values())))


if __name__ == "__main__":
    main()
