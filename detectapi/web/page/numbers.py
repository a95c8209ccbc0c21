"""`/substances/<id>`: every number of a substance's model with its origin, as a page to read."""

from flask import Blueprint, abort, render_template

from detectapi import service
from detectapi.telling import sentences
from detectapi.telling.evidence import bases
from detectapi.telling.inputs_used import because, detail_in_words, in_figures
from detectapi.telling.retelling import quoted
from detectapi.values.errors import UnknownSubstance
from detectapi.web.api import kept_for_five_minutes
from detectapi.web.computed_once import computed_once
from detectapi.web.page.voice import LANGUAGES, BabelVoice, html_response

blueprint = Blueprint("numbers", __name__)
VOICE = BabelVoice("page")


@blueprint.get("/substances/<substance>")
@computed_once()
def numbers(substance):
    """The numbers of a substance."""
    try:
        card = service.substance(substance)
    except UnknownSubstance:
        abort(404)
    html = render_template(
        "page/numbers.html",
        title=sentences.capital(sentences.name(card["id"], VOICE)),
        card=card,
        rows=[row(parameter) for parameter in card["parameters"]],
        languages=LANGUAGES,
        language=VOICE.language,
    )
    return kept_for_five_minutes(html_response(html))


def row(parameter):
    """A parameter in words."""
    unit = "" if parameter["unit"] in ("1", "-") else f" {parameter['unit']}"
    low, high = (in_figures(parameter[end], VOICE) for end in ("low", "high"))
    return {
        "name": parameter["name"],
        "meaning": quoted(parameter["meaning"], VOICE),
        "value": f"{in_figures(parameter['value'], VOICE)}{unit}",
        "bounds": f"{low} – {high}",
        "basis": bases(VOICE)[parameter["origin"]["basis"]],
        "origin": detail_in_words(because(parameter["origin"]), VOICE),
        "assumed": parameter["origin"]["basis"] == "assumed",
    }
