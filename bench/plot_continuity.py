"""Draw the windows of the twelve standard questions over age, weight and kidney function: `bench/plot_continuity.py FOLDER`.

Writes age.png, weight.png and GFR.png to the folder, and prints for each axis the largest step of a median between neighbours,
relative to its Monte-Carlo error. Somebody looks at the pictures after a change of body, kidneys or urine: a bend is the body's, a
step is a mistake. `tests/model/test_continuity.py` holds the rule without pictures.
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

from detectapi import service

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "support"))
from twelve_questions import QUESTIONS

AXES = {
    "age": ("person", "age_y", np.arange(1.0, 95.5, 1.0), "years", "linear"),
    "weight": ("person", "weight_kg", np.geomspace(10.0, 200.0, 60), "kg", "log"),
    "GFR": ("renal", "egfr_ml_min_1_73m2", np.geomspace(5.0, 200.0, 60), "mL/min/1.73 m²", "log"),
}
DRAWS = 1000


def windows(question, section, name, values):
    """Median, low and high end, and error of the median at each value. [h]"""
    answers = []
    for value in values:
        told = {**question.get(section, {}), name: float(value)}
        answers.append(service.answer({**question, section: told, "options": {"draws": DRAWS}})["window"])
    return [np.array([one[key] for one in answers]) for key in ("median_h", "low_h", "high_h", "monte_carlo_se_h")]


def draw(axis, folder):
    """Write one picture with a panel for each question."""
    section, name, values, unit, scale = AXES[axis]
    figure, panels = plt.subplots(3, 4, figsize=(16, 10), constrained_layout=True)
    for panel, (words, question) in zip(panels.flat, QUESTIONS.items(), strict=True):
        median, low, high, error = windows(question, section, name, values)
        panel.fill_between(values, low, high, alpha=0.25)
        panel.plot(values, median, marker=".", markersize=3)
        panel.set(title=words, xlabel=unit, xscale=scale, ylim=(0.0, None))
        steps = np.abs(np.diff(median)) / np.maximum(error[1:], 0.2)
        print(f"{axis}, {words}: at most {steps.max():.1f} errors, at {values[steps.argmax() + 1]:.4g} {unit}")
    figure.savefig(folder / f"{axis}.png", dpi=70)
    plt.close(figure)


if __name__ == "__main__":
    into = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    into.mkdir(parents=True, exist_ok=True)
    for each in AXES:
        draw(each, into)
