"""Draw the rooms of the source in layers, with an arrow down for the imports between two of them."""

import itertools
from collections import defaultdict

import architecture
import boxes

from detectapi.telling.svg import Drawing

LEFT_OUT = {"wsgi", "detectapi.__main__", "detectapi._version"}  # a few lines each, no rooms
WIDTH, LAYER_HEIGHT, LANE, GAP = 640.0, 84.0, 24.0, 24.0  # [px]
SWEEPS = 24  # through the layers, to bring what is joined close together


def reduced(arrows):
    """The arrows that no longer way replaces, so that the picture can be read.

    Parameters
    ----------
    arrows : set of (str, str)
        Without circles.

    Returns
    -------
    set of (str, str)
    """
    below = defaultdict(set)
    for start, end in arrows:
        below[start].add(end)

    def reached(room):
        return below[room].union(*(reached(other) for other in below[room]))

    return {
        (start, end)
        for start, end in arrows
        if not any(end in reached(other) for other in below[start] if other != end)
    }


def depths(rooms, arrows):
    """The layer of each room: one below the lowest room that imports it.

    Returns
    -------
    dict of str to int
        0 for a room that none imports.
    """
    above = {room: [start for start, end in arrows if end == room] for room in rooms}

    def depth(room):
        return 1 + max((depth(other) for other in above[room]), default=-1)

    return {room: depth(room) for room in rooms}


def lanes(arrows, depth):
    """Each arrow as the places it passes, one in each layer: rooms at the ends, empty places (tuples) between."""
    for start, end in sorted(arrows):
        between = [(start, end, layer) for layer in range(depth[start] + 1, depth[end])]
        yield [start, *between, end]


def across(depth, ways):
    """Where each place lies from left to right: near the places that it is joined to, none over another.

    Returns
    -------
    dict
        Place to the middle of its box or lane. [px]
    """
    layers = defaultdict(list)
    for room in sorted(depth, key=depth.get):
        layers[depth[room]].append(room)
    joined = defaultdict(list)
    for way in ways:
        for place in way[1:-1]:
            layers[place[2]].append(place)
        for one, other in itertools.pairwise(way):
            joined[one].append(other)
            joined[other].append(one)
    at = {}
    for layer in layers.values():
        at |= spread(layer)
    for _ in range(SWEEPS):
        for number in (*sorted(layers), *sorted(layers, reverse=True)):
            wanted = {place: sum(at[other] for other in joined[place]) / len(joined[place]) for place in layers[number]}
            layers[number].sort(key=wanted.get)
            at |= spread(layers[number], wanted)
    aside = (WIDTH - min(at.values()) - max(at.values())) / 2
    return {place: x + aside for place, x in at.items()}


def spread(places, wanted=None):
    """Places from left to right, each as near to where it wants to be as its neighbours and the edges allow. [px]"""
    widths = [boxes.WIDTH + GAP if isinstance(place, str) else LANE for place in places]
    free = WIDTH - sum(widths)
    at, end = {}, 0.0
    for index, (place, width) in enumerate(zip(places, widths, strict=True)):
        start = wanted[place] - width / 2 if wanted else end + free / (len(places) + 1)
        last = WIDTH - sum(widths[index:])
        start = min(max(start, end), last)
        at[place], end = start + width / 2, start + width
    return at


def picture():
    """The picture as SVG text."""
    counts = {pair: n for pair, n in architecture.arrows().items() if not LEFT_OUT & set(pair)}
    rooms = sorted({room for layer in architecture.LAYERS for room in layer} - LEFT_OUT)
    depth = depths(rooms, counts)
    ways = list(lanes(reduced(set(counts)), depth))
    at = across(depth, ways)
    height = LAYER_HEIGHT * (max(depth.values()) + 1)
    drawing = Drawing(WIDTH, height, "The rooms of detectapi and their imports", ident="rooms")
    drawing.box(0, 0, WIDTH, height, "white")

    def down(place):
        return 8 + LAYER_HEIGHT * (depth[place] if isinstance(place, str) else place[2])

    for way in ways:
        xs, ys = [at[way[0]]], [down(way[0]) + boxes.HEIGHT]
        for place in way[1:-1]:
            xs += [at[place], at[place]]
            ys += [down(place), down(place) + boxes.HEIGHT]
        xs, ys = [*xs, at[way[-1]]], [*ys, down(way[-1])]
        boxes.arrow(drawing, xs, ys)
    for room in rooms:
        files = len(architecture.modules_of(room))
        boxes.box(
            drawing, at[room], down(room), room.removeprefix("detectapi."), "1 file" if files == 1 else f"{files} files"
        )
    return str(drawing)
