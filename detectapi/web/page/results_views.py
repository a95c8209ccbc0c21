"""`/interpret`: the form about measured results and its answer; `/interpret/ratio`: what a likelihood ratio is and is not.

Works without script. What was entered arrives in the body of a POST, so it never appears in an address or a log.
"""

import json
import shlex

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from detectapi import service
from detectapi.knowledge.interpretation import rules
from detectapi.telling import interpretation_picture
from detectapi.telling.filing import read_filing
from detectapi.telling.interpretation_summary import summarize
from detectapi.values.errors import InputError
from detectapi.web.computed_once import computed_once
from detectapi.web.page import (
    dated,
    fields,
    files,
    one_dose,
    results_checks,
    results_form,
    results_labels,
    results_rows,
)
from detectapi.web.page.choices import choices, lists
from detectapi.web.page.shown import compact
from detectapi.web.page.views import DEFAULT, misfiled
from detectapi.web.page.voice import LANGUAGES, BabelVoice, html_response

blueprint = Blueprint("results", __name__, url_prefix="/interpret")
VOICE, REPORT = BabelVoice("page"), BabelVoice("report")
KINDS = tuple(kind for kind in files.KINDS if kind != "png")
ROWS = {"specimen": "s", "account": "a", "pair": "c", "result": "r", "use": "u"}
"""The kind of row that a button adds; of a result the button names its specimen too, of a use its account."""


@blueprint.get("")
@computed_once("example", when=lambda: request.args.get("example") == "1")
def form():
    """The form; with the worked example filled in and answered."""
    if request.args.get("example"):
        return answered(results_form.typed(results_form.example(), results_labels.accounts(VOICE)))
    return page(results_form.typed({}, results_labels.accounts(VOICE)))


@blueprint.post("")
def ask():
    """The answer to what was entered, or which entries must be corrected; or the form with one row more."""
    kind, _, row = request.form.get("action", "answer").partition("-")
    more = f"{ROWS.get(kind, '')}{row}"
    values = results_form.typed(request.form, results_labels.accounts(VOICE), more)
    if more in values["sizes"]:
        return page(values, focus=results_labels.first_field(values, more))
    return page(values) if kind == "language" else answered(values)


def answered(values):
    """The page with an answer, or with what must be corrected."""
    asked = results_form.to_request(values)
    problems, answer = results_checks.checked(values, asked, VOICE), None
    try:
        answer = service.interpret(asked.request) if not problems else service.check_interpretation(asked.request)
    except InputError as error:
        problems = results_checks.with_those_of_contract(problems, error, values, asked, VOICE)
    if problems:
        return page(values, problems=problems, status=422)
    return page(values, result=shown(answer, asked.request))


def shown(answer, asked):
    """Everything a template needs to show an answer."""
    said = summarize(answer, VOICE)
    return {
        "ident": "answer",
        "said": said,
        "accounts": [
            {"ident": f"account-{i}", "said": one, "chart": chart(answer, i)} for i, one in enumerate(said.accounts)
        ],
        "provenance": answer["provenance"],
        "json": json.dumps(asked, ensure_ascii=False, indent=2),
        "compact": compact(asked),
        "curl": f"curl -sS {request.url_root}v1/interpretations -H 'Content-Type: application/json'"
        f" -d {shlex.quote(compact(asked))}",
        "save": "interpret/save",
        "kinds": [kind for kind in KINDS if kind in files.offered()],
    }


def chart(answer, place):
    """The picture of an account for wide and for narrow screens; None where nothing was measured."""
    entry = answer["accounts"][place]
    if not entry["results"]:
        return None
    widths = {"wide": interpretation_picture.WIDE, "narrow": interpretation_picture.NARROW}
    drawn = {
        name: interpretation_picture.chart(
            entry, answer, VOICE, width, f"account-{place}-{name}", f"chart chart-{name}"
        )
        for name, width in widths.items()
    }
    return {"name": "results", "title": drawn["wide"].title} | {
        name: Markup(str(one))  # noqa: S704 - escaped there
        for name, one in drawn.items()
    }


def page(values, *, result=None, problems=(), focus="", status=200):
    """The whole page; ``focus`` names the field that takes the focus."""
    faults = dict(problems)
    known = values["substance"] if values["substance"] in dict(choices()["substances"]) else DEFAULT
    html = render_template(
        "page/results.html",
        values=values,
        sizes=values["sizes"],
        most=results_rows.MOST,
        result=result,
        problems=problems,
        faults=faults,
        focus=focus,
        lists=lists(known, VOICE, one_dose.units(VOICE)),
        offsets=dated.offsets(),
        words=results_labels.words(VOICE),
        labels=results_labels.labels(values["sizes"], VOICE),
        hints=fields.hints(VOICE) | results_labels.hints(VOICE),
        fieldsets={name: fields.rows(name, VOICE) for name in ("person", "more")},
        frequencies=[one for one in fields.frequencies(VOICE) if one[0] != "dates"],
        options=results_labels.options(values, VOICE),
        lasting=one_dose.lasting_rules,
        units=[(unit.value, unit.words) for unit in one_dose.units(VOICE) if not unit.fits],
        opened=opened(values, faults, focus),
        limits=VOICE.say(results_labels.LIMITS),
        languages=LANGUAGES,
        language=VOICE.language,
    )
    return html_response(html, status)


def opened(values, faults, focus):
    """What must not be folded away: the rows in which something stands or is wrong, and ``person`` for all that is in no row."""
    rows = {name.partition("_")[0] for name in (*results_form.to_request(values).rows.values(), *faults, focus)}
    person = [name for name in results_form.FOLDED if values[name] or name in faults]
    return rows | ({"person"} if person else set())


@blueprint.get("/ratio")
def ratio():
    """What a likelihood ratio is and is not."""
    largest = {grade: VOICE.number(ratio) for grade, ratio in rules().largest_ratio.items()}
    html = render_template(
        "page/ratio.html",
        scale=results_labels.scale(VOICE),
        largest=largest | {"most": largest["validated"]},
        languages=LANGUAGES,
        language=VOICE.language,
    )
    return html_response(html)


@blueprint.post("/save/<kind>")
def save(kind):
    """The answer as a file."""
    if kind not in KINDS:
        abort(404)
    try:
        asked = service.read_json(request.form.get("request", "").encode())
        answer = service.interpret(asked)
    except InputError:
        abort(400)
    try:
        filing = read_filing(*(request.form.get(name, "") for name in ("case", "date")))
    except InputError as error:
        values = results_form.typed({}, results_labels.accounts(VOICE))
        return page(values, result=shown(answer, asked), problems=misfiled(error, VOICE), status=422)
    try:
        return files.response(
            kind, lambda: files.interpretation(kind, answer, asked, REPORT, filing), REPORT, "results"
        )
    except files.NotInstalledError:
        abort(404)
