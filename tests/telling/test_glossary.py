"""Words that no reader meets: the glossary has better ones."""

import re

import translations

from detectapi.knowledge import catalog, education
from detectapi.telling.notes import NOTES

AVOIDED = re.compile(
    r"\b(half point|most likely|what is not known|what science|hangs on|needs mending|insufflated|manifold|mirror forms"
    r"|abuse|addict|fail a test|pass a test)\b",
    re.IGNORECASE,
)
DIRECTION = re.compile(
    r"\b((?<!glucuronic )acid|alkaline|drink(s|ing)? (more|less)|dilut(e|ing) (your|the) urine)\b", re.IGNORECASE
)


def said():
    """Every sentence in English: of the code, of notes, of evidence, and of the texts for patients."""
    for text, _ in translations.sentences():
        yield from ([text] if isinstance(text, str) else text)
    yield from NOTES.values()
    for substance in catalog.substances():
        yield from (note.message for note in substance.notes)
        yield from (rule.because for rule in substance.evidence)
        yield substance.description


def test_no_sentence_has_a_word_that_the_glossary_avoids():
    assert [text for text in said() if AVOIDED.search(text)] == []


def test_no_note_and_no_text_for_patients_says_in_which_direction_urine_moves_a_result():
    notes = [note.message for substance in catalog.substances() for note in substance.notes]
    topics = [topic for card in education.cards() for topic in card["topics"]]
    texts = [statement["text"] for topic in topics for statement in topic["statements"]]

    assert [text for text in [*notes, *NOTES.values(), *texts] if DIRECTION.search(text)] == []
