"""Every sentence in every language, compiled as it stands."""

import importlib.util
import re
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("translations", Path(__file__).parents[3] / "tools" / "translations.py")
translations = importlib.util.module_from_spec(spec)
spec.loader.exec_module(translations)


def test_there_are_german_and_spanish():
    assert translations.languages() == ["de", "es"]


@pytest.mark.parametrize("language", ["de", "es"])
def test_the_catalogue_is_complete(language):
    catalog = translations.catalogue(language)
    known = {message.id: message for message in catalog if message.id}

    assert set(translations.messages()) == set(known)
    assert [text for text, message in known.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_translation_keeps_its_values(language):
    for message in translations.catalogue(language):
        if message.id:
            assert sorted(re.findall(r"%\(\w+\)s|%%", message.id)) == sorted(
                re.findall(r"%\(\w+\)s|%%", message.string)
            )


@pytest.mark.parametrize("language", ["de", "es"])
def test_what_is_compiled_is_what_is_written(language):
    file = translations.FOLDER / language / "LC_MESSAGES" / "messages.mo"

    assert file.read_bytes() == translations.compiled(translations.catalogue(language)), "run make translations"


def test_a_page_speaks_the_language_asked_for(client):
    asked = client.get("/?lang=de")
    accepted = client.get("/", headers={"Accept-Language": "es-MX, en;q=0.5"})

    assert '<html lang="de">' in asked.get_data(as_text=True)
    assert "Wie lange zeigt es sich im Urin?" in asked.get_data(as_text=True)
    assert accepted.headers["Content-Language"] == "es"
    assert "Accept-Language" in accepted.headers["Vary"]
