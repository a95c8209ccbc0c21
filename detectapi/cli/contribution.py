"""Commands for those who add a substance."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from detectapi.cli.output import INPUT, json_or_summary, write
from detectapi.settings import setting


@click.command()
@click.argument("substances", metavar="SUBSTANCE...", nargs=-1, required=True)
@json_or_summary
def check(substances: tuple[str, ...], as_json: bool | None) -> None:
    """Check the data of a SUBSTANCE: its id, or the path of its file. Several are checked one after the other.

    Reports every mistake of form and meaning, every gap, and what the typical person does with the substance: urinary
    recovery, half-life, areas, peaks. The exit code is 0 if nothing is wrong, else 2.
    """
    from detectapi.evaluation.contribution.check import check as checked
    from detectapi.telling import contribution

    documents = []
    for substance in substances:
        documents.append(checked(_chosen(substance)))
        write(documents[-1], contribution.checked, as_json)
    if not all(document["passed"] for document in documents):
        sys.exit(INPUT)


@click.command("new-substance")
@click.argument("substance_id", metavar="ID")
@click.option(
    "--output", type=click.Path(file_okay=False), help="Folder of data.  [the folder that DETECTAPI_DATA names]"
)
def new_substance(substance_id: str, output: str | None) -> None:
    """Write the files of a new substance, right in form, with every gap marked.

    The ID is the name of its file. `detectapi check` lists the gaps.
    """
    import datetime

    from detectapi.evaluation.contribution import template

    folder = output or setting("DETECTAPI_DATA")
    if not folder:
        raise click.UsageError("Give --output FOLDER, or set DETECTAPI_DATA.")
    files = template.write(Path(folder), substance_id, datetime.date.today())
    for file in files:
        click.echo(file)
    click.echo(f"next: detectapi check {files[0]}", err=True)


def _chosen(word: str) -> str:
    """The id of a substance; the path of a file also chooses the folder of data that it lies in."""
    from detectapi.knowledge import DATA
    from detectapi.values.errors import InputError

    path = Path(word)
    if path.suffix != ".toml":
        return word
    if not path.is_file() or path.resolve().parent.name != "substances":
        raise InputError("The file of a substance lies in a folder named substances.", pointer=word)
    folder = path.resolve().parent.parent
    if folder != DATA.resolve():
        os.environ["DETECTAPI_DATA"] = str(folder)
    return path.stem


def add_to(group: Any, reports_errors: Any) -> None:
    """Add the commands to the command line, with its reports of errors."""
    for one in (check, new_substance):
        one.callback = reports_errors(one.callback)
        group.add_command(one)
