"""`/oembed`: what a site has to know to frame a fragment, by the specification of oEmbed (https://oembed.com).

It answers for addresses of `/embed`, and for the pages of worked examples, of this service and no other. Nothing is computed.
"""

from html import escape
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from detectapi import service
from detectapi.web.api import cacheable
from detectapi.web.page.choices import named_preset
from detectapi.web.page.embed import address_of, wrong_with
from detectapi.web.page.voice import voice_of
from detectapi.web.problems import problem

blueprint = Blueprint("oembed", __name__)

WIDTH, HEIGHT = 720, 900
"""Size of a frame, unless the site has less room. [px]"""
MOST = 100_000
"""The largest room that a site may name. [px]"""
KEPT_S = 86_400
"""For how long a site may keep the description. [s]"""


@blueprint.get("/oembed")
def oembed():
    """The description of a fragment: a frame that fits into the room that the site has."""
    if request.args.get("format", "json") != "json":
        return problem("client-error", "Only format=json is offered.", status=501)
    width, height = room("maxwidth", WIDTH), room("maxheight", HEIGHT)
    if width is None or height is None:
        return problem("bad-request", f"maxwidth and maxheight are whole numbers of pixels from 1 to {MOST:,}.")
    args = parts_of(request.args.get("url", ""))
    if args is None or wrong_with(args):
        return problem("not-found", "The address is none of a fragment of this service, or it cannot be answered.")
    spoken = voice_of(args.get("lang", ""))
    title = title_of(args, spoken)
    return cacheable(
        service.to_json_bytes(
            {
                "version": "1.0",
                "type": "rich",
                "title": title,
                "provider_name": "detectapi",
                "provider_url": request.url_root,
                "cache_age": KEPT_S,
                "width": width,
                "height": height,
                "html": frame(address_of(args), title, width, height),
            }
        ),
        spoken.language,
    )


def room(name, wanted):
    """The size that fits into the room that a site names; None where what it names is no size. [px]"""
    text = request.args.get(name, str(wanted))
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) else 0
    return min(number, wanted) if 1 <= number <= MOST else None


def parts_of(address):
    """The parts of the address of a fragment, or of the page of a worked example, of this service; None of any other."""
    try:
        parts, own = urlsplit(address), urlsplit(request.url_root)
        args = MultiDict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != own.netloc:
        return None
    if parts.path == f"{own.path}embed":
        return args
    is_example = parts.path == own.path and named_preset(args) and set(args) <= {"preset", "lang"}
    return args if is_example else None


def title_of(args, voice):
    """What a fragment is about, for who hears the page and for lists of the site."""
    question = voice.say("How long does it show in urine?")
    preset = named_preset(args)
    about = service.education_of(args["education"]) if args.get("education") else None
    title = (preset or about or {}).get("title", "")
    said = voice.say(title)
    return f"{question} {said}" if preset else said or question


def frame(address, title, width, height):
    """A frame as a site puts it into its page.

    Parameters
    ----------
    address, title : str
    width : int or str
        In pixels, or in percent of what is around it.
    height : int
        [px]
    """
    return (
        f'<iframe data-detectapi src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}"'
        ' loading="lazy" style="border: 0"></iframe>'
    )
