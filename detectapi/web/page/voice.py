"""Which language the reader wants, and a voice that speaks it."""

import re

from flask import Response, request
from flask_babel import Babel, Domain, get_locale

from detectapi.telling.languages import LANGUAGES, TranslatedVoice, translations
from detectapi.web import headers


class BabelVoice(TranslatedVoice):
    """Speaks the language of the request."""

    @property
    def language(self):
        """Its code."""
        return str(get_locale() or "en")


def voice_of(language):
    """A voice of the page that speaks a language, by its code; the language of the request where it is none of ours."""
    return TranslatedVoice("page", language) if language in LANGUAGES else BabelVoice("page")


class Sentences(Domain):
    """The same translations for templates and for `flask_babel`."""

    def get_translations(self):
        """Those of the request's language."""
        return translations(str(get_locale() or "en"))


def wanted():
    """The language asked for by `lang`, else the best of those the browser accepts."""
    asked = request.values.get("lang", "")
    if asked in LANGUAGES:
        return asked
    accepted = (language.lower().replace("_", "-").partition("-")[0] for language in request.accept_languages.values())
    return next((language for language in accepted if language in LANGUAGES), "en")


def init_app(app):
    """Let the application choose the language of each request."""
    babel = Babel(app, locale_selector=wanted)
    babel.domain_instance = Sentences()


POLICY = f"{headers.CONTENT_SECURITY_POLICY}; require-trusted-types-for 'script'"


def html_response(html, status=200):
    """A page in the language of the reader. It is never kept, unless its view says otherwise."""
    return Response(
        html,
        status,
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": POLICY,
            "Content-Language": str(get_locale() or "en"),
            "Vary": "Accept-Language",
        },
    )


BETWEEN = re.compile(r"Must be an? (number|integer) from (\S+) to ([^\s,]+?)(, or a range with low and high)?\.")
ABOVE = re.compile(
    r"Must be an? (number|integer) above (\S+) and at most ([^\s,]+?)(, or a range with low and high)?\."
)


def problem_words(problem, voice):
    """Why an entry is refused, in the reader's language as far as that is translated.

    Parameters
    ----------
    problem : detectapi.values.errors.Problem
    voice : BabelVoice

    Returns
    -------
    str
    """
    for form, sentence in (
        (BETWEEN, voice.say("Enter a number from %(low)s to %(high)s.")),
        (ABOVE, voice.say("Enter a number above %(low)s and at most %(high)s.")),
    ):
        match = form.fullmatch(problem.detail)
        if match:
            ends = {"low": float(match[2]), "high": float(match[3])}
            said = sentence % {name: voice.number(value, ".15g") for name, value in ends.items()}
            either = voice.say("A range such as 0.9-1.3 is understood too.")
            return f"{said} {either}" if match[4] else said
    if problem.code == "required":
        return voice.say("Please fill this in.")
    if problem.code == "empty-range":
        return voice.say("The first number of a range must be below the second.")
    if voice.knows(problem.detail):
        return voice.say(problem.detail)
    general = reasons(voice).get(problem.code.partition("-")[0], voice.say("This entry cannot be used."))
    # What is not translated says what to do all the same, so it is not left out.
    in_english = voice.say("In English: %(detail)s") % {"detail": problem.detail}
    return f"{general} {in_english}"


def reasons(voice):
    """Why an entry is refused, by the beginning of its code; where the sentence itself is not translated."""
    return {
        "choice": voice.say("This is not known here."),
        "unknown": voice.say("This is not known here."),
        "type": voice.say("This cannot be read as a number or a word of the list."),
        "wide": voice.say("This range is too wide."),
        "length": voice.say("This is too long or too short."),
        "conflict": voice.say("This does not go with another entry."),
        "at": voice.say("This does not go with another entry."),
        "exactly": voice.say("One of several entries is needed, and only one."),
        "too": voice.say("This asks for too much: use fewer doses or fewer simulated cases."),
        "no": voice.say("A time needs its offset, such as 2026-11-23T07:20:00+01:00."),
        "mixed": voice.say("Either all doses have a date and time, or none has."),
    }
