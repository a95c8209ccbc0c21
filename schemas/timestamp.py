"""Moments in time: RFC 3339, always with an offset from UTC; what other programs write for the same is read too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from schemas.error import refuse
from schemas.fields import Coded, Metadata


class Timestamp(Coded):
    """A moment with its offset from UTC (RFC 3339), between 1900 and 2200. Loads as an aware datetime.

    A leap second (:60) is read as the end of its minute, 24:00 as the end of its day. An offset may be written as ``+0100`` or
    ``+01``, with a space before it or with a minus sign for a hyphen; seconds may be left out, and have a comma before decimals.
    """

    form = re.compile(
        r"(?P<minute>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d+))?)?"
        r" ?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)",
        re.ASCII,
    )
    naive = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?", re.ASCII)
    earliest = datetime(1900, 1, 1, tzinfo=UTC)
    latest = datetime(2200, 1, 1, tzinfo=UTC)

    def __init__(self, *, metadata: Metadata = None, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": "date-time", **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        moment = value if isinstance(value, datetime) else self.read(value)
        if moment.tzinfo is None:
            raise self.without_offset()
        if not self.earliest <= moment <= self.latest:
            raise refuse("Must lie between the years 1900 and 2200.", "range")
        return moment

    def read(self, value: Any) -> datetime:
        """The moment that a text names; naive texts are refused with their own sentence."""
        if not isinstance(value, str):
            raise refuse("Must be text such as 2026-11-23T07:20:00Z.", "type")
        text = value.strip().replace("\N{MINUS SIGN}", "-")
        if self.naive.fullmatch(text):
            raise self.without_offset()
        problem = refuse("Must be a date and time with its offset, such as 2026-11-23T07:20:00+01:00.", "format")
        match = self.form.fullmatch(text)
        if not match:
            raise problem
        try:
            return self.moment(**match.groupdict())
        except (ValueError, OverflowError):
            raise problem from None

    @classmethod
    def moment(cls, minute: str, second: str | None, part: str | None, offset: str) -> datetime:
        """The moment of the parts of a text.

        Raises
        ------
        ValueError
            There is no such moment.
        """
        day, clock = minute[:10], minute[11:]
        second, fraction = second or "00", f".{(part or '0')[:6]:<06}"
        offset = "+00:00" if offset in "Zz" else f"{offset[:3]}:{offset[3:].lstrip(':') or '00'}"
        if clock == "24:00":
            if float(second + fraction) > 0.0:
                raise ValueError("nothing of a day is after 24:00")
            return datetime.fromisoformat(f"{day}T00:00:00{offset}") + timedelta(days=1)
        if second != "60":
            return datetime.fromisoformat(f"{day}T{clock}:{second}{fraction}{offset}")
        return cls.after_leap_second(datetime.fromisoformat(f"{day}T{clock}:59{fraction}{offset}"))

    @staticmethod
    def after_leap_second(before: datetime) -> datetime:
        """The end of the minute, for a moment within its leap second.

        Raises
        ------
        ValueError
            The minute has none: only the last one of a day in UTC does.
        """
        if before.astimezone(UTC).strftime("%H:%M") != "23:59":
            raise ValueError("no leap second can be there")
        return before.replace(microsecond=0) + timedelta(seconds=1)

    @staticmethod
    def without_offset() -> ValidationError:
        """The refusal of a time that could be anywhere on earth."""
        return refuse("Needs its offset from UTC: end with Z or, for example, +01:00.", "no-offset")
