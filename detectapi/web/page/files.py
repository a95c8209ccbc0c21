"""The answer as a picture or as a printed report, for the page and for `/v1/estimates`."""

from importlib.util import find_spec

from flask import Response

from detectapi import service, turns
from detectapi.telling import interpretation_picture
from detectapi.telling.evidence import with_access
from detectapi.telling.filing import UNFILED
from detectapi.telling.picture import picture
from detectapi.telling.picture_svg import STYLE_HASH, draw_alone
from detectapi.telling.spoken import spoken

KINDS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf", "json": "application/json"}
PICTURES = tuple(media for kind, media in KINDS.items() if kind != "json")
OF_INTERPRETATIONS = {kind: media for kind, media in KINDS.items() if kind != "png"}
SVG_POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; frame-ancestors 'none'"


NEEDED = {"png": "matplotlib", "pdf": "weasyprint"}


class NotInstalledError(Exception):
    """What the file is made with is not here: the extra ``report``, or the system library Pango."""


def offered():
    """The kinds of file that can be made here. Nothing is loaded to find out."""
    return [kind for kind in KINDS if kind not in NEEDED or find_spec(NEEDED[kind])]


def response(kind, write, voice, download=""):
    """The answer in one of `KINDS`.

    Parameters
    ----------
    kind : str
    write : callable
        Makes the bytes of the file.
    voice : Voice
    download : str
        Name of the file without its ending, if it is to be kept.

    Raises
    ------
    NotInstalledError
    """
    try:
        with turns.turn(turns.DRAWING):
            raw = write()
    except (ImportError, OSError) as error:
        raise NotInstalledError from error
    written = Response(raw, content_type=KINDS[kind], headers={"Cache-Control": "no-store"})
    if kind != "json":
        written.headers["Content-Language"] = voice.language
        written.headers["Vary"] = "Accept, Accept-Language"
    if kind == "svg":
        written.headers["Content-Security-Policy"] = SVG_POLICY
    if download:
        written.headers["Content-Disposition"] = f'attachment; filename="{download}.{kind}"'
    return written


def estimate(kind, answer, asked, voice, filing=UNFILED):
    """The bytes of the file of an estimate. What needs the extra is loaded here, when it is asked for.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    answer, asked : dict
        The answer, and the request it answers.
    voice : Voice
    filing : Filing
        What a report is filed under.
    """
    if kind == "json":
        return service.to_json_bytes(answer)
    if kind == "svg":
        return draw_alone(picture(answer, voice)).encode()
    if kind == "png":
        from detectapi.telling import png

        return png.draw(picture(answer, voice))
    from detectapi.telling import pdf

    return pdf.print_report(answer, asked, voice, filing)


def interpretation(kind, answer, asked, voice, filing=UNFILED):
    """The bytes of the file of an interpretation; parameters as of `estimate`, but for PNG."""
    if kind == "json":
        return service.to_json_bytes(answer)
    if kind == "svg":
        return interpretation_picture.draw_alone(answer, voice).encode()
    from detectapi.telling import interpretation_report

    return interpretation_report.print_report(answer, asked, voice, filing)


def told(education, voice):
    """What there is to read about a substance, in the reader's language."""
    sources = [{**one, "citation": with_access(one["citation"], voice)} for one in education["sources"]]
    return {**spoken(education, voice), "language": voice.language, "sources": sources}
