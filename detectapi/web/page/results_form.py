"""The form about results: from what was typed to a request of an interpretation, and from a problem with it to the field."""

import json
from dataclasses import dataclass, field
from importlib import resources

from detectapi.inputs.table.results import RESULTS
from detectapi.inputs.typed import quantity
from detectapi.web.page import dated, form, one_dose, results_rows, results_uses
from detectapi.web.page.history import to_history
from detectapi.web.page.one_dose import read
from detectapi.web.page.plain import CHOICES, PLAIN

PERSON = tuple(entry for entry in PLAIN if entry.section in ("person", "renal"))
CHOSEN = tuple(choice for choice in CHOICES if choice.field.fieldset in ("person", "more"))
OPTIONS = tuple(entry for entry in RESULTS.on_form if entry.section == "options")
OWN = (
    "substance", "zone", "programme", "planned_at", "planned_assay",
    *(entry.field.name for entry in (*PERSON, *OPTIONS)),
    *(f"{choice.field.name}_{part}" for choice in CHOSEN for part in ("kind", "value")),
)  # fmt: skip
"""Fields that are in no row."""
FOLDED = (*OWN[OWN.index("planned_assay") + 1 :], *form.SEVERAL)
"""Those of them that are folded away where nothing stands in them."""

URINE = {entry.field.name: entry.name for entry in RESULTS.in_section("specimens[]") if entry.form}
TIMES = ("at", "earliest", "latest")
MOST_IN_TURN = 6
EXAMPLE = "results_example.json"


@dataclass
class Asked:
    """A request, and the row of the form that each of its parts comes from, by its pointer."""

    request: dict
    rows: dict[str, str] = field(default_factory=dict)


def typed(fields, words, more=""):
    """What was typed, by name; with the defaults where nothing was sent at all.

    Parameters
    ----------
    fields : mapping
    words : (str, str)
        Names of the first two accounts.
    more : str
        As of `results_rows.counts`.
    """
    sizes = results_rows.counts(fields, more)
    substance = fields.get("substance", form.DEFAULTS["substance"])
    held = {"substance": substance, "zone": "+00:00", **results_rows.defaults(substance, words)}
    names = [*OWN, *results_rows.names(sizes)]
    several = {name: [word for word in _all(fields, name) if word] for name in form.SEVERAL}
    return {"sizes": sizes, **several} | {name: fields.get(name, held.get(name, "")).strip() for name in names}


def _all(fields, name):
    """Everything that was chosen in a field of several."""
    return fields.getlist(name) if hasattr(fields, "getlist") else fields.get(name, [])


def example():
    """What was typed for the worked example."""
    return json.loads(resources.files("detectapi.web.page").joinpath(EXAMPLE).read_text(encoding="utf-8"))


def to_request(values):
    """The request of the contract.

    Parameters
    ----------
    values : dict
        As `typed` gives them.

    Returns
    -------
    Asked
        Of the right form only if what was typed is; the contract checks it.
    """
    asked = Asked({"substance": values["substance"], "specimens": [], "accounts": []})
    for row in range(values["sizes"]["s"]):
        _add_specimen(asked, values, row)
    for row in range(values["sizes"]["a"]):
        if row == 0 or is_told(values, row):
            _add_account(asked, values, row)
    pairs = _pairs(asked, values)
    if pairs:
        asked.request["compare"] = pairs
    if values["planned_at"]:
        test = {"assay": values["planned_assay"]} if values["planned_assay"] else {}
        asked.request["planned"] = {"at": dated.moment(values["planned_at"], values["zone"]), **test}
    if values["programme"]:
        asked.request["programme"] = values["programme"]
    asked.request |= _person(values)
    options = {entry.name: read(entry.path, values[entry.field.name]) for entry in OPTIONS if values[entry.field.name]}
    if 1 < len(asked.request["specimens"]) <= MOST_IN_TURN:
        options["in_turn"] = True
    if options:
        asked.request["options"] = options
    return asked


def _add_specimen(asked, values, row):
    """Add a specimen to a request; a row in which nothing but a name stands is left out, unless it is the first."""
    one = {name: _of_specimen(name, values[f"s{row}_{typed}"]) for typed, name in URINE.items() if typed != "collected"}
    one = {name: value for name, value in one.items() if value != ""} | _screen(values, row)
    results = {}
    for i in range(values["sizes"][f"r{row}"]):
        level = values[f"s{row}_r{i}_value"]
        if level:
            results[f"s{row}_r{i}"] = {"analyte": values[f"s{row}_r{i}_analyte"], **measured(level)}
    collected = values[f"s{row}_collected"]
    if row and not (collected or results or set(one) - {"id"}):
        return
    here = f"/specimens/{len(asked.request['specimens'])}"
    asked.rows |= {here: f"s{row}"} | {f"{here}/results/{n}": name for n, name in enumerate(results)}
    one |= {"collected": dated.moment(collected, values["zone"])} if collected else {}
    asked.request["specimens"].append(one | {"results": list(results.values())})


def _screen(values, row):
    """The verdict of a screen, as far as it is told."""
    verdict = {"positive": True, "negative": False}.get(values[f"s{row}_verdict"])
    screen = {"assay": values[f"s{row}_screen"], "positive": verdict}
    screen = {name: value for name, value in screen.items() if value not in ("", None)}
    return {"screen": screen} if screen else {}


def _of_specimen(name, text):
    if name == "hydrolysed":
        return {"yes": True, "no": False}.get(text, "")
    return read(f"specimens[].{name}", text, RESULTS) if text else ""


def measured(text):
    """A result as it is typed: ``61``, ``<1`` for below a limit, ``0.5-1`` for between two limits."""
    path = "specimens[].results[].value_ng_ml"
    if text[0] in "<≤＜":
        return {"below_ng_ml": read(path, text[1:].lstrip("= "), RESULTS)}
    value = quantity(text, one_dose.limits(RESULTS[path]))
    return {"between_ng_ml" if isinstance(value, dict) else "value_ng_ml": value}


def is_told(values, row):
    """Whether an account says anything but its name."""
    return any(values[f"a{row}_{name}"] for name in ("amount", *TIMES)) or bool(results_uses.filled(values, row))


def name_of(values, row):
    """The name of an account; its number where it has none."""
    return values[f"a{row}_id"] or str(row + 1)


def base_of(values, row):
    """The place of the account that another one extends; None where it extends none, or one that is not there."""
    base = values[f"a{row}_extends"]
    known = base.isdecimal() and 1 <= int(base) <= values["sizes"]["a"]
    return int(base) - 1 if known else None


def _add_account(asked, values, row):
    """Add an account of use to a request."""
    here = f"/accounts/{len(asked.request['accounts'])}"
    asked.rows[here] = f"a{row}"
    if values[f"a{row}_extends"]:
        asked.request["accounts"].append(extension(values, row))
        return
    further = results_uses.filled(values, row)
    asked.rows |= {f"{here}/uses/{i}": name for i, name in enumerate(further, 1)}
    asked.request["accounts"].append(account(values, row, further))


def account(values, row, further=()):
    """An account of use as the contract has it.

    Parameters
    ----------
    values : dict
    row : int
    further : sequence of str
        Rows of its further uses.
    """
    times = _times(values, row)
    prior = values[f"a{row}_prior"] if "earliest" in times else ""
    prior = {"prior": prior} if prior else {}
    name, substance = name_of(values, row), values[f"a{row}_substance"]
    if further:
        used, last = results_uses.to_uses(values, row, further)
        times |= {"at": last} if last else {}
        return {"id": name, "uses": used, "last_use": {**times, **prior}}
    other = {"substance": substance} if substance else {}
    first = results_uses.typed_use(values, f"a{row}") | {"substance": substance or values["substance"]}
    return {"id": name, **other, **to_history(first), "last_use": {**times, **prior}}


def extension(values, row):
    """An account that extends another by one use, as the contract has it."""
    own = {name: values[f"a{row}_{name}"] for name in results_rows.OF_ACCOUNT}
    base = base_of(values, row)
    known = results_uses.substances(values, base) if base is not None else [values["substance"]]
    several = base is not None and results_uses.filled(values, base)
    substance = own["substance"] or (known[0] if several and len(known) == 1 else "")
    of = {**own, "substance": substance or known[0]}
    use = one_dose.in_mg(one_dose.amount(own["amount"], own["amount_unit"]) | one_dose.duration(own["route"], of))
    other = {"substance": substance} if substance else {}
    when = {name: at for name, at in _times(values, row).items() if name != "at"}
    return {
        "id": name_of(values, row),
        "extends": own["extends"] if base is None else name_of(values, base),
        "further_use": {**other, **use, "route": own["route"], **when},
    }


def _times(values, row):
    """The times of an account that were typed."""
    typed = {name: values[f"a{row}_{name}"] for name in TIMES}
    return {name: dated.moment(text, values["zone"]) for name, text in typed.items() if text}


def _pairs(asked, values):
    """The pairs of accounts to compare, of those that are told."""
    chosen_from = {int(row[1:]) + 1 for row in asked.rows.values() if row[0] == "a" and "_" not in row}
    pairs: list[list[str]] = []
    for row in range(values["sizes"]["c"]):
        chosen = [values[f"c{row}_{name}"] for name in results_rows.OF_PAIR]
        if all(chosen) and all(one.isdigit() and int(one) in chosen_from for one in chosen):
            asked.rows[f"/compare/{len(pairs)}"] = f"c{row}"
            pairs.append([name_of(values, int(one) - 1) for one in chosen])
    return pairs


def _person(values):
    """What is known of the person and the kidneys."""
    parts: dict = {}
    for entry in PERSON:
        if values[entry.field.name]:
            place = parts.setdefault(entry.section, {}) if entry.section else parts
            place[entry.name] = read(entry.path, values[entry.field.name])
    chosen = {name: values[name] for name in form.SEVERAL if values[name]}
    if chosen:
        parts["person"] = parts.get("person", {}) | chosen
    for section in {form.INPUTS.among(choice.name)[0].section for choice in CHOSEN}:
        known = form.chosen({f"{choice.field.name}_kind": "" for choice in CHOICES} | values, section)
        if known:
            parts[section] = {**parts.get(section, {}), **known}
    return parts


FIELDS = {
    "specimens": {entry.name: entry.field.name for entry in RESULTS.in_section("specimens[]") if entry.form}
    | {"screen": "screen"},
    "accounts": {name: name for name in results_rows.OF_ACCOUNT}
    | dict.fromkeys(("amount_mg", "amount_mg_per_kg", "unit"), "amount")
    | {"repeat": "count", "start": "at", "start_h": "at"},
}
"""The field of a row for each name of a request."""
FIRST = {"specimens": "collected", "accounts": "amount", "compare": "first"}
"""The field of a row that is shown where no other is."""


def place(pointer, asked):
    """The field that a problem with a request is about.

    Parameters
    ----------
    pointer : str
    asked : Asked
    """
    steps = pointer.split("/")[1:]
    kind = steps[0] if steps else ""
    if kind in FIRST:
        row = asked.rows.get("/".join(["", *steps[:2]]), {"specimens": "s0", "accounts": "a0", "compare": "c0"}[kind])
        within = asked.rows.get("/".join(["", *steps[:4]])) if steps[2:3] in (["results"], ["uses"]) else None
        if within and kind == "specimens":
            return f"{within}_{'analyte' if steps[-1] == 'analyte' else 'value'}"
        row = within or row
        if steps[2:] == ["screen", "positive"]:
            return f"{row}_verdict"
        if steps[2:] == ["further_use"]:
            return f"{row}_extends"
        known = FIELDS.get(kind, {})
        return f"{row}_{next((known[step] for step in reversed(steps[2:]) if step in known), FIRST[kind])}"
    if kind == "planned":
        return "planned_assay" if steps[1:2] == ["assay"] else "planned_at"
    own = {"options": f"{steps[-1]}" if steps and steps[-1] in OWN else "draws", "programme": "programme"}
    if kind in own or kind in ("", "substance"):
        return own.get(kind, "substance")
    name = next((form.PLACES[part] for part in _beginnings(pointer) if part in form.PLACES), "substance")
    return name if name in OWN else "substance"


def _beginnings(pointer):
    """A pointer and the pointers of all that it lies in, the longest first."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]
