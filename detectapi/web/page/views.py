"""`/`: the form and its answer; `/save`: the answer as a file.

Works without script. What was entered arrives in the body of a POST, so it never appears in an address or a log.
"""

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext

from detectapi import service
from detectapi.inputs.typed import is_two_way
from detectapi.telling import sentences
from detectapi.telling.filing import read_filing, rules
from detectapi.telling.inputs_used import said_words
from detectapi.telling.numbers import two_ways
from detectapi.values.errors import InputError, MalformedRequest
from detectapi.web.computed_once import computed_once
from detectapi.web.page import dated, fields, files, form, one_dose, uses
from detectapi.web.page.asked_time import is_too_early
from detectapi.web.page.checks import checked
from detectapi.web.page.choices import choices, lists, named_preset, presets
from detectapi.web.page.shown import shown
from detectapi.web.page.voice import LANGUAGES, BabelVoice, html_response, problem_words
from detectapi.web.page.which_test import not_looking, side_by_side, without_window

blueprint = Blueprint("page", __name__)
VOICE, REPORT = BabelVoice("page"), BabelVoice("report")
DEFAULT = form.DEFAULTS["substance"]
ADVANCED_FIELDSETS = ("more", "urine", "specimen", "model", "calculation")
ADVANCED = (
    *(entry.field.name for entry in form.PLAIN if entry.field.fieldset in ADVANCED_FIELDSETS),
    *(f"{choice.field.name}_kind" for choice in form.CHOICES if choice.field.fieldset in ADVANCED_FIELDSETS),
    *form.SEVERAL,
    "half_life_h",
    "adjust_name_0",
)


@blueprint.get("/")
@computed_once("preset", when=lambda: named_preset(request.args) is not None)
def home():
    """The form; with a preset filled in and answered."""
    preset = named_preset(request.args)
    if preset is None:
        return page(form.typed({}), status=200)
    return answered(form.from_request(preset["request"]), preset["request"])


@blueprint.post("/")
def ask():
    """The answer to what was entered, or which entries must be corrected."""
    values = form.typed(request.form)
    if request.form.get("action") == "permalink" and not values["request"]:
        return page(form.typed({}), status=200)
    if request.form.get("action") in MORE:
        return page(values, first=request.form.get("first", ""), more=request.form["action"], status=200)
    return answered(
        values, None, first=request.form.get("first", ""), comparing=request.form.get("action") == "compare"
    )


def answered(values, asked, first="", comparing=False):
    """The page with an answer; with two when there is a first one to compare with."""
    problems, results, earlier = [], [], None
    try:
        asked = asked or read(values)
        refused = without_window(asked, VOICE)
        if refused and not first:
            return page(values, refused=refused, status=200)
        if first:
            earlier = service.read_json(first.encode())
            asked = beside(earlier, asked)
            results.append(result(earlier, form.from_request(earlier), "first"))
        results.append(result(asked, values, "second" if first else "answer"))
    except MalformedRequest as error:
        problems = [("request", gettext(error.message))]
    except InputError as error:
        problems = [in_words(problem, values) for problem in error.problems]
        problems = problems or [("request", gettext(error.message))]
    problems = [*checked(values, VOICE), *problems]  # the form's own sentence before that of the contract
    if not problems and values["collected_at"] and is_too_early(values, asked):
        problems.append(("collected_at", gettext("The specimen cannot be taken before the last dose.")))
    if problems:
        return page(values, problems=problems, first=first, status=422)
    if values["request"]:
        values = form.from_request(asked)
    if comparing:
        return page(values, results=results, first=results[0]["compact"], comparing=True, status=200)
    return page(values, results=results, first=first, status=200)


MORE = ("row", "use")
"""What the form may ask to have one more of: doses with date and time, or substances."""
URINE = ("hydration", "urine_ph", "specimen")
"""Parts of a request that stay as in the first case when two are compared: nobody is shown how urine moves a result."""


def beside(first, second):
    """The second case to compare with a first one.

    Parameters
    ----------
    first, second : dict
        Requests; what is no dict is left to the contract to refuse.
    """
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return second
    kept = {name: first[name] for name in URINE if name in first}
    return {name: value for name, value in second.items() if name not in URINE} | kept


def read(values):
    """The request: the whole of it where it was given as JSON, else what the form says."""
    if values["request"]:
        return service.read_json(values["request"].encode())
    return form.to_request(values)


def result(asked, values, ident):
    """One answer, ready to be shown."""
    answer = service.answer(service.including(asked, "concentration"))
    made = shown(answer, asked, values, VOICE, ident, request.url_root)
    if ident != "answer" or "assay" in asked:
        return made
    return made | {"tests": side_by_side(asked, answer, VOICE), "not_looking": not_looking(answer, VOICE)}


def in_words(problem, values):
    """The form's field a problem is about, and what is to be corrected there."""
    name = form.place(problem.pointer, values)
    typed = {name: form.text_of(name, values)} | ({"for_days": values["for_days"]} if name == "count" else {})
    doubtful = next((name for name, text in typed.items() if isinstance(text, str) and is_two_way(text)), None)
    if doubtful:
        return doubtful, two_ways(VOICE)
    if name == "count" and problem.code == "required":
        return "for_days", gettext("For how many days was it taken? Enter the days, or the number of doses.")
    return name, problem_words(problem, VOICE)


def page(values, *, results=(), problems=(), refused=None, first="", comparing=False, more="", status=200):
    """The whole page; ``refused`` is what is said of a test that gives no window, ``more`` which of `MORE` gets a row."""
    faults: dict[str, str] = {}
    for name, sentence in problems:
        faults.setdefault(name, sentence)
    rows, further = dated.ROWS.shown(values["rows"], more == "row"), uses.ROWS.shown(values["uses"], more == "use")
    known = values["substance"] if values["substance"] in dict(choices()["substances"]) else DEFAULT
    html = render_template(
        "page/home.html",
        values=values,
        results=results,
        refused=refused,
        problems=list(faults.items()),
        faults=faults,
        first=first,
        comparing=comparing,
        lists=lists(known, VOICE, one_dose.units(VOICE)),
        rows=rows,
        most_rows=dated.ROWS.most,
        uses=further,
        most_uses=uses.ROWS.most,
        offsets=dated.offsets(),
        labels=fields.labels(VOICE, len(rows), len(further)),
        hints=fields.hints(VOICE),
        fieldsets=fields.fieldsets(VOICE),
        frequencies=fields.frequencies(VOICE),
        lasting=one_dose.lasting_rules(),
        model_kinds=list(said_words("model.kind", VOICE).items()),
        adjustments=form.ADJUSTMENTS,
        known_substance=known,
        advanced_used=advanced_used(values, faults),
        limits=sentences.limits(VOICE),
        presets=[(item["id"], *map(VOICE.say, (item["title"], item["detail"]))) for item in presets()],
        languages=LANGUAGES,
        language=VOICE.language,
        education=education_or_none(values),
    )
    return html_response(html, status)


def advanced_used(values, faults):
    """Whether a field of the advanced part was filled in or is wrong, so that the part must be open."""
    names = {*ADVANCED, "request", "basis", *(f"adjust_value_{i}" for i in range(form.ADJUSTMENTS))}
    filled = any(values[name] for name in (*ADVANCED, "request"))
    return bool(filled or values["model_kind"] != "population" or values["basis"] != "base" or names & set(faults))


def education_or_none(values):
    """What to read about the substance chosen, where there is something."""
    known = service.education_of(values["substance"])
    return files.told(known, VOICE) if known else None


def misfiled(error, voice):
    """What is wrong with the case number and the date of a report, each with the id of its field.

    Parameters
    ----------
    error : InputError
        Of `read_filing`.
    voice : Voice
    """
    names = [problem.pointer[1:] for problem in error.problems]
    return [(f"answer-filed-{name}", rules(voice)[name]) for name in names]


@blueprint.post("/save/<kind>")
def save(kind):
    """The answer as a file."""
    if kind not in files.KINDS:
        abort(404)
    try:
        asked = service.read_json(request.form.get("request", "").encode())
        answer = service.answer(service.including(asked, "concentration"))
    except InputError:
        abort(400)
    try:
        filing = read_filing(*(request.form.get(name, "") for name in ("case", "date")))
    except InputError as error:
        values = form.from_request(asked)
        return page(values, results=[result(asked, values, "answer")], problems=misfiled(error, VOICE), status=422)
    try:
        return files.response(
            kind, lambda: files.estimate(kind, answer, asked, REPORT, filing), REPORT, "detection-window"
        )
    except files.NotInstalledError:
        abort(404)
