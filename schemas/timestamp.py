"""Moments in time: RFC 3339, always with an offset from UTC."""

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

    A leap second (:60) is read as the end of its minute.
    """

    form = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
    naive = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)
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
        if self.naive.fullmatch(value):
            raise self.without_offset()
        problem = refuse("Must be a date and time with its offset, such as 2026-11-23T07:20:00+01:00.", "format")
        if not self.form.fullmatch(value):
            raise problem
        text = re.sub(r"(\.\d{6})\d+", r"\1", value.upper())
        try:
            if text[17:19] != "60":
                return datetime.fromisoformat(text)
            return self.after_leap_second(datetime.fromisoformat(f"{text[:17]}59{text[19:]}"))
        except (ValueError, OverflowError):
            raise problem from None

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
