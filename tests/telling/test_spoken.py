"""Cards of substances in the language of the reader: every sentence, and nothing else."""

import pytest
from every import every

from detectapi import service
from detectapi.telling.languages import LANGUAGES, TranslatedVoice
from detectapi.telling.spoken import SENTENCES, spoken

IDS = [item["id"] for item in service.substances()["items"]]
OTHERS = [language for language in LANGUAGES if language != "en"]


def pairs(one, other, path=()):
    """Every text of two documents of one form, with the keys that lead to it."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            yield from pairs(one[key], other[key], (*path, key))
    elif isinstance(one, list):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            yield from pairs(first, second, path)
    elif isinstance(one, str):
        yield path, one, other
    else:
        assert one == other


@every("language", OTHERS)
@every("substance", IDS)
def test_every_reason_and_meaning_of_a_card_is_said_in_the_language(substance, language):
    card, voice = service.substance(substance), TranslatedVoice("page", language)
    texts = {key: [] for key in ("reason", "meaning", "description", "because", "message", "claim")}
    for path, english, said in pairs(card, spoken(card, voice)):
        if path[-1] in texts:
            texts[path[-1]].append((english, said))
        elif path[-1] not in SENTENCES and "interactions" not in path:
            assert english == said, path  # ids, units, citations, places in a source

    assert texts["meaning"]
    for said in texts.values():
        assert [english for english, told in said if english == told and english not in SAME] == []


SAME = {"pKa"}
"""What is the same in all languages."""


def test_english_stays_as_it_is():
    card = service.substance("ketamine")

    assert spoken(card, TranslatedVoice("page", "en")) is card


@pytest.mark.parametrize(("language", "name"), [("de", "Kokain"), ("es", "Cocaína")])
def test_a_name_with_a_capital_letter_keeps_it(language, name):
    assert spoken(service.substance("cocaine"), TranslatedVoice("page", language))["name"] == name
