"""The page, the drawings, the report and the JSON say the same numbers for the same question."""

import io
import json
import re
import struct
import zlib
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from detectapi import service
from detectapi.telling import picture_svg as svg
from detectapi.telling import png
from detectapi.telling.picture import named_points, picture
from detectapi.telling.sentences import headline

QUESTION = json.loads(Path(__file__).with_name("question.json").read_text(encoding="utf-8"))
parse = fromstring  # only drawings of our own
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def answer():
    return service.answer(QUESTION)


def window_numbers(answer):
    """Every number of the window that a reader is shown."""
    window = answer["window"]
    return [f"{window[name]:g}" for name in ("low_h", "median_h", "high_h")]


def read_line(drawing, panel, size):
    """The values of a drawn line, read back from its pixels."""
    points = next(node for node in drawing.iter(f"{SVG}polyline") if node.get("class") == "line").get("points")
    right, bottom = size.width - size.right, size.height - size.bottom
    for pair in points.split():
        x, y = map(float, pair.split(","))
        yield (x - size.left) / (right - size.left) * panel.x.high, (bottom - y) / (bottom - size.top)


def test_the_drawn_curve_is_the_curve_of_the_answer(answer):
    panel = picture(answer).panels[0]
    drawn = list(read_line(parse(svg.draw(panel)), panel, svg.IN_PAGE))

    # Coordinates are written to 0.01 px of 246 px: 0.00005 in probability; of 650 px: below 0.01 h in a hundred.
    assert [p for _, p in drawn] == pytest.approx(answer["curve"]["probability_positive"], abs=5e-5)
    assert [t for t, _ in drawn] == pytest.approx(answer["curve"]["time_h"], abs=0.01)


def test_every_fan_shows_its_own_concentrations(answer):
    panels = picture(answer).panels[1:]

    assert len(panels) == len(answer["analytes"])
    for panel, entry in zip(panels, answer["analytes"], strict=True):
        assert list(panel.line) == entry["concentration"]["p50"]
        assert panel.level[0] == entry["cutoff_ng_ml"]


def test_json_svg_png_and_pdf_by_http_hold_the_same_window(client):
    def ask(accept):
        response = client.post("/v1/estimates", json=QUESTION, headers={"Accept": accept})
        assert response.status_code == 200
        assert response.mimetype == accept
        assert response.headers["Cache-Control"] == "no-store"
        return response.data

    answer = json.loads(ask("application/json"))
    said = [mark.label for mark in named_points(answer["window"])]
    description = parse(ask("image/svg+xml")).find(f"{SVG}desc").text.lower()
    written = png_texts(ask("image/png"))["Description"].lower()

    assert len(said) == 3
    assert all(words in description for words in said)
    assert all(words in written for words in said)


def png_texts(raw):
    """The text entries of a PNG file."""
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    result, at = {}, 8
    while at < len(raw):
        length, kind = struct.unpack(">I4s", raw[at : at + 8])
        body = raw[at + 8 : at + 8 + length]
        if kind == b"tEXt":
            key, _, text = body.partition(b"\0")
            result[key.decode()] = text.decode("latin-1")
        if kind == b"iTXt":
            key, _, rest = body.partition(b"\0")
            text = rest[2:].split(b"\0", 2)[2]
            result[key.decode()] = (zlib.decompress(text) if rest[0] else text).decode()
        at += 12 + length
    return result


def test_the_curve_in_the_png_lies_where_the_answer_says(answer):
    from matplotlib.image import imread

    pixels = imread(io.BytesIO(png.draw(picture(answer))))[:, :, :3]
    height, width = pixels.shape[:2]
    left, low, wide, high = png.plot_box(picture(answer), 0)
    bottom, top = low, low + high
    line = abs(pixels - (0x0B / 255, 0x64 / 255, 0x70 / 255)).max(axis=2) < 0.02
    curve = answer["curve"]
    for i in range(len(curve["time_h"]) // 4, len(curve["time_h"]) // 2, 3):
        column = round((left + wide * curve["time_h"][i] / curve["time_h"][-1]) * width)
        rows = [r for r in range(round((1 - top) * height), round((1 - bottom) * height)) if line[r, column]]
        read = ((1 - sum(rows) / len(rows) / height) - bottom) / (top - bottom)
        # The line is 4 px thick and slopes; a pixel is 0.3 % of the axis.
        assert read == pytest.approx(curve["probability_positive"][i], abs=0.03)


def test_the_table_of_the_page_is_the_curve_of_the_answer(client, answer):
    page = client.post("/", data={"request": json.dumps(QUESTION)}).get_data(as_text=True)
    rows = re.findall(
        r'<th role="rowheader" scope="row">([\d.]+) h.*?</th><td.*?</td><td role="cell" class="figure">([\d.]+) %</td>',
        page,
    )
    curve = dict(zip(answer["curve"]["time_h"], answer["curve"]["probability_positive"], strict=True))

    assert len(rows) >= 10
    for hours, percent in rows:
        assert round(100 * curve[float(hours)], 1) == float(percent)
    assert headline(answer["window"]) in page
    assert all(f"{number}\N{NO-BREAK SPACE}h" in page for number in window_numbers(answer))


@pytest.mark.parametrize("doses", [[], [{"amount_mg": 0.001, "route": "oral"}]])
def test_an_answer_without_a_window_is_drawn_too(doses):
    answer = service.answer({**QUESTION, "doses": doses})

    drawn = svg.draw_alone(picture(answer))
    assert "A positive test is unlikely" in drawn
    parse(drawn)
    assert png.draw(picture(answer))[:4] == b"\x89PNG"
