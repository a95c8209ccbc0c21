"""Draw how a question becomes an answer: the steps of the method, each with what it gives to the next."""

import boxes

from detectapi.telling.svg import Drawing

WIDTH, HEIGHT, STEP, WIDE = 640.0, 640.0, 82.0, 190.0  # [px]
LEFT, MIDDLE, RIGHT = 110.0, 320.0, 530.0
# Name, what it is, where: the middle from the left [px] and the row from the top.
STEPS = {
    "question": ("Question", "substance, doses, person, test", MIDDLE, 0),
    "inputs": ("Inputs", "a number or a distribution each", LEFT, 1),
    "draws": ("Draws", "random numbers in five streams", MIDDLE, 1),
    "data": ("Data of the substance", "typical values, spreads, sources", RIGHT, 1),
    "physiology": ("Person and specimen", "kidneys, urine flow, pH", LEFT, 2),
    "population": ("Parameters", "of each draw", RIGHT, 2),
    "kinetics": ("Kinetics", "clearances, volumes, doses", MIDDLE, 3),
    "response": ("Concentration in urine", "a sum of exponentials", MIDDLE, 4),
    "crossings": ("Crossings of the cutoff", "first and last, of each draw", MIDDLE, 5),
    "window": ("Window and chances", "range, curve, model uncertainty", LEFT, 6),
    "shares": ("Shares of variance", "what makes draws differ", MIDDLE, 6),
    "evidence": ("Evidence and notes", "grade, studies, limits", RIGHT, 6),
    "answer": ("Answer", "JSON, page, report, words", MIDDLE, 7),
}
ARROWS = (
    ("question", "inputs"), ("question", "draws"), ("question", "data"),
    ("inputs", "physiology"), ("draws", "physiology"), ("draws", "population"), ("data", "population"),
    ("physiology", "kinetics"), ("population", "kinetics"),
    ("kinetics", "response"), ("response", "crossings"),
    ("crossings", "window"), ("crossings", "shares"),
    ("window", "answer"), ("shares", "answer"), ("evidence", "answer"),
)  # fmt: skip


def picture():
    """The picture as SVG text."""
    drawing = Drawing(WIDTH, HEIGHT, "From a question to an answer")
    drawing.box(0, 0, WIDTH, HEIGHT, "white")
    place = {key: (x, 10 + STEP * row) for key, (_, _, x, row) in STEPS.items()}
    for start, end in ARROWS:
        (x1, y1), (x2, y2) = place[start], place[end]
        aside = max(-60.0, min(60.0, (x1 - x2) / 4))  # arrows that come from aside end beside the middle
        boxes.arrow(drawing, [x1 - aside, x2 + aside], [y1 + boxes.HEIGHT, y2])
    # The evidence rests on the data and the person, not on the crossings.
    (x1, y1), (x2, y2) = place["population"], place["evidence"]
    boxes.arrow(drawing, [x1 + 60, x2 + 60], [y1 + boxes.HEIGHT, y2])
    for key, (name, detail, _, _) in STEPS.items():
        boxes.box(drawing, *place[key], name, detail, WIDE)
    return f"{drawing}\n"
