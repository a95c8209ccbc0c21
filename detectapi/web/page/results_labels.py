"""What the form about results calls its fields and rows, from the table of inputs, and what its lists offer."""

from detectapi.inputs.table import INPUTS
from detectapi.inputs.table.results import RESULTS
from detectapi.knowledge.interpretation import rules
from detectapi.telling.inputs_used import said_words
from detectapi.telling.interpretation import LIMITS, SUPPORT
from detectapi.web.page import fields, results_form, results_rows

__all__ = ["LIMITS", "accounts", "first_field", "hints", "labels", "options", "scale", "words"]

PRIOR = RESULTS["accounts[].last_use.prior"].words
MAIN = INPUTS["substance"].form
SUBSTANCE = RESULTS["accounts[].substance"].form
NAMES = {"specimen_id": RESULTS["specimens[].id"].form, "account_id": RESULTS["accounts[].id"].form}
"""What is said of the names of specimens and accounts, whose fields have one name."""
CALLED = {"s_id": "specimen_id", "a_id": "account_id", "a_substance": "substance_of_account", "u_at": "ended"}
"""Fields of rows that are called otherwise than other fields of their name."""
PROGRAMMES = RESULTS["programme"].words
URINE = tuple(
    entry
    for entry in RESULTS.in_section("specimens[]")
    if entry.form and entry.field.fieldset in ("specimen", "laboratory")
)
"""What may be told of a specimen besides its results."""
SHOWN_FIRST = ("urine_creatinine_mg_dl", "specific_gravity", "urine_ph")


def accounts(voice):
    """Names of the first two accounts before anything was typed."""
    return voice.say("as reported"), voice.say("one more use")


def words(voice):
    """What a field is called within its row, by its name there."""
    texts = {entry.field.name: voice.say(entry.field.label) for entry in (*INPUTS.on_form, *RESULTS.on_form)}
    return texts | {
        "substance": voice.say(MAIN.label),
        "substance_of_account": voice.say(SUBSTANCE.label),
        "worn_h": voice.say("Hours that a patch was worn"),
        "ended": voice.say("When its last dose ended: date and time"),
        "zone": voice.say("Time zone"),
        **{name: voice.say(one.label) for name, one in NAMES.items()},
        "first": voice.say("Compare"),
        "second": voice.say("with"),
    }


def labels(sizes, voice):
    """What every field is called where it stands alone, such as in the list of what must be corrected."""
    called = words(voice)
    rows = {
        "s": voice.say("Specimen %(number)s", number="%(number)s"),
        "a": voice.say("Account %(number)s", number="%(number)s"),
        "c": voice.say("Comparison %(number)s", number="%(number)s"),
    }
    texts = {name: called[name] for name in called}
    for name in results_rows.names(sizes):
        kind, row, within, number, inner = results_rows.ROW.fullmatch(name).groups()
        ident = CALLED.get(f"{within or kind}_{inner}", inner)
        which = rows[kind] % {"number": int(row) + 1}
        if within:
            nth = {
                "r": voice.say("result %(number)s", number=int(number) + 1),
                "u": voice.say("use %(number)s", number=int(number) + 2),
            }[within]
            which = f"{which}, {nth}"
        texts[name] = f"{which}: {called.get(ident, ident)}"
    return texts | fields.labels(voice) | {name: called[name] for name in ("planned_at", "planned_assay", "programme")}


def hints(voice):
    """The help of fields that have some."""
    return {name: voice.say(one.hint) for name, one in NAMES.items()}


def options(values, voice):
    """What the lists of the rows offer."""
    unknown = [("", fields.unknown(voice))]
    named = [(str(row + 1), results_form.name_of(values, row)) for row in range(values["sizes"]["a"])]
    extends = [
        (number, voice.say("the use of “%(account)s”, and this use besides", account=name)) for number, name in named
    ]
    return {
        "extends": [("", voice.say("only the use that follows")), *extends],
        "compared": [("", voice.say("nothing")), *named],
        "prior": said_words_of(PRIOR, voice),
        "programme": [("", voice.say("no particular one")), *said_words_of(PROGRAMMES, voice)],
        "verdict": [("", voice.say("none")), ("positive", voice.say("positive")), ("negative", voice.say("negative"))],
        "urine": [_field(entry, unknown, voice) for entry in URINE],
        "shown_first": SHOWN_FIRST,
        "substances_from": " ".join(name for name in values if name.endswith("substance")),
    }


def said_words_of(texts, voice):
    """The words of an input, as people say them."""
    return [(word, voice.say(said)) for word, said in texts.items()]


def _field(entry, unknown, voice):
    """A field of a specimen: its name, and what it offers; None for a number."""
    if entry.kind == "word":
        return entry.field.name, [*unknown, *said_words(f"specimen.{entry.name}", voice).items()]
    if entry.kind == "flag":
        return entry.field.name, [*unknown, ("yes", voice.say("yes")), ("no", voice.say("no"))]
    return entry.field.name, None


def first_field(values, kind):
    """The first field of the row that was added last."""
    last = values["sizes"][kind] - 1
    first = {"s": "id", "a": "id", "c": "first", "r": "analyte", "u": "substance"}[kind[0]]
    within = kind[1:] and f"{results_rows.WITHIN[kind[0]]}{kind[1:]}_"
    return f"{within}{kind[0]}{last}_{first}"


def scale(voice):
    """The table of words for a ratio, as far as ratios are shown: from, to, words."""
    most = max(rules().largest_ratio.values())
    ends = [1.0, *(row.below for row in rules().scale)]
    rows = [(low, high, SUPPORT[row.word]) for low, high, row in zip(ends, ends[1:], rules().scale, strict=False)]
    return [(voice.number(low), voice.number(high), voice.say(words)) for low, high, words in rows if high <= most]
