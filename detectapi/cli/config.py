"""Commands for the operator: which settings are in force, and whether they fit together."""

from __future__ import annotations

import sys
from typing import Any

import click

from detectapi.cli.output import INPUT, json_or_summary, write
from detectapi.settings import checking


@click.group(invoke_without_command=True)
@json_or_summary
@click.pass_context
def config(context: click.Context, as_json: bool | None) -> None:
    """Show every setting, its value and where that is from. Secrets are not shown."""
    if context.invoked_subcommand is None:
        rows = checking.in_force()
        write({"settings": [row._asdict() for row in rows]}, lambda document, plain: _table(rows), as_json)


@config.command()
def check() -> None:
    """Check whether the settings are allowed and fit together. The exit code is 0 if so, else 2."""
    sentences = checking.contradictions()
    for sentence in sentences:
        click.echo(sentence)
    if sentences:
        sys.exit(INPUT)
    click.echo("The settings are allowed and fit together.")


def _table(rows: list[checking.InForce]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    lines = (f"{row.name:<{widths[0]}}  {row.value:<{widths[1]}}  {row.origin}" for row in rows)
    return "".join(f"{line}\n" for line in lines)


def add_to(cli: Any) -> None:
    """Add the commands."""
    cli.add_command(config)
