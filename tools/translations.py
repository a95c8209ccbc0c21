"""Collect every sentence for people and bring the catalogues up to date: `make translations`.

A sentence is in the code in English as `voice.say("…")`, in a template as `_(…)`, or in a data file: names, notes, reasons, what is
told to patients. A sentence with a count has a singular and a plural (`voice.say_many`); one that other languages decline has a
context (`voice.say_in`). Those of the code stand in `detectapi/translations/<language>/messages.po`; those of a data file in a
catalogue of its own beside it, such as `data/substances/ketamine.po`, complete by itself.
"""

import io
import json
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from detectapi.inputs.table import INPUTS
from detectapi.inputs.table.results import RESULTS
from detectapi.telling import interpretation, interpretation_notes
from detectapi.telling.details import DETAILS
from detectapi.telling.languages import FOLDER
from detectapi.telling.notes import NOTES

ROOT = Path(__file__).parent.parent
DATA = ROOT / "detectapi" / "data"
CODE = Path("messages.po")
PYTHON = ("detectapi/telling", "detectapi/web/page")
TEMPLATES = ("detectapi/web/templates/page", "detectapi/telling/templates")
KEYWORDS = {
    "say": None, "_": None, "gettext": None, "say_many": (1, 2), "many": (1, 2), "say_in": ((1, "c"), 2),
    "say_many_in": ((1, "c"), 2, 3),
}  # fmt: skip


@cache
def collected():
    """Every sentence that needs a translation.

    Returns
    -------
    dict of Path to dict
        By catalogue, relative to that of a language: (a sentence, or its singular and plural; its context or None), each
        with the files it stands in.
    """
    by_file = {CODE: of_code()}
    for file in sorted(DATA.rglob("*.toml")):
        texts = list(dict.fromkeys(of_data(file)))
        if texts:
            where = [file.relative_to(ROOT).as_posix()]
            by_file[Path("data") / file.relative_to(DATA).with_suffix(".po")] = {(text, None): where for text in texts}
    return by_file


def sentences():
    """All of them at once: (a sentence, or its singular and plural; its context or None)."""
    return {key for entries in collected().values() for key in entries}


def of_code():
    """The sentences of code, templates, presets and the table of inputs, each with its files."""
    places = {}

    def add(message, file, context=None):
        places.setdefault((message, context), []).append(file.relative_to(ROOT).as_posix())

    for method, folders, ending in (("python", PYTHON, "*.py"), ("jinja2.ext:babel_extract", TEMPLATES, "*.html")):
        for file in (file for folder in folders for file in sorted((ROOT / folder).rglob(ending))):
            for _, message, _, context in extract(method, io.BytesIO(file.read_bytes()), KEYWORDS):
                add(message, file, context)
    ours = {**interpretation.SUPPORT, **interpretation.CHANGES, "limits": interpretation.LIMITS}
    own_notes = {**interpretation_notes.NOTES, "medicine": interpretation_notes.MEDICINE}
    for texts, name in ((NOTES, "notes"), (DETAILS, "details"), (ours, "interpretation"),
                        (own_notes, "interpretation_notes")):  # fmt: skip
        for text in texts.values():
            add(text, ROOT / f"detectapi/telling/{name}.py")
    for text in texts_of_inputs():
        add(text, ROOT / "detectapi/inputs/table/entries.py")
    presets = ROOT / "detectapi/web/page/presets.json"
    for preset in json.loads(presets.read_text(encoding="utf-8")):
        add(preset["title"], presets)
        add(preset["detail"], presets)
    return places


def texts_of_inputs():
    """What answers and the form call inputs and their words, and how the form helps."""
    for one in (*INPUTS.on_form, *INPUTS.alternatives.values(), *RESULTS.on_form):
        if one.form:
            yield from (text for text in (one.form.label, one.form.hint) if text)
    for entry in (*INPUTS, *RESULTS):
        yield from (text for text in (entry.called, *(entry.words.values() if entry.form else ())) if text)


def of_data(file):
    """The sentences of a data file that an answer, a page or a report may show.

    Folders and files say which: what is only read by those who look into the model (observations, references) is not among them.
    """
    root = tomllib.loads(file.read_text(encoding="utf-8"))
    kind = re.split(r"[-.]", file.relative_to(DATA).parts[0])[0]
    collect = {
        "substances": of_substance, "blocks": of_substance, "education": of_education,
        "assays": of_tests, "panels": of_tests, "grades": of_grades,
        "covariates": lambda root: of_keys(root, "name", "reason", "word", "meaning"),
        "physiology": lambda root: of_keys(root, "name", "reason"),
        "interpretation": of_interpretation,
    }.get(kind)  # fmt: skip
    return collect(root) if collect else ()


def of_keys(root, *keys, cells=()):
    """The texts under some keys, wherever they stand; of the tables named ``cells``, the reason."""
    for key, value in root.items() if isinstance(root, dict) else ():
        if isinstance(value, str) and key in keys:
            yield value
        elif key in cells:
            yield from of_keys(value, "reason")
        else:
            yield from (
                text
                for one in (value if isinstance(value, list) else [value])
                for text in of_keys(one, *keys, cells=cells)
            )


def of_tests(root):
    """Names of tests and panels, why some have no cutoff, and what is assumed of their errors."""
    yield from of_keys(root, "name", "issuer", "because", cells=("imprecision_cv", "kit_bias_sd", "hydrolysis_yield"))
    dates = of_keys(root, "date")
    yield from (date for date in dates if not re.fullmatch(r"[\d-]+|not stated", date))


def of_substance(root):
    """Names, notes and evidence of a substance or a block; what each number is, and why one is assumed."""
    if "description" in root:
        yield root["description"]
    yield from of_keys(root, "meaning", "reason")
    yield from (entry["id"] for key in ("moieties", "salts") for entry in root.get(key, ()))
    yield from (entry["name"] for entry in root.get("dose_units", ()))
    yield from (entry["no_analyte"] for entry in root.get("moieties", ()) if "no_analyte" in entry)
    if "id" in root:
        yield root["id"]
    for ident, text in root.get("interactions", {}).items():
        yield from (ident.replace("-", " "), text)
    yield from (note["message"] for note in root.get("notes", ()))
    yield from (rule["because"] for rule in root.get("evidence", ()))
    yield from of_keys(root.get("half_life_model", {}), "claim")


def of_interpretation(root):
    """What a programme calls a specimen and why, what has to be known beside the numbers, and medicines that interfere."""
    yield from of_keys({"rows": root["validity"]}, "word", "locator")
    yield from of_keys({"rows": root["preconditions"]}, "message")
    yield from of_keys({"rows": root["interference"]}, "called", "name")


def of_education(root):
    """What a patient may read about a substance."""
    yield root["title"]
    for topic in root["topics"]:
        yield topic["title"]
        yield from (statement["text"] for statement in topic["statements"])


def of_grades(root):
    """The reasons of the grades of evidence."""
    yield from of_keys(root, "because")
    yield from root["model"].values()


def languages():
    """The languages there are catalogues of."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def catalogue(language, name=CODE):
    """One of a language's catalogues as it stands; empty where there is none."""
    file = FOLDER / language / name
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def update(language):
    """Add what is new and drop what is gone; return what has no translation yet.

    A sentence without a translation takes the one that it has in another catalogue.
    """
    wanted, missing = collected(), []
    files = [file.relative_to(FOLDER / language) for file in sorted((FOLDER / language).rglob("*.po"))]
    old = {name: catalogue(language, name) for name in dict.fromkeys([*files, *wanted])}
    for name, entries in wanted.items():
        of = "the code" if name == CODE else next(iter(entries.values()))[0]
        comment = f"# Translations of {of}: {old[CODE].locale.english_name}."
        new = Catalog(locale=language, header_comment=comment, fuzzy=False)
        for (message, context), where in sorted(entries.items(), key=lambda item: repr(item[0])):
            known = [old[name].get(message, context), *(one.get(message, context) for one in old.values())]
            done = next(
                (one.string for one in known if one and is_translated(one)),
                "" if isinstance(message, str) else ("", ""),
            )
            new.add(message, done, locations=[(file, None) for file in sorted(set(where))], context=context)
        write(FOLDER / language / name, new, locations=name == CODE)
        missing += [(name, message.id) for message in new if message.id and not is_translated(message)]
    for name in set(files) - set(wanted):
        (FOLDER / language / name).unlink()
    return missing


def write(file, catalog, locations):
    """A catalogue as text, without what changes from run to run."""
    written = io.BytesIO()
    write_po(written, catalog, width=120, omit_header=False, no_location=not locations, include_lineno=False)
    kept = (b"Language:", b"Plural-Forms:", b"MIME", b"Content-")
    head, empty, body = written.getvalue().partition(b"\n\n")
    lines = [line for line in head.splitlines(True) if line[:1] != b'"' or line[1:].startswith(kept)]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(lines) + empty + body)


def is_translated(message):
    """Whether a message has a translation, in every form it needs."""
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


if __name__ == "__main__":
    missing = {language: update(language) for language in sys.argv[1:] or languages()}
    for language, entries in missing.items():
        print(f"{language}: {len(entries)} without translation")
        for name, sentence in entries:
            print(f"  {name}: {sentence}")
    sys.exit(any(missing.values()))
