"""The languages of the texts for people: their catalogues, and a voice that speaks one of them.

`detectapi/translations/<language>/` holds ``messages.po`` with the sentences of the code, and under ``data`` a catalogue for each
data file that has sentences. They are read as they stand when a language is first asked for; nothing is compiled before.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from detectapi.telling.voice import Voice

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
"""The name of each language in itself, by its code."""

FOLDER = Path(__file__).parent.parent / "translations"


def catalogues(language: str) -> list[Path]:
    """The files of a language's translations."""
    return sorted((FOLDER / language).rglob("*.po"))


@cache
def catalogue(language: str) -> Catalog:
    """Everything that is translated into a language, as one catalogue; empty for English."""
    whole = Catalog(locale=language)
    for file in catalogues(language):
        with file.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id and message.string:
                    whole.add(message.id, message.string, context=message.context)
    return whole


@cache
def translations(language: str) -> NullTranslations:
    """The same for `gettext`. English sentences come back as they are."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(fp=compiled) if catalogues(language) else NullTranslations()


class TranslatedVoice(Voice):
    """A voice in one of `LANGUAGES`.

    Parameters
    ----------
    surface : str
        As of `Voice`.
    language : str
        Its code.
    """

    def __init__(self, surface: str = "terminal", language: str = "en"):
        super().__init__(surface)
        self._language = language

    @property
    def language(self) -> str:
        """Its code."""
        return self._language

    def say(self, message, **values):
        """The sentence in this language."""
        return super().say(translations(self.language).gettext(message) if message else "", **values)

    def say_in(self, context, message, **values):
        """The sentence in this language, as it stands in a context."""
        return super().say(translations(self.language).pgettext(context, message), **values)

    def say_many(self, one, many, count, **values):
        """The sentence for a count in this language."""
        return translations(self.language).ngettext(one, many, count) % {"num": count, **values}

    def say_many_in(self, context, one, many, count, **values):
        """The sentence for a count in this language, as it stands in a context."""
        return translations(self.language).npgettext(context, one, many, count) % {"num": count, **values}

    def knows(self, message) -> bool:
        """Whether a sentence has been translated; English needs no translation."""
        return self.language == "en" or (bool(message) and message in catalogue(self.language))
