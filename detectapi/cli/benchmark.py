"""Commands of the benchmark: its table, the forecasts of its first entrants, their report, and the scores of any forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

FOLDER = click.option(
    "--output",
    type=click.Path(file_okay=False),
    default="docs/benchmark",
    show_default=True,
    help="Folder to write to.",
)


@click.group()
def benchmark() -> None:
    """Published numbers as one open table, and scores of anyone's forecasts of them."""


@benchmark.command()
@FOLDER
@click.option("--parquet", is_flag=True, help="Write table.parquet as well. It needs pyarrow.")
def table(output: str, parquet: bool) -> None:
    """Write the table of every number that studies reported, and the scorer beside it."""
    from detectapi.evaluation.benchmark import table as tables

    files = tables.write(Path(output))
    for file in [*files, tables.write_parquet(Path(output))] if parquet else files:
        click.echo(file)


@benchmark.command()
@FOLDER
def predict(output: str) -> None:
    """Write the forecasts of this model, of half-life rules and of charts. This takes about three minutes."""
    from detectapi.evaluation.benchmark import entrants

    for file in entrants.write(Path(output)):
        click.echo(file)


@benchmark.command()
@FOLDER
def report(output: str) -> None:
    """Write the report of the entrants whose forecasts are there, and its plots."""
    from detectapi.evaluation.benchmark import report as reports

    for file in reports.write(Path(output)):
        click.echo(file)


@benchmark.command()
@click.argument("predictions", type=click.Path(exists=True, dir_okay=False))
def score(predictions: str) -> None:
    """Score a file of PREDICTIONS, a CSV with id and the quantiles 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, or id and sample."""
    from detectapi.evaluation.benchmark import score as scorer
    from detectapi.evaluation.benchmark import table as tables
    from detectapi.values.errors import InputError

    try:
        words = scorer.printed(tables.table(), scorer.read(predictions))
    except ValueError as error:
        raise InputError(f"The predictions cannot be scored: {error}", pointer=predictions) from error
    click.echo(words)


@benchmark.command()
@click.option("--output", type=click.Path(file_okay=False), default="docs/validation", show_default=True)
def recovery(output: str) -> None:
    """Make up studies, fit them as own observations, and write how often the truth comes back. This takes ten minutes."""
    from detectapi.evaluation.own import recovery_report

    click.echo(recovery_report.write(Path(output), lambda words: click.echo(words, err=True)))


def add_to(group: Any, reports_errors: Any) -> None:
    """Add the commands to the command line, with its reports of errors."""
    for one in (table, predict, report, score, recovery):
        one.callback = reports_errors(one.callback)
    group.add_command(benchmark)
