"""Sums of exponentials: what a chain of linear systems answers to doses, and when that crosses a level.

Arrays in, arrays out; numpy only. Poles (or compartments, or paths) lie on the first axis, draws on the last. Units are
micromole, litre and hour throughout; time 0 is the end of the last dose. Other rooms import from here and never from a file
within.
"""

from detectapi.exponentials.cascade import Absorption, Chain, Doses, mix, respond
from detectapi.exponentials.crossing import Crossings, crossings
from detectapi.exponentials.mammillary import Disposition, disposition
from detectapi.exponentials.response import Response

__all__ = [
    "Absorption",
    "Chain",
    "Crossings",
    "Disposition",
    "Doses",
    "Response",
    "crossings",
    "disposition",
    "mix",
    "respond",
]
