"""The table of the benchmark: one line for each number that a study reported."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from detectapi.evaluation.benchmark import score
from detectapi.knowledge import DATA, catalog, observations
from detectapi.values.observation import Observation

TABLE = "table.csv"

COLUMNS = {
    "id": "the name of the number; forecasts refer to it",
    "observation": "the row of the project's observations that it is from; a range has two numbers, a curve has one for each time",
    "substance": "what was taken; none: a study of urine itself",
    "class": "the class of substances that scores are shown for; others: it has none",
    "study": "the study, or one arm of it",
    "publication": "the source; intervals of scores are drawn over publications",
    "citation": "the source in words",
    "population": "who took part",
    "n": "number of people; empty: not reported",
    "use": "doses, as JSON in the words of a question to the service; empty: not reported",
    "circumstances": "of the person, kidneys and urine, as JSON in the words of a question to the service",
    "compared_with": "the circumstances that a fold change is relative to, as JSON",
    "assumed": "parts of the study that its source does not report and that were assumed",
    "quantity": "what was measured",
    "fold": "yes: the number is a ratio to the same quantity under `compared_with`",
    "analyte": "moieties, separated by a space",
    "rule": "any or all: which of several analytes must be positive",
    "relative_to": "the other moiety of a ratio",
    "ratio_of": "mass or moles",
    "enantiomer": "S or R, where one mirror form was measured",
    "hydrolysed": "yes: urine was read together with conjugates",
    "assay": "the method, as its source names it",
    "cutoff_ng_ml": "the cutoff [ng/mL]",
    "statistic": "which statistic of the people the number is",
    "time_h": "the time of a concentration, on the clock of the sampling [h]",
    "low": "the number; or the lower end, where only an interval is known; empty: not known",
    "high": "the number; or the upper end",
    "unit": "of low and high",
    "log_offset": "what is added before the logarithm is taken, in the same unit",
    "reading": "serial: last positive or first negative of a series; single: share of positive specimens; none: neither",
    "matrix": "what was sampled: urine or plasma",
    "sampling": "how: every void, spot specimens, collections, times, steady state",
    "clock": "what times count from",
    "from_h": "the start of the sampling [h]",
    "every_h": "the time between specimens [h]",
    "follow_up_h": "the end of the follow-up [h]; empty: not known",
    "access": "how the number was consulted: read in its source, second-hand, or recalled from memory",
    "evidence": "the kind of source",
    "used": "fitted: a calibration was fitted to it; chosen: typical values were chosen to agree with it; aside: neither",
    "fitted_by": "the substances whose calibration was fitted to it",
    "same_as": "the observation that this one restates; such a line is not scored twice",
}
"""The columns and what they hold: the data dictionary."""

LOG_OFFSET = {"detection_time": 1.0, "first_negative": 1.0, "positive_share": 0.01, "specimen_share": 0.01}
"""Added to quantities that can be 0, before the logarithm: an hour, or one in a hundred specimens."""

READINGS = {"detection_time": "serial", "first_negative": "serial", "positive_share": "single"}


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The content of ``benchmark.toml``: ``version`` of the table, and ``classes`` with their substances."""
    return tomllib.loads((DATA / "benchmark.toml").read_text(encoding="utf-8"))


def table() -> list[dict[str, str]]:
    """Every number of every observation, in the order of the files; the keys are those of ``COLUMNS``."""
    known, fitted = catalog.references(), fitted_by()
    classes = {member: name for name, members in rules()["classes"].items() for member in members}
    lines = []
    for row in observations.observations():
        common = _of_study(row) | _of_row(row) | {
            "class": classes.get(row.study.substance, "others"),
            "citation": known[row.study.source].citation,
            "used": "fitted" if row.id in fitted else "chosen" if row.tuned else "aside",
            "fitted_by": " ".join(fitted.get(row.id, ())),
        }  # fmt: skip
        for label, time, low, high in _numbers(row):
            own = {"id": number_id(label), "time_h": time, "low": low, "high": high}
            lines.append({key: _text((common | own)[key]) for key in COLUMNS})
    return lines


def fitted_by() -> dict[str, list[str]]:
    """The substances whose calibration was fitted to a row, by the id of the row."""
    names: dict[str, list[str]] = {}
    for file in sorted((DATA / "calibration").glob("*.json")):
        for item in json.loads(file.read_text(encoding="utf-8"))["rows"]:
            names.setdefault(item["row"], []).append(file.stem)
    return names


def number_id(label: str) -> str:
    """The id of a number, from the label that validation gives it: ``x, lowest`` is ``x:lowest``, ``x at 3 h`` is ``x:3h``."""
    return label.replace(", ", ":").replace(" at ", ":").replace(" h", "h")


def written(lines: Iterable[dict[str, str]], columns: Iterable[str]) -> str:
    """Lines as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def write(folder: Path) -> list[Path]:
    """Write the table and, beside it, the scorer as a script of its own.

    Returns
    -------
    list of Path
    """
    contents = {
        TABLE: written(table(), COLUMNS),
        "score.py": Path(score.__file__).read_text(encoding="utf-8"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return [folder / name for name in contents]


def write_parquet(folder: Path) -> Path:
    """Write the table as Parquet, with every column that holds numbers alone as numbers. It needs pyarrow."""
    import pyarrow.csv
    import pyarrow.parquet

    file = folder / "table.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    content = written(table(), COLUMNS).encode("utf-8")
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(io.BytesIO(content)), file)
    return file


def _numbers(row: Observation) -> Iterator[tuple[str, float | None, float | None, float | None]]:
    """Label, time, lower and upper end of each number of a row, labelled as validation does."""
    if row.time_h and not row.fold:
        for time, value in zip(row.time_h, row.values, strict=True):
            yield f"{row.id} at {time:g} h", time, value, value
    elif row.statistic == "range" and not row.fold:
        yield f"{row.id}, lowest", None, row.low, row.low
        yield f"{row.id}, highest", None, row.high, row.high
    elif row.value is not None:
        yield row.id, None, row.value, row.value
    else:
        yield row.id, None, row.low, row.high


def _of_study(row: Observation) -> dict[str, Any]:
    study, sampling = row.study, row.study.sampling
    return {
        "substance": study.substance,
        "study": study.id,
        "publication": study.source,
        "population": study.population,
        "use": [{key: value for key, value in dose.items() if value is not None} for dose in study.doses or ()],
        "circumstances": dict(study.given),
        "compared_with": dict(study.compared_with or {}),
        "assumed": tuple(study.assumed),
        "matrix": sampling and sampling.matrix,
        "sampling": sampling and sampling.kind,
        "clock": sampling and sampling.clock,
        "from_h": sampling and sampling.from_h,
        "every_h": sampling and sampling.every_h,
        "follow_up_h": sampling and sampling.until_h,
    }


def _of_row(row: Observation) -> dict[str, Any]:
    same = ("n", "quantity", "fold", "rule", "relative_to", "ratio_of", "enantiomer", "hydrolysed", "assay",
            "cutoff_ng_ml", "statistic", "unit", "evidence", "same_as")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "observation": row.id,
        "analyte": row.analytes,
        "log_offset": LOG_OFFSET.get(row.quantity, 0.0),
        "reading": READINGS.get(row.quantity, "none"),
        "access": row.status,
    }


def _text(value: Any) -> str:
    """A cell: numbers to ten figures, so that a change of units leaves no tail."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return "" if value is None else str(value)
