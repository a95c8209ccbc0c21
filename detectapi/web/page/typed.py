"""Numbers and ranges as people type them, and back.

A text that is no number stays as it was typed; the contract refuses it and says what is allowed.
"""

import re

NUMBER = r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"\s*({NUMBER})\s*(?:-|–|—|\.\.|to|bis|a|hasta)\s*({NUMBER})\s*")
SINGLE = re.compile(rf"\s*({NUMBER})\s*")


def number(text):
    """A typed number, or the text itself."""
    match = SINGLE.fullmatch(text)
    if not match:
        return text
    value = float(match[1].replace(",", "."))
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def quantity(text):
    """A typed number or range such as "0.9-1.3", or the text itself."""
    match = RANGE.fullmatch(text)
    return {"low": number(match[1]), "high": number(match[2])} if match else number(text)


def as_typed(value):
    """A number, a range or a word of a request as it is typed."""
    if isinstance(value, dict):
        return f"{as_typed(value['low'])}-{as_typed(value['high'])}"
    return f"{value:.15g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
