"""What the record of jobs holds as text, as values."""

from __future__ import annotations

import json
from typing import Any

from detectapi.batch.options import Options
from detectapi.batch.storage import errors_place, input_place, part_place


def task(row) -> dict[str, Any]:
    """What a worker needs to compute a chunk."""
    source = json.loads(row.source)
    if "grid" in source:
        rows = {"grid": source["grid"], "start": row.start, "stop": row.stop}
    else:
        rows = {"file": input_place(row.folder, row.idx)}
    return {
        "options": json.loads(row.options),
        "source": rows,
        **{name: text for name, text in json.loads(row.about).items() if name == "model_sha256"},
        "part": part_place(row.folder, row.idx),
        "errors": errors_place(row.folder, row.idx),
    }


def decoded(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table of jobs with its JSON decoded."""
    for name in ("source", "options", "about", "problem"):
        if row.get(name) is not None:
            row[name] = json.loads(row[name])
    row["options"] = Options.from_dict(row["options"])
    return row
