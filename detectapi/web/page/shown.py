"""An answer made ready for a template: sentences, drawings, tables, and how to ask the same again."""

import base64
import json
import shlex

from markupsafe import Markup

from detectapi.telling import picture_svg as svg
from detectapi.telling import words
from detectapi.telling.picture import concentration_panel, probability_panel
from detectapi.telling.wording import probability_at
from detectapi.web.page.choices import route_words

MOST_FANS = 4
SHOWN_NAMES = ("probability_positive", "low", "high")


def shown(answer, asked, values, voice, ident, root):
    """Everything a template needs to show one answer.

    Parameters
    ----------
    answer : dict
        With concentrations.
    asked : dict
        The request it answers.
    values : dict
        What was typed.
    voice : Voice
    ident : str
        Beginning of its ids on the page.
    root : str
        Address of the service.

    Returns
    -------
    dict
    """
    window = answer["window"]
    fans = [concentration_panel(entry, voice) for entry in answer["analytes"][:MOST_FANS]]
    panels = [panel for panel in (probability_panel(answer, voice), *fans) if panel]
    return {
        "ident": ident,
        "answer": answer,
        "headline": words.headline(window, voice),
        "subject": words.cutoffs(answer, voice),
        "substance": words.analyte(answer["substance"], voice),
        "sentences": words.sentences(window, voice),
        "clock": words.clock(window),
        "at": at_time(answer["curve"], values, voice),
        "charts": [chart(panel, f"{ident}-{panel.name}") for panel in panels],
        "rows": [row(*entry, voice) for entry in words.table_rows(answer["curve"])],
        "level": voice.number(round(100 * window["level"], 1)),
        "shares": shares(answer["uncertainty"], voice),
        "inputs": [used(entry, voice) for entry in answer["inputs_used"]],
        "assumed": sum(entry["source"] != "given" for entry in answer["inputs_used"]),
        "grade": words.grade_names(voice)[answer["evidence"]["grade"]],
        "grade_words": words.grade_words(voice)[answer["evidence"]["grade"]],
        "because": saying(answer["evidence"]["because"], voice),
        "notes": [saying(note["message"], voice) for note in answer["notes"]],
        "limits": words.limits(voice),
        "json": json.dumps(asked, ensure_ascii=False, indent=2),
        "compact": compact(asked),
        "curl": f"curl -sS {root}v1/estimates -H 'Content-Type: application/json' -d {shlex.quote(compact(asked))}",
        "link": f"{root}#{permalink(asked)}",
        "data": Markup(json.dumps(data(answer, panels, voice)).replace("<", "\\u003c")),  # noqa: S704 - no tag can close in it
    }


def compact(asked):
    """A request as one line of JSON."""
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))


def permalink(asked):
    """A request as the fragment of an address, which no server gets to see."""
    raw = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return "v1." + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def chart(panel, ident):
    """A panel drawn for wide and for narrow screens."""
    return {
        "name": panel.name,
        "title": panel.title,
        "wide": Markup(svg.draw(panel, svg.IN_PAGE, f"{ident}-w", "chart chart-wide")),  # noqa: S704 - escaped there
        "narrow": Markup(svg.draw(panel, svg.IN_PAGE_NARROW, f"{ident}-n", "chart chart-narrow")),  # noqa: S704
    }


def row(hours, probability, low, high, voice):
    """A line of the table."""
    return {
        "hours": voice.number(hours),
        "span": words.span(hours, voice) if hours >= words.LONG_H else "",
        "words": words.in_ten(probability, voice),
        "chance": words.percent(probability, voice),
        "low": words.percent(low, voice),
        "high": words.percent(high, voice),
    }


def at_time(curve, values, voice):
    """The chance at the time the reader asked about, or nothing."""
    try:
        hours = float(values["since"].replace(",", ".")) * (24.0 if values["since_unit"] == "d" else 1.0)
    except ValueError:
        return None
    if not 0.0 <= hours <= 1e6:
        return None
    lines = ({**curve, "probability_positive": curve[name]} for name in SHOWN_NAMES)
    probability, low, high = (round(probability_at(line, hours), 3) for line in lines)
    return {"time": words.moment(round(hours, 1), voice), **row(hours, probability, low, high, voice)}


def shares(uncertainty, voice):
    """What moves the answer, the largest first; widths in steps that the style sheet knows."""
    told = words.share_words(voice)
    ordered = sorted(uncertainty.items(), key=lambda item: -item[1])
    return [
        {"words": told.get(name, name), "percent": words.percent(value, voice), "width": round(20 * value)}
        for name, value in ordered
        if value >= 0.005
    ]


def saying(text, voice):
    """A sentence of the data, marked as English where it has no translation."""
    return {"text": voice.say(text), "language": None if voice.knows(text) else "en"}


def input_names(voice):
    """The inputs as people name them."""
    return {
        "route": voice.say("How it was taken"),
        "weight_kg": voice.say("Body weight"),
        "height_cm": voice.say("Height"),
        "age_y": voice.say("Age"),
        "sex": voice.say("Sex"),
        "egfr_ml_min_1_73m2": voice.say("Kidney function (eGFR, mL/min per 1.73 m²)"),
        "creatinine_clearance_ml_min": voice.say("Kidney function (creatinine clearance, mL/min)"),
        "serum_creatinine_mg_dl": voice.say("Creatinine in blood, mg/dL"),
        "serum_creatinine_umol_l": voice.say("Creatinine in blood, µmol/L"),
        "ckd_stage": voice.say("Stage of kidney disease"),
        "body_surface_m2": voice.say("Body surface, m²"),
        "urine_flow_ml_h": voice.say("Urine flow, mL per hour"),
        "urine_ph": voice.say("Urine pH"),
        "void_interval_h": voice.say("Hours of urine in the specimen"),
        "assay_imprecision_cv": voice.say("Imprecision of the test (fraction)"),
        "half_life_h": voice.say("Half-life"),
        "interactions": voice.say("Other medicines"),
        "hepatic_class": voice.say("Liver disease (Child-Pugh)"),
    }


def used(entry, voice):
    """An input with what it was taken as."""
    value = entry["value"]
    if entry["name"] == "route":
        spoken = route_words(voice)
        value = ", ".join(spoken.get(route, route) for route in ([value] if isinstance(value, str) else value))
    elif isinstance(value, (int, float)):
        value = voice.number(value)
    elif not isinstance(value, str):
        value = ", ".join(map(str, value))
    spread = f"{voice.number(entry['low'])} - {voice.number(entry['high'])}" if "low" in entry else ""
    unit = entry.get("unit", "-")
    origin = {
        "given": voice.say("as entered"),
        "population default": voice.say("not entered: usual for adults"),
        "assumed": voice.say("assumed"),
        "derived": voice.say("worked out from what was entered"),
        "given range": voice.say("as entered"),
        "textbook": voice.say("as textbooks have it"),
    }.get(entry["source"], entry["source"])
    detail = entry.get("detail") or because(entry.get("origin"))
    return {
        "name": input_names(voice).get(entry["name"], entry["name"].replace("_", " ")),
        "value": value if unit == "-" else f"{value} {unit}",
        "spread": spread,
        "source": origin,
        "detail": saying(detail, voice) if detail else None,
        "given": entry["source"] == "given",
    }


def because(origin):
    """Where the data have a number from, in a line; None where there is nothing to say."""
    if origin is None:
        return None
    return origin["reason"] if "reason" in origin else f"{origin['source']['citation']}: {origin['locator']}"


def data(answer, panels, voice):
    """What the script draws from: the answer's own numbers and the words it needs."""
    return {
        "curve": answer["curve"],
        "marks": [
            {"x": mark.x, "y": mark.y, "label": mark.label}
            for panel in panels
            if panel.name == "probability"
            for mark in panel.marks
        ],
        "words": {
            "chance": voice.say("chance"),
            "band": voice.say("range"),
            "hours": voice.say("hours"),
            "days": voice.say("days"),
            "axis": panels[0].x.label if panels else "",
        },
        "language": voice.language,
    }
