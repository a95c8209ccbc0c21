"""The evidence behind an answer in words: its grade, what the grade means, and where the spread comes from."""

from __future__ import annotations

from detectapi.telling.voice import ENGLISH

HOW_CONSULTED = {"second-hand": "known second-hand", "recalled": "cited from memory"}
"""How a source was consulted, where it was not read itself; stands in brackets behind its citation."""


def with_access(text: str, voice=ENGLISH) -> str:
    """A text with citations, in which how they were consulted is said in the reader's language."""
    said = {"known second-hand": voice.say("known second-hand"), "cited from memory": voice.say("cited from memory")}
    for words in HOW_CONSULTED.values():
        text = text.replace(f"[{words}]", f"[{said[words]}]")
    return text


def grade_names(voice=ENGLISH) -> dict[str, str]:
    """The name of each grade of evidence."""
    return {
        "validated": voice.say("validated"),
        "calibrated": voice.say("calibrated"),
        "extrapolated": voice.say("extrapolated"),
        "hypothesis": voice.say("hypothesis"),
    }


def grade_meanings(voice=ENGLISH) -> dict[str, str]:
    """What each grade of evidence means."""
    return {
        "validated": voice.say("The model was compared with measurements it had not seen."),
        "calibrated": voice.say(
            "The model was fitted to studies of this kind of use. They may not have measured how long urine stays"
            " positive."
        ),
        "extrapolated": voice.say("No study measured exactly this; the answer is built from related studies."),
        "hypothesis": voice.say("Very few people were studied. Take the range as a rough guide."),
    }


def bases(voice=ENGLISH) -> dict[str, str]:
    """How a number of the data is known."""
    return {
        "measured": voice.say("measured in studies"),
        "derived": voice.say("worked out from measurements"),
        "assumed": voice.say("assumed"),
    }


def spread_sources(voice=ENGLISH) -> dict[str, str]:
    """What each source of spread means."""
    return {
        "people": voice.say("People differ in how their bodies handle the substance"),
        "specimen": voice.say("Urine differs from one visit to the toilet to the next"),
        "knowledge": voice.say("Model uncertainty: some numbers of the model are not well known"),
        "inputs": voice.say("What was not entered, or only roughly"),
        "assay": voice.say("The imprecision of the test"),
    }
