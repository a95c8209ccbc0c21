"""An answer for a terminal: the range first, a curve of block characters, what it rests on, what it is not."""

from detectapi.telling.chances import probability_at
from detectapi.telling.drawn_part import drawn_part
from detectapi.telling.durations import since_last_dose
from detectapi.telling.lines import fill, finish
from detectapi.telling.picture import time_axis
from detectapi.telling.summary import summarize
from detectapi.telling.voice import Voice

COLUMNS, ROWS = 60, 8
BLOCKS = " ▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "     ####"  # for terminals without these characters: a cell is full or empty
VOICE = Voice("terminal")


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
    said = summarize(answer, VOICE)
    parts = [
        fill(f"{said.title}. {said.test} {said.positive}"),
        "",
        *map(fill, (f"{said.headline}.", *said.sentences, *said.asked)),
        "",
        *curve(answer["curve"], said.unit, plain),
        *windows(said),
        *series(said),
        *spread(said),
        *evidence(said.evidence),
        *([""] if said.notes else []),
        *(fill(note.text, "* ") for note in said.notes),
        *assumed(said),
        "",
        fill(said.numbers),
        fill(said.limits),
    ]
    return finish(parts, plain)


def curve(points, unit, plain=False):
    """The curve of chances in blocks, with its axes.

    Parameters
    ----------
    points : dict
        As `curve` in an answer.
    unit : Unit
        Of its axis.
    plain : bool
        ASCII only.

    Returns
    -------
    list of str
    """
    points = drawn_part(points)
    if len(points["time_h"]) < 2:
        return []
    blocks, end = PLAIN_BLOCKS if plain else BLOCKS, points["time_h"][-1]
    heights = [probability_at(points, end * (column + 0.5) / COLUMNS) * ROWS for column in range(COLUMNS)]
    lines = ["chance that a urine specimen tests positive"]
    for row in reversed(range(ROWS)):
        label = f"{100 * (row + 1) // ROWS:3d} % |" if (row + 1) % 4 == 0 else "      |"
        cells = (blocks[round(8 * min(max(height - row, 0), 1))] for height in heights)
        lines.append((label + "".join(cells)).rstrip())
    lines.append("  0 % +" + "-" * COLUMNS)
    ticks = [" "] * (COLUMNS + 12)
    for hours, words in time_axis(end, unit, VOICE).ticks:
        at = min(round(COLUMNS * hours / end), COLUMNS + 12 - len(words))
        ticks[at : at + len(words)] = words
    lines.append(" " * 7 + "".join(ticks).rstrip())
    return [*lines, " " * 7 + since_last_dose(unit, VOICE), ""]


def windows(said):
    """The exact hours of the window, of each analyte where there are several."""
    rows = [(row.name, row.low, row.median, row.high, row.ever) for row in said.windows]
    if not rows:
        return []
    return [said.caption, *table([said.columns, *rows]), ""]


def series(said):
    """The exact hours of the last positive and the first negative specimen of a series."""
    rows = [(row.name, row.low, row.median, row.high) for row in said.series]
    if not rows:
        return []
    return [said.series_caption, *table([said.series_columns, *rows]), ""]


def table(rows):
    """Rows in columns, the first one to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        right = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        yield "  ".join([f"{name:<{widths[0]}}", *right]).rstrip()


def spread(said):
    """Where the uncertainty comes from."""
    if not said.spread:
        return []
    lines = (fill(share.words, f"{share.percent:>6}  ", " " * 8) for share in said.spread)
    return [VOICE.say("Where the uncertainty comes from"), *lines, ""]


def evidence(said):
    """The evidence grade with its reason and sources."""
    return [fill(f"{said.line} {said.because.text}", rest="  "), *(fill(source, "  - ") for source in said.sources)]


def assumed(said):
    """The inputs that were not given."""
    if not said.usual:
        return []
    names = "; ".join(name[0].lower() + name[1:] for name in said.usual)
    return ["", fill(VOICE.say("Not entered, so values usual for adults were used: %(names)s.", names=names))]
