"""An answer as a notebook shows it: a line of text, or HTML with its picture."""

from html import escape

from detectapi.telling.picture import probability_panel
from detectapi.telling.picture_svg import IN_NOTEBOOK, draw
from detectapi.telling.summary import summarize
from detectapi.telling.voice import Voice

VOICE = Voice("notebook")


def line(answer):
    """An answer in a line of text.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    """
    said = summarize(answer, VOICE)
    return f"{said.title}. {said.test} {said.headline}. {' '.join(said.sentences)}"


def html(answer):
    """An answer as HTML, readable on light and dark grounds.

    Parameters
    ----------
    answer : dict
        As in `schemas.EstimateResponseSchema`.
    """
    said, panel = summarize(answer, VOICE), probability_panel(answer, VOICE)
    parts = [
        paragraph(f"{said.title}. {said.test} {said.positive}"),
        f"<p><strong>{escape(said.headline)}.</strong></p>",
        *map(paragraph, (*said.sentences, *said.asked)),
        f'{paragraph(panel.title)}<div style="max-width: 40em">{draw(panel, IN_NOTEBOOK)}</div>' if panel else "",
        windows(said),
        series(said),
        paragraph(f"{said.evidence.line} {said.evidence.because.text}"),
        items(note.text for note in said.notes),
        f"<p><small>{escape(said.numbers)}</small></p>",
        f"<p><small>{escape(said.limits)}</small></p>",
    ]
    return f"<div>{''.join(parts)}</div>"


def paragraph(words):
    """A paragraph."""
    return f"<p>{escape(words)}</p>"


def items(lines):
    """A list, or nothing where it has no items."""
    written = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{written}</ul>" if written else ""


def windows(said):
    """The exact hours of the window, of each analyte where there are several."""
    rows = [cells("td", (row.name, row.low, row.median, row.high, row.ever)) for row in said.windows]
    return table(said.caption, said.columns, rows)


def series(said):
    """The exact hours of the last positive and the first negative specimen of a series."""
    rows = [cells("td", (row.name, row.low, row.median, row.high)) for row in said.series]
    return table(said.series_caption, said.series_columns, rows)


def table(caption, columns, rows):
    """A table, or nothing where it has no rows."""
    head = f"<caption>{escape(caption)}</caption><thead>{cells('th', columns)}</thead>"
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>" if rows else ""


def cells(kind, words):
    """A row of a table."""
    return f"<tr>{''.join(f'<{kind}>{escape(word)}</{kind}>' for word in words)}</tr>"
