"""`/embed`: an answer to be framed by sites on the list `DETECTAPI_EMBED_ORIGINS`. It works without script.

It takes a preset, or how a substance was used, or a substance to read about; the language; and how it looks. It takes nothing
about a person: an address is no place for that. Every part of the address is used, or refused by its name.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.settings import setting
from detectapi.telling import question
from detectapi.values.errors import InputError
from detectapi.web.computed_once import computed_once
from detectapi.web.page import files, form, look
from detectapi.web.page.checks import checked
from detectapi.web.page.choices import named_preset
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
WHOLE = ("education", "preset")
"""Parts that say all of what is shown."""
NAMES = (*USE, *WHOLE, "lang", *look.NAMES)
"""All parts that an address may have."""
LONGEST = 60
"""Characters that a part of an address may have."""
NOTHING: dict[str, Any] = {"results": [], "used": (), "refused": None, "education": None}
"""What a fragment shows, before there is something."""


@blueprint.get("/embed")
@computed_once(*NAMES)
def embed():
    """The answer to a preset or to how a substance was used, or what there is to read about a substance."""
    problems, shown = wrong_with(request.args), {}
    if not problems and request.args.get("education"):
        shown = {"education": files.told(service.education_of(request.args["education"]), VOICE)}
    elif not problems:
        problems, shown = answered(request.args)
    chosen, _ = look.read_look(request.args, VOICE)
    html = render_template(
        "page/embed.html",
        **{**NOTHING, **shown},
        problems=problems,
        language=VOICE.language,
        style=Markup(chosen.style),  # noqa: S704 - written from numbers and our own words
        oembed="" if problems else oembed_of(address_of(request.args)),
    )
    return framed(html_response(html, 422 if problems else 200), chosen)


def address_of(args):
    """The full address of a fragment, as far as the server was told its own."""
    return f"{request.url_root}embed?{urlencode([*args.items(multi=True)])}"


def oembed_of(address):
    """The full address of the description of a fragment."""
    return f"{request.url_root}oembed?{urlencode({'url': address, 'format': 'json'})}"


def wrong_with(args):
    """What is wrong with an address, as far as that is seen before anything is computed.

    Returns
    -------
    list of (str, str)
        The name of each part, and what is wrong with it.
    """
    wrong = [*misplaced(args), *look.read_look(args, VOICE)[1]]
    if wrong:
        return wrong
    unknown = VOICE.say("This is not known here.")
    if args.get("education"):
        return [] if service.education_of(args["education"]) else [("education", unknown)]
    if args.get("preset"):
        return [] if named_preset(args) else [("preset", unknown)]
    values = form.typed(use_of(args))
    wrong = checked(values, VOICE)
    try:
        service.load(form.to_request(values))
    except InputError as error:
        wrong += [in_words(problem, values) for problem in error.problems]
    return wrong


def misplaced(args):
    """The parts of an address that are unknown, stand twice, are too long, or do not go with another part.

    Returns
    -------
    list of (str, str)
        The name of each, and what is wrong with it.
    """
    whole = next((name for name in WHOLE if args.get(name)), None)
    allowed = {"lang", whole, *look.NAMES} if whole else NAMES
    unknown = VOICE.say("The address holds something unknown, or personal data, which must not stand in it.")
    alone = VOICE.say("This does not go with another entry.")
    wrong = []
    for name, texts in args.lists():
        if name not in NAMES:
            wrong.append((name[:LONGEST], unknown))
        elif name not in allowed or len(texts) > 1:
            wrong.append((name, alone))
        elif len(texts[0]) > LONGEST:
            wrong.append((name, VOICE.say("This is too long or too short.")))
    if args.get("lang") and args["lang"] not in LANGUAGES:
        wrong.append(("lang", VOICE.say("This is not known here.")))
    return wrong


def use_of(args):
    """The parts of an address that say how a substance was used, as the form reads them."""
    return MultiDict({name: text for name, text in args.items() if name in USE})


def answered(args):
    """What is wrong with the use that an address names, and what is shown of the answer."""
    preset, values = named_preset(args), form.typed(use_of(args))
    try:
        asked = preset["request"] if preset else form.to_request(values)
        refused = without_window(asked, VOICE)
        if refused:
            return [], {"refused": refused}
        return [], {"results": [result(asked, values, "answer")], "used": question.doses(asked, VOICE)}
    except InputError as error:
        return [in_words(problem, values) for problem in error.problems], {}


def framed(response, chosen):
    """A response that may be framed by the service's own page for editors and by the sites of the list."""
    frames = setting("DETECTAPI_EMBED_ORIGINS")
    allowed = " ".join(("'self'", *frames))
    policy = response.headers["Content-Security-Policy"].replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")
    if chosen.style:
        policy = policy.replace("style-src 'self'", f"style-src 'self' '{chosen.style_hash}'")
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    if frames:
        # X-Frame-Options has no list of origins; frame-ancestors above replaces it.
        response.headers["X-Frame-Options"] = ""
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
