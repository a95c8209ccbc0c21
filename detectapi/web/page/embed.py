"""`/embed`: an answer without form and script, to be framed by sites on the list `DETECTAPI_EMBED_ORIGINS`.

It takes a preset, or how a substance was used, or a substance to read about, and nothing about a person: an address is no place
for that. Every part of the address is used, or refused by its name.
"""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.settings import setting
from detectapi.values.errors import InputError
from detectapi.web import headers
from detectapi.web.computed_once import computed_once
from detectapi.web.page import files, form
from detectapi.web.page.checks import checked
from detectapi.web.page.choices import presets
from detectapi.web.page.views import in_words, result
from detectapi.web.page.voice import LANGUAGES, BabelVoice, html_response
from detectapi.web.page.which_test import without_window

blueprint = Blueprint("embed", __name__)
VOICE = BabelVoice("page")

USE = (
    "substance", "route", "amount", "amount_unit", "duration_min", "worn_h", "frequency", "every_h", "count", "for_days",
    "assay",
)  # fmt: skip
"""Names of the form that an address may have."""
LONGEST = 60
"""Characters that a part of an address may have."""


@blueprint.get("/embed")
@computed_once(*USE, "preset", "education")
def embed():
    """The answer to a preset or to how a substance was used, or what there is to read about a substance."""
    problems, shown = misplaced(request.args), {}
    if not problems and request.args.get("education"):
        known = service.education_of(request.args["education"])
        shown = {"education": files.told(known, VOICE)} if known else {}
        problems = [] if known else [("education", VOICE.say("This is not known here."))]
    elif not problems:
        problems, shown = answered()
    html = render_template("page/embed.html", **{**NOTHING, **shown}, problems=problems, language=VOICE.language)
    return framed(html_response(html, 422 if problems else 200))


NOTHING: dict[str, Any] = {"results": [], "refused": None, "education": None}
"""What a fragment shows, before there is something."""


def misplaced(args):
    """The parts of an address that are unknown, stand twice, are too long, or do not go with another part.

    Returns
    -------
    list of (str, str)
        The name of each, and what is wrong with it.
    """
    whole = next((name for name in ("education", "preset") if args.get(name)), None)
    allowed = {"lang", whole} if whole else {*USE, "preset", "education", "lang"}
    unknown = VOICE.say("The address holds something unknown, or personal data, which must not stand in it.")
    alone = VOICE.say("This does not go with another entry.")
    wrong = []
    for name, texts in args.lists():
        if name not in {*USE, "preset", "education", "lang"}:
            wrong.append((name[:LONGEST], unknown))
        elif name not in allowed or len(texts) > 1:
            wrong.append((name, alone))
        elif len(texts[0]) > LONGEST:
            wrong.append((name, VOICE.say("This is too long or too short.")))
    if args.get("lang") and args["lang"] not in LANGUAGES:
        wrong.append(("lang", VOICE.say("This is not known here.")))
    return wrong


def answered():
    """What is wrong with the use that an address names, and what is shown of the answer."""
    preset = next((item for item in presets() if item["id"] == request.args.get("preset")), None)
    if request.args.get("preset") and not preset:
        return [("preset", VOICE.say("This is not known here."))], {}
    typed = MultiDict({name: text for name, text in request.args.items() if name in USE})
    values = form.typed(typed)
    try:
        asked = preset["request"] if preset else form.to_request(values)
        problems = [] if preset else checked(values, VOICE)
        refused = without_window(asked, VOICE)
        if problems or refused:
            return problems, {"refused": refused}
        return [], {"results": [result(asked, values, "answer")]}
    except InputError as error:
        return [in_words(problem, values) for problem in error.problems], {}


def framed(response):
    """A response that may be framed by the sites of the list."""
    frames = " ".join(setting("DETECTAPI_EMBED_ORIGINS")) or "'none'"
    policy = headers.CONTENT_SECURITY_POLICY.replace("script-src 'self'; ", "").replace(
        "frame-ancestors 'none'", f"frame-ancestors {frames}"
    )
    response.headers["Content-Security-Policy"] = policy
    if frames != "'none'":
        # X-Frame-Options has no list of origins; frame-ancestors above replaces it.
        response.headers["X-Frame-Options"] = ""
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
