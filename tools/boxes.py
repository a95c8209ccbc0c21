"""Boxes and arrows, as the pictures of the architecture and of the method have them."""

from detectapi.telling.svg import BLUE, GREY, INK, PALE

WIDTH, HEIGHT = 132.0, 44.0  # of a box [px]
TIP_LENGTH, TIP_WIDTH = 7.0, 3.0  # of an arrow [px]


def box(drawing, x, y, name, detail, width=WIDTH):
    """A box with its name and a line below it; `x` is its middle, `y` its upper edge. [px]"""
    left = x - width / 2
    drawing.box(left, y, width, HEIGHT, PALE)
    drawing.line(left, y, left, y + HEIGHT, BLUE, stroke_width=3)
    drawing.write(x, y + 19, name, 13, "middle", INK, bold=True)
    drawing.write(x, y + 35, detail, 11, "middle", GREY)


def arrow(drawing, xs, ys):
    """A line through points with a head at its end. [px]"""
    drawing.path(xs, ys, GREY, stroke_width=1.2)
    length = ((xs[-1] - xs[-2]) ** 2 + (ys[-1] - ys[-2]) ** 2) ** 0.5
    along = (xs[-1] - xs[-2]) / length, (ys[-1] - ys[-2]) / length
    back = [
        (
            xs[-1] - TIP_LENGTH * along[0] + side * along[1],
            ys[-1] - TIP_LENGTH * along[1] - side * along[0],
        )
        for side in (TIP_WIDTH, -TIP_WIDTH)
    ]
    drawing.path([back[0][0], xs[-1], back[1][0]], [back[0][1], ys[-1], back[1][1]], GREY, stroke_width=1.2)
