"""An answer for a terminal: the range first, a curve of block characters, what it rests on, what it is not."""

import re
import textwrap

from detectapi.telling.wording import probability_at, span, window_sentences

WIDTH = 78
COLUMNS, ROWS = 60, 8
BLOCKS = " ▁▂▃▄▅▆▇█"
SOURCES = {
    "people": "differences between people",
    "specimen": "differences between specimens",
    "knowledge": "what is not known of the model",
    "inputs": "inputs that are not known exactly",
    "assay": "the imprecision of the test",
}
PLAIN_BLOCKS = "     ####"  # for terminals without these characters: a cell is full or empty


def summary(answer, plain=False):
    """The whole summary.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    plain : bool
        ASCII only.

    Returns
    -------
    str
        Lines of at most 78 characters, ended by a newline.
    """
    parts = [
        title(answer),
        *map(fill, window_sentences(answer["window"])),
        "",
        *curve(answer["curve"], plain),
        "",
        *analytes(answer["analytes"]),
        *knowledge(answer),
        *evidence(answer["evidence"]),
        *notes(answer["notes"]),
        *assumed(answer["inputs_used"]),
        "",
        fill(answer["limits"]),
    ]
    return finish(parts, plain)


def finish(lines, plain):
    """Lines as text; in ASCII where that is all the terminal has."""
    text = "\n".join(lines) + "\n"
    return text.encode("ascii", "replace").decode() if plain else text


def fill(text, first="", rest=None):
    """Wrapped text with its indents; a number stays with its unit of one letter."""
    rest = " " * len(first) if rest is None else rest
    kept = re.sub(r"(?<=\d) (?=h\b)", "\N{NO-BREAK SPACE}", text)
    wrapped = textwrap.fill(
        kept, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapped.replace("\N{NO-BREAK SPACE}", " ")


def title(answer):
    """Substance and what counts as positive."""
    cutoffs = [f"{entry['analyte']} {entry['cutoff_ng_ml']:g} ng/mL" for entry in answer["analytes"]]
    return fill(f"{answer['substance']} in urine: {f' {joiner(answer)} '.join(cutoffs)}") + "\n"


def joiner(answer):
    """How the analytes combine."""
    return "and" if answer["rule"] == "all" else "or"


def curve(points, plain=False):
    """The probability curve in blocks, with its axes.

    Parameters
    ----------
    points : dict
        As `curve` in an answer.
    plain : bool
        ASCII only.

    Returns
    -------
    list of str
    """
    if len(points["time_h"]) < 2:
        return []
    blocks, end = PLAIN_BLOCKS if plain else BLOCKS, points["time_h"][-1]
    heights = [probability_at(points, end * (column + 0.5) / COLUMNS) * ROWS for column in range(COLUMNS)]
    lines = ["chance that a specimen tests positive"]
    for row in reversed(range(ROWS)):
        label = f"{100 * (row + 1) // ROWS:3d}% |" if (row + 1) % 4 == 0 else "     |"
        cells = (blocks[round(8 * min(max(height - row, 0), 1))] for height in heights)
        lines.append((label + "".join(cells)).rstrip())
    lines.append("  0% +" + "-" * COLUMNS)
    ticks = [" "] * (COLUMNS + 12)
    for quarter in range(5):
        text = tick(end * quarter / 4, end)
        at = min(COLUMNS * quarter // 4, COLUMNS + 12 - len(text))
        ticks[at : at + len(text)] = text
    lines.append(" " * 6 + "".join(ticks).rstrip())
    lines.append(" " * 6 + ("hours" if end < 96 else "days") + " after the last dose")
    return lines


def tick(hours, end):
    """An axis label, in hours or days by the length of the axis."""
    return f"{hours:.3g}" if end < 96 else f"{hours / 24:.3g}"


def analytes(entries):
    """One line for each analyte, where there are several."""
    if len(entries) < 2:
        return []
    rows = [(entry["analyte"], f"{entry['cutoff_ng_ml']:g} ng/mL", window_range(entry["window"])) for entry in entries]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {cutoff:>{widths[1]}}  {text}" for name, cutoff, text in rows] + [""]


def window_range(window):
    """A window in one short phrase."""
    if window["high_h"] == 0:
        return "hardly ever positive"
    low = span(window["low_h"]) if window["low_h"] else "0"
    return f"{low} to {span(window['high_h'])}, half at {span(window['median_h'])}"


def knowledge(answer):
    """What moves the answer."""
    shares = sorted(answer["uncertainty"].items(), key=lambda item: -item[1])
    told = ", ".join(f"{SOURCES.get(name, name)} ({100 * value:.0f}%)" for name, value in shares if value >= 0.005)
    band = answer["window"]["median_knowledge_h"]
    lines = [fill(f"The spread comes from {told}.")] if told else []
    if band["high"] > band["low"]:
        ends = f"{span(band['low'])} to {span(band['high'])}"
        lines.append(fill(f"What is not known of the model alone could move the half point to anywhere from {ends}."))
    return lines


def evidence(entry):
    """The evidence grade with its reason and sources."""
    reason = fill(f"Evidence: {entry['grade']}. {sentence(entry['because'])}", rest="  ")
    return ["", reason, *(fill(source, "  - ") for source in entry["sources"])]


def sentence(text):
    """Text that begins with a capital and ends with a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def notes(entries):
    """The remarks."""
    return ["", *(fill(entry["message"], "* ") for entry in entries)] if entries else []


def assumed(entries):
    """The inputs that were not given."""
    names = [entry["name"] for entry in entries if entry["source"].startswith("population")]
    return ["", fill(f"Not given, so the population's was used: {', '.join(names)}.")] if names else []


def substances(document, plain=False):
    """The list of substances."""
    lines = []
    for entry in document["items"]:
        lines += [
            f"{entry['id']}, revision {entry['revision']}",
            fill(entry["description"], "  "),
            fill(f"analytes: {', '.join(entry['analytes'])}", "  ", "    "),
            fill(f"routes: {', '.join(entry['routes'])}", "  ", "    "),
        ]
    return finish(lines, plain)


def assays(document, plain=False):
    """The list of registered assays."""
    lines = []
    for entry in document["items"]:
        date = "" if entry["date"] == "not stated" else f", {entry['date']}"
        lines += [f"{entry['id']}: {entry['name']}", fill(f"{entry['issuer']}{date}; {test(entry)}", "  ")]
    return finish(lines, plain)


def test(entry):
    """What a registered assay calls positive."""
    if entry["test"] is None:
        return entry["because"]
    cutoffs = (f"{part['analyte']} {part['cutoff_ng_ml']:g} ng/mL" for part in entry["test"]["analytes"])
    return (" and " if entry["test"]["rule"] == "all" else " or ").join(cutoffs)


def card(document, plain=False):
    """A substance's card: its parameters with their spread and origin."""
    lines = [
        f"{document['name']} ({document['id']}), revision {document['revision']}, reviewed {document['reviewed']}",
        fill(document["description"]),
        fill(f"analytes: {', '.join(document['analytes'])}", rest="  "),
        fill(f"routes: {', '.join(route['id'] for route in document['routes'])}", rest="  "),
        fill(f"assay used when none is named: {document['default_assay']}"),
        "",
        fill(
            "Each number: typical value, bounds, how much people or specimens differ and how well the typical value is"
            " known (standard deviations on its scale), what it is, and where it comes from."
        ),
        "",
    ]
    for parameter in document["parameters"]:
        lines += [
            parameter_line(parameter),
            fill(parameter["meaning"], "    "),
            fill(origin(parameter["origin"]), "    "),
        ]
    return finish(lines, plain)


def parameter_line(parameter):
    """Name, value and spread of a parameter."""
    mark = ", a hypothesis" if parameter["hypothesis"] else ""
    value = f"{parameter['value']:g} {parameter['unit']} [{parameter['low']:g}, {parameter['high']:g}]"
    spread = f"{parameter['variability']['between']} {parameter['variability']['sd']:.3g}"
    known = f"known to {parameter['uncertainty']['sd']:.3g}{mark}"
    return f"  {parameter['name']} = {value} {parameter['scale']}: {spread}, {known}"


def origin(entry):
    """Where a number comes from."""
    if "source" not in entry:
        return f"{entry['basis']}: {entry['reason']}"
    return f"{entry['basis']}: {entry['source']['citation']}; {entry['locator']}"
