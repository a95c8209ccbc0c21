"""Every sentence in every language, compiled as it stands."""

import importlib.util
import re
from pathlib import Path

import pytest

VALUES = re.compile(r"%\(\w+\)s|%%")

spec = importlib.util.spec_from_file_location("translations", Path(__file__).parents[3] / "tools" / "translations.py")
translations = importlib.util.module_from_spec(spec)
spec.loader.exec_module(translations)


def test_there_are_german_and_spanish():
    assert translations.languages() == ["de", "es"]


@pytest.mark.parametrize("language", ["de", "es"])
def test_the_catalogue_is_complete(language):
    catalog = translations.catalogue(language)
    known = {(message.id, message.context): message for message in catalog if message.id}

    sentences = translations.sentences()

    assert set(sentences) <= set(known)
    assert set(known) <= {*sentences, *translations.names()}
    assert [m.id for key, m in known.items() if key in sentences and not translations.is_translated(m) or m.fuzzy] == []


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_translation_keeps_its_values(language):
    for message in translations.catalogue(language):
        forms = [message.string] if isinstance(message.string, str) else message.string
        asked = message.id if isinstance(message.id, str) else message.id[1]
        for form in forms if message.id and translations.is_translated(message) else ():
            assert sorted(VALUES.findall(asked)) == sorted(VALUES.findall(form))


@pytest.mark.parametrize("language", ["de", "es"])
def test_what_is_compiled_is_what_is_written(language):
    file = translations.FOLDER / language / "LC_MESSAGES" / "messages.mo"

    assert file.read_bytes() == translations.compiled(translations.catalogue(language)), "run make translations"


def test_a_page_speaks_the_language_asked_for(client):
    asked = client.get("/?lang=de")
    accepted = client.get("/", headers={"Accept-Language": "es-MX, en;q=0.5"})

    assert '<html lang="de">' in asked.get_data(as_text=True)
    assert "Wie lange ist es im Urin nachweisbar?" in asked.get_data(as_text=True)
    assert accepted.headers["Content-Language"] == "es"
    assert "Accept-Language" in accepted.headers["Vary"]


def test_what_a_reader_chooses_or_gets_wrong_is_in_the_readers_language(client):
    page = client.post(
        "/?lang=de", data={"substance": "ketamine", "route": "teleport", "amount": "5", "interactions": "grapefruit"}
    ).get_data(as_text=True)

    assert "Das ist hier nicht bekannt." in page
    assert "Johanniskraut" in page
    assert "Hydrochlorid" in page
    assert re.search(r'<option value="mayo-ketau" lang="en">', page)
