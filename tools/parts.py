"""Write `detectapi/library/parts.py`: the parts of a question as types, from the tables of inputs. `tools/parts.py` renews it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from detectapi.inputs.table import INPUTS  # noqa: E402
from detectapi.inputs.table.results import RESULTS  # noqa: E402

TARGET = ROOT / "detectapi" / "library" / "parts.py"
NAMES = {
    "uses[]": "Use",
    "doses[]": "Dose",
    "doses[].repeat": "Repeat",
    "pattern": "Pattern",
    "person": "Person",
    "renal": "Renal",
    "hydration": "Hydration",
    "specimen": "Specimen",
    "assay": "Test",
    "assay.analytes[]": "Analyte",
    "model": "Model",
    "model.adjust.*": "Adjustment",
    "options": "Options",
    "specimens[]": "MeasuredSpecimen",
    "specimens[].results[]": "Result",
    "specimens[].screen": "Screen",
    "accounts[]": "Account",
    "accounts[].further_use": "FurtherUse",
    "accounts[].last_use": "LastUse",
    "planned": "Planned",
}
INNERMOST_FIRST = (
    "doses[].repeat", "doses[]", "pattern", "uses[]", "person", "renal", "hydration", "specimen", "assay.analytes[]", "assay",
    "model.adjust.*", "model", "options",
    "specimens[].results[]", "specimens[].screen", "specimens[]", "accounts[].further_use", "accounts[].last_use", "accounts[]",
    "planned",
)  # fmt: skip
BORROWED = {
    "uses[]": {"doses": "list[Dose]", "pattern": "Pattern"},
    "accounts[]": {"uses": "list[Use]", "doses": "list[Dose]", "pattern": "Pattern"},
}
"""Parts of a part that another table describes."""
TYPES = {
    "quantity": "float | Range",
    "number": "float",
    "integer": "int",
    "name": "str",
    "names": "list[str]",
    "numbers": "list[float]",
    "time": "str",
    "times": "list[str]",
    "flag": "bool",
    "table": "dict[str, float]",
}
HEAD = '''"""The parts of a question as types, for editors and type checkers: which fields there are, and what they take.

Written by `tools/parts.py` from the tables of inputs. What must be there, and what is allowed, the library says when it is asked.
"""

from typing import Literal, TypedDict


class Range(TypedDict):
    """The central 90 % of what is thought possible."""

    low: float
    high: float
'''


def kind_of(entry):
    """The type of an input."""
    if entry.name == "assay":
        return "str | Test"
    if entry.kind == "word":
        return f"Literal[{', '.join(map(repr, entry.words))}]"
    if entry.kind == "words":
        return f"list[Literal[{', '.join(map(repr, entry.words))}]]"
    return TYPES[entry.kind]


def fields(section, table):
    """The fields of a section: its inputs, then the sections within it."""
    written = {entry.name: kind_of(entry) for entry in table if entry.section == section}
    for path, name in NAMES.items():
        above, _, last = path.rpartition(".")
        if above == section and path in {entry.section for entry in table}:
            written[last.removesuffix("[]")] = f"list[{name}]" if last.endswith("[]") else name
    if any(entry.section == f"{section}.between_ng_ml" for entry in table):
        written["between_ng_ml"] = "Range"
    if section == "model":
        written["adjust"] = "dict[str, Adjustment]"
    return written | BORROWED.get(section, {})


def text():
    """The module."""
    parts = [HEAD]
    for section in INNERMOST_FIRST:
        table = INPUTS if any(entry.section == section for entry in INPUTS) else RESULTS
        own = fields(section, table)
        if section == "options":
            own |= fields(section, RESULTS)
        lines = [f"    {name}: {kind}" for name, kind in own.items()]
        parts.append(
            f'class {NAMES[section]}(TypedDict, total=False):\n    """The fields of `{section}`."""\n\n'
            + "\n".join(lines)
            + "\n"
        )
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"]
    return subprocess.run(  # noqa: S603 - our own tool
        command, input="\n\n".join(parts), capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
