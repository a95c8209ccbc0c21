"""The options of the command line, made from the table of inputs. The contract checks bounds and words, not this module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import click

from detectapi.inputs.table import INPUTS, Input

Decorator: TypeAlias = Callable[[Any], Any]

COMPOSED: dict[str, Decorator] = {
    "doses": click.option(
        "--dose",
        multiple=True,
        help='Such as "35 mg intravenous over 40 min every 84 h x6 at 0 h", or "20 mg oral daily for 30 days". Repeatable.',
    ),
    "assay.analytes": click.option(
        "--cutoff",
        multiple=True,
        help='ANALYTE=NUMBER in ng/mL, such as norketamine=50 or "morphine=300 hydrolysed"; or per creatinine, such as '
        '"thc-cooh=15 ng/mg". Repeatable.',
    ),
}
"""Flags whose text has several inputs, by the list of the request that they fill."""


SEVERAL = ("words", "names", "numbers", "times")
"""Kinds of inputs whose flag may be given several times."""


def parameter(entry: Input) -> str:
    """The name of a command's argument with the value of an input."""
    return entry.path.replace(".", "_")


def option(entry: Input, name: str = "", **settings: Any) -> Decorator:
    """The option for an input.

    Parameters
    ----------
    entry : Input
    name : str
        In place of `parameter`.
    **settings
        In place of the settings from the table of inputs.
    """
    kinds: dict[str, dict[str, Any]] = {
        "quantity": {"metavar": "NUMBER|LOW-HIGH"},
        "number": {"type": float},
        "integer": {"type": int},
        "word": {"metavar": f"[{'|'.join(entry.words)}]"},
        "words": {"metavar": f"[{'|'.join(entry.words)}]", "multiple": True},
        "names": {"multiple": True},
        "numbers": {"metavar": "TIME", "multiple": True},
        "times": {"metavar": "DATE-TIME", "multiple": True},
    }
    unit = f" [{entry.unit}]" if entry.unit not in ("", "-") else ""
    text = f"{entry.meaning}{unit}{' Repeatable.' if entry.kind in SEVERAL else ''}"
    return click.option(*entry.flags, name or parameter(entry), help=text, **{**kinds.get(entry.kind, {}), **settings})


def with_flags_of_inputs(command: Any) -> Any:
    """Add to a command a flag for every input that has one, in the order of the table of inputs."""
    options = [COMPOSED.get(entry.path) or (option(entry) if entry.flags else None) for entry in INPUTS.entries]
    for one in reversed(options):
        command = one(command) if one else command
    return command


def flags_of_own_test(flags: Mapping[str, Any]) -> list[str]:
    """The first spelling of each flag in use that describes a test which is not registered."""
    entries = [entry for entry in INPUTS.with_flag if entry.section == "assay"]
    return [entry.flags[0] for entry in entries if flags[parameter(entry)] not in (None, ())]


def flags_in_use(flags: Mapping[str, Any]) -> list[str]:
    """The first spelling of each flag in use, without those of the section ``options``."""
    named = {parameter(entry): entry.flags[0] for entry in INPUTS.with_flag if entry.section != "options"}
    named |= {"dose": "--dose", "cutoff": "--cutoff"}
    return [named[name] for name, value in flags.items() if name in named and value]
