"""The fields of the form, made from the table of inputs: what each is called, its help, and in which rows they stand.

The texts of the table are English; a voice says them in the reader's language.
"""

from detectapi.inputs.table import INPUTS
from detectapi.telling.inputs_used import said_words
from detectapi.values.regimen import HOURS_BETWEEN
from detectapi.web.page.form import ADJUSTMENTS
from detectapi.web.page.history import DATES
from detectapi.web.page.plain import CHOICES, PLAIN

FIELDSETS = ("use", "often", "test", "own", "person", "more", "urine", "specimen", "model", "calculation")
NUMBERS = ("quantity", "number", "integer")


def labels(voice, rows=0, uses=0):
    """What each field is called, by its name, those of so many rows of doses and of further substances too."""
    texts = {entry.field.name: voice.say(entry.field.label) for entry in reversed(INPUTS.on_form)}
    for choice in CHOICES:
        texts |= dict.fromkeys(
            (f"{choice.field.name}_kind", f"{choice.field.name}_value"), voice.say(choice.field.label)
        )
    value = voice.say("Value")
    return texts | {
        "since": voice.say("Time from the last dose to the specimen"),
        "brand": voice.say("Name on the package"),
        "worn_h": voice.say("Hours that a patch was worn"),
        "last_at": voice.say("Date and time of the last dose"),
        "collected_at": voice.say("Date and time of the specimen"),
        "zone": voice.say("Time zone"),
        "request": voice.say("Request"),
        "answer-filed-case": voice.say("Case number"),
        "answer-filed-date": voice.say("Date"),
        **{f"adjust_value_{i}": f"{value} {i + 1}" for i in range(ADJUSTMENTS)},
        **{name: words for i in range(rows) for name, words in row_labels(i, voice).items()},
        **{name: words for i in range(uses) for name, words in use_labels(i, voice).items()},
    }


def row_labels(i, voice):
    """What the fields of a row of doses are called."""
    number = i + 1
    return {
        f"dose_at_{i}": voice.say("Dose %(number)s: date and time", number=number),
        f"dose_amount_{i}": voice.say("Dose %(number)s: amount", number=number),
        f"dose_route_{i}": voice.say("Dose %(number)s: how it was taken", number=number),
    }


def use_labels(i, voice):
    """What the fields of a further substance are called."""
    said = {
        "substance": voice.say("Substance %(number)s", number=i + 2),
        "route": voice.say("Substance %(number)s: how it was taken", number=i + 2),
        "amount": voice.say("Substance %(number)s: amount of one dose", number=i + 2),
        "unit": voice.say("Substance %(number)s: unit", number=i + 2),
        "lasts": voice.say("Substance %(number)s: length of the dose, hours", number=i + 2),
        "frequency": voice.say("Substance %(number)s: how often", number=i + 2),
        "days": voice.say("Substance %(number)s: for how many days", number=i + 2),
        "at": voice.say("Substance %(number)s: date and time of the last dose", number=i + 2),
    }
    return {f"use_{part}_{i}": words for part, words in said.items()}


def hints(voice):
    """The help of each field that has some, by its name; of a number with a default, the default."""
    texts: dict[str, str] = {}
    for entry in INPUTS.on_form:
        if entry.field.hint:
            texts.setdefault(entry.field.name, voice.say(entry.field.hint))
        elif entry.field.fieldset and isinstance(entry.default, (int, float)):
            texts[entry.field.name] = (
                voice.number(entry.default) if isinstance(entry.default, float) else str(entry.default)
            )
    texts |= {f"{one.field.name}_value": voice.say(one.field.hint) for one in CHOICES if one.field.hint}
    return texts | {"since": voice.say("Leave it empty to see all times")}


def frequencies(voice):
    """The choices of how often something was used: once, then by the hours between doses, then at another interval."""
    said = sorted(said_words("pattern.frequency", voice).items(), key=lambda pair: HOURS_BETWEEN.get(pair[0], 0.0))
    return [*said, ("every", voice.say("At another interval")), (DATES, voice.say("On certain dates"))]


def fieldsets(voice):
    """The rows of fields of each fieldset, as `rows` gives them."""
    return {name: rows(name, voice) for name in FIELDSETS}


def rows(fieldset, voice):
    """The fields of a fieldset that the page has no place of their own for, two in a row.

    Parameters
    ----------
    fieldset : str
    voice : Voice

    Returns
    -------
    list of list of dict
        Each with ``name`` and ``options``, which is None for a number. Alternatives make a row of two: which, and its value.
    """
    plain = [one_field(entry, voice) for entry in PLAIN if entry.field.fieldset == fieldset]
    pairs = [plain[i : i + 2] for i in range(0, len(plain), 2)]
    own = [alternatives(choice, voice) for choice in CHOICES if choice.field.fieldset == fieldset]
    return [*pairs[:1], *own, *pairs[1:]]


def one_field(entry, voice):
    """The field of an input: a number, or a choice among its words."""
    if entry.kind in NUMBERS:
        return {"name": entry.field.name, "options": None}
    if entry.kind != "word":
        raise ValueError(f"{entry.path}: the form has no field for the kind {entry.kind}")
    return {"name": entry.field.name, "options": [("", unknown(voice)), *said_words(entry.path, voice).items()]}


def alternatives(choice, voice):
    """The two fields of alternatives: which of them it is, and its value."""
    options = [("", unknown(voice))]
    for entry in INPUTS.among(choice.name):
        label = entry.field.label
        words = [(word, voice.say(said) if said else voice.say(label, word=word)) for word, said in entry.words.items()]
        options += words or [(entry.name, voice.say(label))]
    value = {"name": f"{choice.field.name}_value", "options": None, "label": voice.say("its value")}
    return [{"name": f"{choice.field.name}_kind", "options": options}, value]


def unknown(voice):
    """The choice of who does not know."""
    return voice.say("I don't know")
