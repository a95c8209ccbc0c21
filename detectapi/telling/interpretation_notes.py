"""The notes of an interpretation: what a reader must know beside its numbers."""

from __future__ import annotations

from detectapi.telling.voice import ENGLISH

NOTES = {
    "model-does-not-explain": (
        "The model does not expect these results under %(account)s. They may have causes outside the model. So nothing"
        " further is read from them for this account."
    ),
    "never-formed": (
        "In specimen %(specimen)s there is %(analyte)s. Nothing that was used under %(account)s becomes it in the body. So under"
        " this account it has another source, or a mistake was made."
    ),
    "interpretation-hypothesis": (
        "What is known of this use rests on a hypothesis. So no ratio above %(largest)s is shown."
    ),
    "interpretation-extrapolated": ("No study measured exactly this use. So no ratio above %(largest)s is shown."),
    "specimen-not-interpreted": (
        "Specimen %(specimen)s would be reported as %(word)s (%(rule)s). So it is not interpreted."
    ),
    "specimen-without-results": "Specimen %(specimen)s has neither a result nor a screen. So it is not interpreted.",
    "dilute-specimen": (
        "Specimen %(specimen)s would be reported as dilute (%(rule)s). A positive result stays positive. A negative result weighs"
        " less; the creatinine is part of the calculation."
    ),
    "screen-only": (
        "Specimen %(specimen)s has the verdict of a screen and no confirmation. Screens respond to other substances too,"
        " and that is not part of the calculation."
    ),
    "screen-interference": (
        "Specimen %(specimen)s: in the records of one hospital (Hughey and Colby 2019), false positive screens for %(called)s were"
        " more frequent after these medicines. Odds with each, over those without (95 %% interval): %(medicines)s. The kit was"
        " %(kit)s; another may respond to others. None of this is part of the calculation."
    ),
    "negative-screen-contradicted": (
        "Specimen %(specimen)s: the verdict of its test is negative, but the results have far more than the test's cutoff of"
        " something that the test responds to. The two do not fit each other, and the verdict is left out of the calculation."
        " Check whether both are of the same specimen, and that nothing was mixed up on the way."
    ),
    "positive-screen-contradicted": (
        "Specimen %(specimen)s: the verdict of its test is positive, but by the results it should be negative: what the test is"
        " known to respond to lies below its cutoff. The two do not fit each other, and the verdict is left out of the calculation."
        " Check whether both are of the same specimen, and that nothing was mixed up on the way. A screen may also have responded"
        " to another drug of its class that was not measured."
    ),
    "specific-gravity-missing": (
        "Specimen %(specimen)s has low creatinine and no specific gravity. Whether it would be reported as %(word)s (%(rule)s)"
        " cannot be said without specific gravity. Its results are interpreted with its creatinine."
    ),
    "creatinine-missing": (
        "Specimen %(specimen)s has neither creatinine nor specific gravity. Its dilution is taken as it varies in the population."
    ),
    "chain-of-custody-unknown": (
        "Whether the specimens are those of this person, and the results correct, is taken for granted."
    ),
    "single-specimen-new-use": (
        "One specimen tells a further use from earlier use only by its level. Two specimens with creatinine tell more."
    ),
    "few-draws": "Few simulated cases fit these results (effective number %(number)s). The numbers are less exact than usual.",
    "dot-not-considered": (
        "In the programme of the United States Department of Transportation a medical review officer does not consider other"
        " specimens, or passive or unknowing exposure (49 CFR 40.151). So one specimen is read here, and no such exposure is"
        " offered as an account."
    ),
}
"""The template of each note."""

MEDICINE = "%(medicine)s %(number)s (%(number_low)s to %(number_high)s)"
"""A medicine within a note: its odds ratio and the interval."""


def note(code: str, voice=ENGLISH, **values) -> dict[str, str]:
    """A note as an answer holds it."""
    return {"code": code, "message": voice.say(NOTES[code], **values)}


def interference(specimen: str, known, voice=ENGLISH) -> dict[str, str]:
    """The note of a screen that some medicines interfere with.

    Parameters
    ----------
    specimen : str
        Its id.
    known : detectapi.knowledge.interpretation.Interference
    voice : Voice
    """
    medicines = [
        voice.say(
            MEDICINE, medicine=one.name,
            number=f"{one.odds_ratio:g}", number_low=f"{one.low:g}", number_high=f"{one.high:g}",
        )
        for one in known.medicines
    ]  # fmt: skip
    return note(
        "screen-interference",
        voice,
        specimen=specimen,
        called=known.called,
        medicines="; ".join(medicines),
        kit=known.kit,
    )
