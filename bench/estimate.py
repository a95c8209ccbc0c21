"""A whole estimate in process: against the machine's yardstick, its parts, and how it grows with doses and draws."""

from measure import medians, ms, seconds, table, verdict, yardstick
from question import DEFAULT, changed, irregular, regular

from detectapi import estimate as recipe
from detectapi import service


def asking(question):
    """Return a call that answers a question, to the last byte."""
    return lambda: service.to_json_bytes(service.answer(question))
