"""What is said in records and at order entry: in resources of FHIR and on cards of CDS Hooks. It is said in English.

What they say of an answer is what every surface says; here is only what no other surface needs.
"""

from __future__ import annotations

from detectapi.telling import sentences

REMARKS = {
    "matched-by-text": "No code of the medication is known here. It was recognised by its text.",
    "analyte-by-text": "No code of the observation is known here. It was recognised by its text.",
    "title-disagrees": "The text names another substance than the code. The code was used.",
    "deprecated-code": "The code is deprecated. The observation was recognised by its text.",
    "unit-by-text": "The unit has no UCUM code. It was read from its text.",
    "day-only": "Only the day is known. Twelve o'clock UTC was taken; the true time may be half a day away or more.",
    "not-taken": "The status says that this was not taken, or not yet. It was not used.",
    "other-medication": "The catalogue does not have this medication. It was not used.",
    "dose-times-unknown": "The times of the doses are not stated. The medication was not used.",
    "stated-use": "This use is stated, not recorded at administration.",
    "unreadable": "This could not be read. It was not used.",
    "class-result": "This result is of a class of substances, or per creatinine. It was not used.",
    "screen-number": "This number is of a screen. It is no concentration of one substance, and was not used.",
    "method-unknown": "The method is not stated. The result was read as that of a screen.",
    "verdict-by-text": "The result was read from its text.",
    "above-calibration": "The value lies above the range of the measurement. It was read as at least so high.",
    "one-screen": "A specimen has one screen in a question. This one was not used.",
    "no-value": "This has no result. It was not used.",
    "preliminary": "This result is preliminary.",
    "not-final": "The status says that this result is not final. It was not used.",
    "birth-date-in-part": "Only a part of the date of birth is known. The middle of it was taken.",
    "creatinine-without-age-or-sex": "Serum creatinine needs age and sex. It was not used.",
}
"""What is worth saying of how a request was read, by its code."""


TIME_OF_USE = "End of the use whose time is not known"
PLANNED = "The planned test is positive"
COMPARED = "Results compared under two accounts of use"
"""What a prediction is about."""


def title(answer) -> str:
    """What an assessment of a window is about."""
    return f"Detection window: {sentences.title(answer)}"


def method(answer) -> str:
    """What repeats an answer: version, model, seed and draws."""
    made = answer["provenance"]
    model = f"model of {answer['substance']}, revision {made['substance_revision']}"
    return f"detectapi {made['detectapi']}, {model}, seed {made['seed']}, {made['draws']} draws"
