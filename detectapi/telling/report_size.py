"""The largest letters for which a page of the report has room, estimated, so that it is mostly laid out once."""

from __future__ import annotations

import math
from collections.abc import Iterable

SIZES = (8.6, 8.0, 7.4, 6.9, 6.4, 5.9, 5.4, 5.0)
"""Of letters, the largest first. [pt]"""

WIDTH, HEIGHT = 516.0, 768.0  # of the room on a sheet [pt]
LETTER = 0.56  # mean width of a letter of its size
LINE, ROW, HEADING = 1.36, 1.6, 2.6  # heights, of the size of letters
SPARE = 0.96  # of the height that an estimate may fill


def largest(height_at) -> int:
    """Index of the largest of `SIZES` whose page fits.

    Parameters
    ----------
    height_at : callable
        The height of a page at a size of letters, in points. [pt -> pt]
    """
    return next((at for at, size in enumerate(SIZES) if height_at(size) <= SPARE * HEIGHT), len(SIZES) - 1)


def lines(texts: Iterable[str], size: float, width: float = WIDTH) -> int:
    """How many lines some texts take, each on lines of its own.

    Parameters
    ----------
    texts : iterable of str
    size : float
        Of letters. [pt]
    width : float
        [pt]
    """
    in_line = width / (LETTER * size)
    return sum(max(1, math.ceil(len(text) / in_line)) for text in texts)


def _row(cells: Iterable[str], size: float) -> int:
    """Lines of a row of the table of inputs: those of its fullest cell."""
    widths = (0.36, 0.24, 0.12, 0.22)
    return max(lines([cell], size, share * WIDTH) for cell, share in zip(cells, widths, strict=True))


def height_of_answer(said, doses, charts: float):
    """The height of page one at a size of letters.

    Parameters
    ----------
    said : Summary
    doses : sequence of str
    charts : float
        Height of the charts. [pt]
    """

    def height(size: float) -> float:
        cells = lines([*doses, f"{said.test} {said.positive}"], size, 0.75 * WIDTH) + 2
        running = (
            lines([said.headline, *said.sentences, *said.asked, said.limits, said.caption, said.series_caption], size)
            + 2
        )
        rows = len(said.windows) + len(said.series) + 4
        return charts + size * (LINE * (cells + running) + ROW * rows + HEADING * 6)

    return height


def height_of_rests(said, sources, request: str):
    """The height of page two at a size of letters.

    Parameters
    ----------
    said : Summary
    sources : sequence of str
    request : str
        As it is printed.
    """

    def height(size: float) -> float:
        half = 0.48 * WIDTH
        left = LINE * 3 + ROW * (len(said.chances) + 1)
        evidence = [share.words + "000000" for share in said.spread] + [
            said.evidence.name + said.evidence.meaning, said.evidence.because.text,
        ]  # fmt: skip
        right = LINE * lines(evidence, size, half) + HEADING
        rows = sum(_row((one.name, one.value, one.spread, one.origin), size) for one in said.inputs) + 6
        running = lines([note.text for note in said.notes], size, 0.96 * WIDTH) + lines(sources, size, 0.96 * WIDTH) + 3
        code = lines([request], size, 0.92 * WIDTH)
        return size * (max(left, right) + ROW * rows + LINE * (running + code) + HEADING * 5)

    return height
