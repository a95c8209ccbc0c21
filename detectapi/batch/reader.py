"""Rows read one after the other: what several rows have in common is checked and understood once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from detectapi.batch import rows
from detectapi.batch.kernel import Row
from detectapi.batch.panels import AnyRow, PanelRow
from detectapi.model.panel import asked_panel, classes_of
from detectapi.model.question import read_question
from schemas.row import PLACES, RANGED

MOST_KEPT = 20_000
"""Parts of rows that are remembered; then all are forgotten."""

_GROUPS = {"substance": "doses", "doses": "doses", "assay": "assay"}  # the rest is the body's


def _columns_of(group: str) -> tuple[str, ...]:
    own = [name for name, path in PLACES.items() if _GROUPS.get(path[0], "body") == group]
    ends = [f"{name}_{end}" for name in own if name in RANGED for end in ("low", "high")]
    return (*own, *ends)


DOSES, BODY, ASSAY = (_columns_of(group) for group in ("doses", "body", "assay"))
KNOWN = frozenset((*DOSES, *BODY, *ASSAY, "id"))
IN_BODY = tuple(dict.fromkeys(path[0] for path in PLACES.values() if path[0] not in (*_GROUPS, "options")))
"""Parts of a request that the columns of the body fill, besides the options."""


class Reader:
    """Turns rows into what the kernel answers.

    The columns of a row fall into three groups that are read without regard to each other: doses, body and assay. A row
    whose three groups have each been seen in some good row is put together from them.

    Parameters
    ----------
    options : dict
        ``draws``, ``seed`` and ``level`` of all rows.
    """

    def __init__(self, options: Mapping[str, Any]):
        self.options = dict(options)
        self._kept: dict[Any, Any] = {}

    def read(self, row: Mapping[str, Any], seed: int | None = None) -> AnyRow:
        """A row ready to be answered.

        Parameters
        ----------
        row : dict
        seed : int, optional
            In place of the common one.

        Raises
        ------
        InputError
        """
        options = self.options if seed is None else {**self.options, "seed": seed}
        if rows.is_whole(row):
            return _whole(rows.request(row, options))
        if any(value is True or value is False for value in row.values()):  # equal to 1 and 0, but refused
            return _whole(rows.request(row, options))
        try:
            keys: list[tuple[Any, ...]] = [
                (group, tuple(row.get(name) for name in group)) for group in (DOSES, BODY, ASSAY)
            ]
            keys[2] = (*keys[2], row.get("substance"))
            kept: list[Row | None] = [self._kept.get(key) for key in keys] if KNOWN.issuperset(row) else [None]
        except TypeError:  # a list, a range as an object: not remembered
            return _whole(rows.request(row, options))
        if None in kept:
            read = _whole(rows.request(row, options))
            if isinstance(read, Row):  # a panel is read anew in each row
                if len(self._kept) > MOST_KEPT:
                    self._kept.clear()
                self._kept.update(dict.fromkeys(keys, read))
            return read
        doses, body, assay = (part for part in kept if part is not None)
        request = dict(doses.request)
        request["options"] = body.request["options"] if seed is None else {**body.request["options"], "seed": seed}
        for name, source in (*((name, body) for name in IN_BODY), ("assay", assay)):
            request.pop(name, None)
            if name in source.request:
                request[name] = source.request[name]
        question = replace(doses.question, physiology=body.question.physiology, assay=assay.question.assay)
        return Row(request, question)


def _whole(request) -> AnyRow:
    panel = asked_panel(request)
    if panel is not None:
        return PanelRow(request, *classes_of(request, panel))
    return Row(request, read_question(request))
