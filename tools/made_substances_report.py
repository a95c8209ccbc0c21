"""Write docs/validation/made-substances.md: `python tools/made_substances_report.py`."""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import made_substances as made  # noqa: E402

REPORT = ROOT / "docs" / "validation" / "made-substances.md"
PEOPLE = made.SUBSTANCES * made.TRUTHS

TEXT = """# Validation: substances made from a seed

Written by `python tools/made_substances_report.py`; do not edit.

Is a 90 % interval one of 90 %, if the model is right? {substances} substances are made from a seed. Each is a random tree of one to
four moieties, each formed from one before it: bases, acids, neutral ones, and ones that kidneys do not take back, with up to two
tissues, random numbers, and random spreads between people and of knowledge. Each is asked about with a random dose or series of
doses by mouth or into a vein, one or two analytes, and a cutoff that the typical person's urine falls to after one to six halvings.
Then {truths} people of each are drawn from the same model with another seed, each with typical values, a body, a specimen and
a test of their own, and it is counted how many lie within the interval of {draws} draws.

**{inside} of {people} people lie within the 90 % interval of their substance: {percent:.1f} %.** The bar is 85 to 95 %. Of one
substance the count has a standard error of 2 %, and the ends of the interval move by about as much. An interval that begins at
0 hours holds everybody who is never positive, so it may hold more than nine of ten.

| substance | which is formed from which | doses | test | window, median (90 %) [h] | ever positive | inside |
|---|---|---|---|---|---|---|
{rows}

This tests the calculation and not the pharmacology: how wide an interval has to be for real people is the matter of the other
reports.
"""


def report():
    """The text of the report."""
    asked = _asked()
    inside = sum(count for _, _, count, _ in asked)
    return TEXT.format(
        substances=made.SUBSTANCES, truths=made.TRUTHS, draws=made.DRAWS, inside=inside, people=PEOPLE,
        percent=100.0 * inside / PEOPLE, rows="\n".join(_row(*one) for one in asked),
    )  # fmt: skip


def _asked():
    """Each substance, its question, how many people lie inside, and the window."""
    before = os.environ.get("DETECTAPI_DATA")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DETECTAPI_DATA"] = folder
        try:
            pairs = zip(*made.ask(folder, np.random.default_rng(made.SEED)), strict=True)
            return [(data, request, *made.held(request, i)) for i, (data, request) in enumerate(pairs)]
        finally:
            os.environ.pop("DETECTAPI_DATA")
            if before is not None:
                os.environ["DETECTAPI_DATA"] = before


def _letter(name):
    return name.rsplit("-", 1)[1]


def _row(data, request, count, window):
    (dose,) = request["doses"]
    repeat = f", {dose['repeat']['count']} times every {dose['repeat']['every_h']:.1f} h" if "repeat" in dose else ""
    formed = [one for one in data["moieties"] if "formed_from" in one]
    tree = ", ".join(f"{_letter(one['id'])} from {_letter(one['formed_from'])}" for one in formed) or "one moiety"
    parts = [f"{_letter(part['analyte'])} at {part['cutoff_ng_ml']:.3g} ng/mL" for part in request["assay"]["analytes"]]
    test = {"any": " or ", "all": " and "}[request["assay"]["rule"]].join(parts)
    hours = f"{window.median:.3g} ({window.low:.3g} to {window.high:.3g})"
    return (
        f"| {data['id']} | {tree} | {dose['amount_mg']:.3g} mg {dose['route']}{repeat} | {test} | {hours} |"
        f" {100 * window.ever_positive:.0f} in 100 | {count} of {made.TRUTHS} |"
    )


if __name__ == "__main__":
    REPORT.write_text(report(), encoding="utf-8", newline="\n")
    print(REPORT.relative_to(ROOT))
