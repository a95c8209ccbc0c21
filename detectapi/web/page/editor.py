"""`/embed/editor`: for editors of other sites. What to show and how it looks, the lines to copy, and the frame as it will be.

Works without script: the form shows the frame. With script, the frame and the lines follow every change.
"""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from detectapi.knowledge import education
from detectapi.settings import setting
from detectapi.telling import sentences
from detectapi.web.page import fields, form, look, one_dose
from detectapi.web.page.choices import choices, lists, presets
from detectapi.web.page.embed import LONGEST, USE, VOICE, address_of, oembed_of, wrong_with
from detectapi.web.page.history import DATES
from detectapi.web.page.oembed import HEIGHT, frame, title_of
from detectapi.web.page.voice import LANGUAGES, POLICY, html_response, voice_of

blueprint = Blueprint("editor", __name__)

SHOWN = {"preset": ("preset",), "use": USE, "education": ("education",)}
"""What a fragment may show, and the parts of its address that say so."""
NAMES = ("show", "language", *SHOWN["preset"], *SHOWN["education"], *USE, *look.NAMES)
"""The fields of the form."""
LEFT_OUT = {"amount_unit": "mg", "frequency": "once"}
"""What an address need not say."""


@blueprint.get("/embed/editor")
def editor():
    """The form, the lines to copy, and the frame."""
    values = typed(request.args)
    args = parts_of(values)
    problems = [(name if name != "lang" else "language", words) for name, words in wrong_with(args)]
    chosen, _ = look.read_look(args, VOICE)
    address, known = address_of(args), values["substance"]
    title = title_of(args, voice_of(values["language"]))
    html = render_template(
        "page/editor.html",
        values=values,
        problems=problems,
        faults=dict(reversed(problems)),
        query=urlencode([*args.items(multi=True)]),
        title=title,
        lines=lines_of(address, title),
        template=lines_of(f"{request.url_root}embed?QUERY", "TITLE"),
        oembed=oembed_of(address),
        address=address,
        height=HEIGHT,
        contrasts=contrasts(chosen),
        origins=setting("DETECTAPI_EMBED_ORIGINS"),
        shows=shows(),
        presets=examples(),
        texts=texts(),
        shown=SHOWN,
        left_out=LEFT_OUT,
        look_names=look.NAMES,
        languages=LANGUAGES,
        fonts=fonts(),
        lists=lists(known, VOICE, one_dose.units(VOICE)),
        frequencies=[one for one in fields.frequencies(VOICE) if one[0] != DATES],
        labels=fields.labels(VOICE) | look_labels(),
        hints=fields.hints(VOICE) | look_hints(),
        language=VOICE.language,
    )
    response = html_response(html, 422 if problems else 200)
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


def typed(args):
    """What was chosen, by name; with the first worked example where nothing was."""
    values = {name: args.get(name, "").strip()[: LONGEST + 1] for name in NAMES}
    if values["show"] not in SHOWN:
        values["show"] = "preset"
    known = dict(choices()["substances"])
    beside = {"preset": presets()[0]["id"], "substance": form.DEFAULTS["substance"], **LEFT_OUT}
    values |= {name: value for name, value in beside.items() if not values[name]}
    values["substance"] = values["substance"] if values["substance"] in known else form.DEFAULTS["substance"]
    values["education"] = values["education"] or form.DEFAULTS["substance"]
    return values


def parts_of(values):
    """The parts of the address of the fragment that was chosen."""
    names = (*SHOWN[values["show"]], *look.NAMES)
    chosen = {name: values[name] for name in names if values[name] and values[name] != LEFT_OUT.get(name)}
    return MultiDict({**chosen, **({"lang": values["language"]} if values["language"] else {})})


def lines_of(address, title):
    """The lines that an editor copies: the frame, and the script that makes room for it."""
    return f'{frame(address, title, "100%", HEIGHT)}\n<script src="{request.url_root}static/embed.js" async></script>'


def examples():
    """The worked examples, as options."""
    said = ((item["id"], *map(VOICE.say, (item["title"], item["detail"]))) for item in presets())
    return [(ident, f"{title}: {detail}") for ident, title, detail in said]


def texts():
    """The substances that there is something to read about, as options."""
    titles = {card["substance"]: card["title"] for card in education.cards()}
    return sorted(((substance, VOICE.say(title)) for substance, title in titles.items()), key=lambda option: option[1])


def shows():
    """What a fragment may show, as options."""
    return [
        ("preset", VOICE.say("A worked example")),
        ("use", VOICE.say("A use of your own")),
        ("education", VOICE.say("A text to read, with its sources")),
    ]


def fonts():
    """The kinds of type, as options."""
    return [
        ("", VOICE.say("that of the reader’s device")),
        ("sans", VOICE.say("without serifs (Arial)")),
        ("serif", VOICE.say("with serifs (Georgia)")),
    ]


def look_labels():
    """What the fields of colours and type are called."""
    return {
        "show": VOICE.say("What the frame shows"),
        "preset": VOICE.say("Worked example"),
        "education": VOICE.say("Text"),
        "language": VOICE.say("Language"),
        "paper": VOICE.say("Ground"),
        "ink": VOICE.say("Text colour"),
        "accent": VOICE.say("Links and curve"),
        "font": VOICE.say("Type"),
        "size": VOICE.say("Size of the type, percent"),
    }


def look_hints():
    """The help of these fields."""
    low, high = map(VOICE.number, look.SIZES)
    return {
        **dict.fromkeys(
            look.COLOURS, VOICE.say("six digits such as 0b6470; empty: as the reader’s device, light or dark")
        ),
        "size": VOICE.say("from %(low)s to %(high)s", low=low, high=high),
    }


def contrasts(chosen):
    """The pairs of colours that meet in the frame, in words, each with its contrast and the least that is needed."""
    said = {
        **look_labels(),
        "quiet": VOICE.say("Quiet text"),
        "warn": VOICE.say("Warning"),
        "fault": VOICE.say("Error"),
        "tint": VOICE.say("Marked ground"),
        "warn-tint": VOICE.say("Ground of a warning"),
        "accent-ink": VOICE.say("Text of a button"),
        "edge": VOICE.say("Edges"),
    }
    return [
        {
            "pair": f"{sentences.capital(said[one])} / {said[other]}",
            "ratio": VOICE.number(int(10 * ratio) / 10),
            "least": VOICE.number(least),
        }
        for one, other, ratio, least in chosen.contrasts()
    ]
