"""Every sentence of the data that a reader may meet, in every language.

What is missing is listed by file: `make translations` adds it to `detectapi/translations/<language>/data`, without a translation.
"""

import pytest
import translations
from every import every

DATA = sorted(name for name in translations.collected() if name != translations.CODE)


@every("language", translations.languages())
@every("name", DATA, ids=str)
def test_a_data_file_is_translated(name, language):
    known = {message.id: message for message in translations.catalogue(language, name) if message.id}
    wanted = {text for text, _ in translations.collected()[name]}

    assert set(known) == wanted, "run make translations"
    assert [text for text, message in known.items() if not translations.is_translated(message)] == []


@pytest.mark.parametrize("language", translations.languages())
def test_a_sentence_that_stands_in_several_files_has_one_translation(language):
    said = {}
    for name in DATA:
        for message in translations.catalogue(language, name):
            if message.id:
                said.setdefault(message.id, set()).add(message.string)

    assert {text for text, several in said.items() if len(several) > 1} == set()


@pytest.mark.parametrize("language", translations.languages())
def test_no_catalogue_is_left_of_a_data_file_that_is_gone(language):
    folder = translations.FOLDER / language

    assert {file.relative_to(folder) for file in folder.rglob("*.po")} <= set(translations.collected())
