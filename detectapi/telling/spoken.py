"""Cards of substances and texts for patients in the reader's language: the sentences of plain data, wherever they stand."""

from __future__ import annotations

from typing import Any

from detectapi.telling.retelling import quoted
from detectapi.telling.voice import translated

SENTENCES = ("name", "title", "text", "description", "meaning", "reason", "because", "message", "claim", "no_analyte")
"""The keys whose texts are for people. Ids, units, citations and places in a source stay as they are."""
BY_NAME = ("interactions",)
"""The keys of tables whose texts are for people, each under a name."""


def spoken(document: Any, voice) -> Any:
    """Plain data with its sentences in the language of a voice; what has no translation stays English.

    Parameters
    ----------
    document : dict, list or other
        Such as a substance's card.
    voice : Voice
    """
    if voice.language == "en":
        return document
    if isinstance(document, list):
        return [spoken(entry, voice) for entry in document]
    if not isinstance(document, dict):
        return document
    return {key: _spoken_entry(key, value, voice) for key, value in document.items()}


def _spoken_entry(key: str, value: Any, voice) -> Any:
    if key in BY_NAME and isinstance(value, dict):
        return {name: in_words(text, voice) for name, text in value.items()}
    return in_words(value, voice) if key in SENTENCES and isinstance(value, str) else spoken(value, voice)


def in_words(text: str, voice) -> str:
    """A sentence or a name in the language of a voice; a name with a capital letter keeps it."""
    return translated(text, voice) or quoted(text, voice).text
