"""Questions, rows and options as a service reads them. Values of numpy and moments are written as the library takes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from detectapi.values.errors import InputError


def as_json(value: Any) -> bytes:
    """A value as JSON.

    Raises
    ------
    InputError
        It holds something that JSON cannot.
    """
    try:
        return json.dumps(value, default=_plain).encode()
    except (TypeError, ValueError):
        raise InputError("A value is none that JSON can hold.", code="type") from None


def _plain(value: Any) -> Any:
    """What JSON has no form for, in the form of the contract."""
    if isinstance(value, date):  # or a moment
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):  # of numpy: a number, a word, or an array of them
        return value.tolist()
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        return list(value)
    raise TypeError(type(value).__name__)


def in_query(options: Mapping[str, Any]) -> dict[str, str]:
    """Options as the words of a query."""

    def text(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)

    return {name: text(value) for name, value in json.loads(as_json(options)).items()}
