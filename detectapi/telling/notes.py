"""The notes of an answer in words, by their code. `detectapi.model.notes` decides which apply and their values.

The notes of one substance are sentences in its data file.
"""

from __future__ import annotations

from detectapi.telling import chances
from detectapi.telling.voice import ENGLISH, capital

NOTES = {
    "half-life-model": (
        "This is the textbook view: one compartment, and one half-life for everything that is excreted. It is shown for"
        " teaching and as a baseline. It leaves out how differently metabolites are formed and lost. Kidney function,"
        " urine pH, liver disease, medicines and clearances have no effect in it, even where they were given. Use the"
        " full model for a question about a person."
    ),
    "mostly-below-cutoff": (
        "In more than half of simulated cases the urine stays below the cutoff at all times after the last dose. The"
        " median time is then zero: a negative test is to be expected, and says little."
    ),
    "not-looked-for": "This test does not look for %(substances)s.",
    "two-stages": (
        "This test has two stages. A specimen counts as positive only if the screening test and the confirmation of the same"
        " specimen are both positive. So it stops being positive no later than in either stage alone."
    ),
    "no-dose": "No dose was given, so there is nothing to detect.",
    "dilute-specimen": (
        "This specimen would be reported as dilute. A positive result stays positive; a dilute negative is a negative of"
        " less weight."
    ),
    "substituted-specimen": (
        "This specimen would be reported as substituted: it is not what kidneys make. That is neither positive nor"
        " negative, and nothing can be read from it."
    ),
    "dilute-specimen-possible": (
        "%(part)s specimens like this would be reported as dilute. A positive result stays positive; a dilute negative is"
        " a negative of less weight."
    ),
    "substituted-specimen-possible": (
        "%(part)s specimens like this would be reported as substituted. That is neither positive nor negative, and"
        " nothing can be read from it."
    ),
    "child-extrapolated": (
        "The data on this substance are of adults. For a child or adolescent, body, kidneys and urine are those of"
        " children, and the rest is an extrapolation by body size. The answer is less certain than its range says."
    ),
    "pregnancy-extrapolated": (
        "In pregnancy kidneys filter about half as much again, and that is in the answer. What else pregnancy changes is"
        " not, so the answer is less certain than its range says."
    ),
    "creatinine-steady": (
        "Kidney function is read from creatinine in blood. That holds only while the creatinine is steady; in acute"
        " illness this answer may not hold."
    ),
    "creatinine-high-for-age": (
        "This creatinine is high for the age of the child: it means kidney disease, or another unit. Check the number"
        " and its unit before you use the answer."
    ),
    "inputs-without-effect": "These inputs change nothing in this answer: %(inputs)s.",
    "size-extrapolated": (
        "Body weight, or a part of the range that was given, lies outside what most studies cover (about 45 to 120 kg)."
        " The model extrapolates by allometry, so the answer is less certain than its range says."
    ),
    "kidney-failure-extrapolated": (
        "The glomerular filtration rate, or a part of the range that was given, lies below 15 mL/min, where the model is"
        " extrapolated. It does not include dialysis: for a person on dialysis the answer does not hold."
    ),
    "amount-not-studied": (
        "No study in the data gave single doses like this, or like a part of the range that was given: by this route they"
        " gave %(low)s to %(high)s mg. The answer assumes that the body handles this amount in the same way."
    ),
    "combination-not-studied": (
        "No study in the data had these together: %(inputs)s. Their effects are multiplied, as if each were alone, so the"
        " answer is less certain than its range says."
    ),
    "calibration-stale": (
        "The installed calibration does not match the installed data, so it was ignored. The uncertainty of the typical"
        " values is that of the substance's file, and ranges are wider than they need be."
    ),
    "calibration-own": (
        "This service calculates %(substance)s with typical values that it fitted to its own observations. The studies that the"
        " evidence names say nothing of these values."
    ),
    "assumed-parameters": (
        "%(assumed)s of the %(total)s numbers that this answer uses are assumptions. The range includes how uncertain each"
        " is. The card of %(substance)s lists them with their reasons."
    ),
}
"""The template of each note; ``%(name)s`` are its values."""


def note(code: str, voice=ENGLISH, **values) -> dict[str, str]:
    """A note as an answer holds it.

    Parameters
    ----------
    code : str
        One of `NOTES`.
    voice : Voice
    **values
        What its template names. ``part`` is a share of specimens, from 0 to 1.

    Returns
    -------
    dict
        ``code`` and ``message``.
    """
    if "part" in values:
        values["part"] = capital(chances.about(values["part"], voice))
    return {"code": code, "message": voice.say(NOTES[code], **values)}
