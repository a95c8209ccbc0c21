"""Collect what the page says, bring the catalogues up to date and compile them: `make translations`.

A sentence is in the code in English as `voice.say("…")`, in a template as `_(…)`, in `data/education` as text; the
names of substances and analytes are those of the data, and what inputs are called stands in the table of inputs. A sentence
with a count has a singular and a plural (`voice.say_many`); one that other languages decline has a context (`voice.say_in`).
"""

import io
import json
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from detectapi.inputs.table import INPUTS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "detectapi" / "web" / "translations"
PYTHON = ("detectapi/telling", "detectapi/web/page")
TEMPLATES = ("detectapi/web/templates/page", "detectapi/telling/templates")
KEYWORDS = {
    "say": None, "_": None, "gettext": None, "say_many": (1, 2), "say_in": ((1, "c"), 2),
    "say_many_in": ((1, "c"), 2, 3),
}  # fmt: skip


def sentences():
    """Every sentence that needs a translation, with the files it stands in.

    Returns
    -------
    dict of (str or tuple of str, str or None) to list of str
        A sentence, or its singular and plural, with the context it stands in.
    """
    places = {}

    def add(message, file, context=None):
        places.setdefault((message, context), []).append(file.relative_to(ROOT).as_posix())

    for method, folders, ending in (("python", PYTHON, "*.py"), ("jinja2.ext:babel_extract", TEMPLATES, "*.html")):
        for file in (file for folder in folders for file in sorted((ROOT / folder).rglob(ending))):
            for _, message, _, context in extract(method, io.BytesIO(file.read_bytes()), KEYWORDS):
                add(message, file, context)
    for file in sorted((ROOT / "detectapi/data/education").glob("*.toml")):
        card = tomllib.loads(file.read_text(encoding="utf-8"))
        add(card["title"], file)
        for topic in card["topics"]:
            add(topic["title"], file)
            for statement in topic["statements"]:
                add(statement["text"], file)
    for text in texts_of_inputs():
        add(text, ROOT / "detectapi/inputs/table/entries.py")
    presets = ROOT / "detectapi/web/page/presets.json"
    for preset in json.loads(presets.read_text(encoding="utf-8")):
        add(preset["title"], presets)
        add(preset["detail"], presets)
    return places


def names():
    """The names of substances, analytes, salts and medicines, and what a medicine does, likewise.

    One without a translation is shown as the data have it.
    """
    places = {}
    for file in sorted((ROOT / "detectapi/data/substances").glob("*.toml")):
        card = tomllib.loads(file.read_text(encoding="utf-8"))
        listed = (entry["id"] for key in ("moieties", "salts") for entry in card.get(key, ()))
        for name in (card["id"], *listed, *names_of_medicines(card.get("interactions", {}))):
            places.setdefault((name, None), []).append(file.relative_to(ROOT).as_posix())
    return places


def names_of_medicines(interactions):
    """The medicines and foods of a substance as they are shown, and what each does."""
    for ident, text in interactions.items():
        yield from (ident.replace("-", " "), text)


def texts_of_inputs():
    """What answers and the form call inputs and their words, and how the form helps."""
    for one in (*INPUTS.on_form, *INPUTS.alternatives.values()):
        if one.form:
            yield from (text for text in (one.form.label, one.form.hint) if text)
    for entry in INPUTS:
        yield from (text for text in (entry.called, *(entry.words.values() if entry.form else ())) if text)


def languages():
    """The languages there are catalogues of."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def catalogue(language):
    """A language's catalogue as it stands."""
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def compiled(catalog):
    """The bytes of a compiled catalogue."""
    # Its header holds a moment; a fixed one, so that the same words give the same bytes.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    written = io.BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def update(language):
    """Add what is new, drop what is gone, compile; return what has no translation yet."""
    folder = FOLDER / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    old = catalogue(language) if (folder / "messages.po").exists() else Catalog(locale=language)
    new = Catalog(locale=language, header_comment=f"# What the page says, in {old.locale.english_name}.", fuzzy=False)
    wanted = sentences()
    for (message, context), files in sorted({**names(), **wanted}.items(), key=lambda item: repr(item[0])):
        known = old.get(message, context)
        empty = "" if isinstance(message, str) else ("", "")
        locations = [(file, None) for file in sorted(set(files))]
        new.add(message, known.string if known else empty, locations=locations, context=context)
    written = io.BytesIO()
    write_po(written, new, width=120, omit_header=False, include_lineno=False)
    kept = (b"Language:", b"Plural-Forms:", b"MIME", b"Content-")
    head, empty, body = written.getvalue().partition(b"\n\n")
    lines = [line for line in head.splitlines(True) if line[:1] != b'"' or line[1:].startswith(kept)]
    (folder / "messages.po").write_bytes(b"".join(lines) + empty + body)
    (folder / "messages.mo").write_bytes(compiled(catalogue(language)))
    return [message.id for message in new if (message.id, message.context) in wanted and not is_translated(message)]


def is_translated(message):
    """Whether a message has a translation, in every form it needs."""
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


if __name__ == "__main__":
    missing = {language: update(language) for language in sys.argv[1:] or languages()}
    for language, sentences in missing.items():
        print(f"{language}: {len(sentences)} without translation")
        for sentence in sentences:
            print(f"  {sentence}")
    sys.exit(any(missing.values()))
