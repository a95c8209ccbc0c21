"""Own observations on the command line: made ones, a calibration by them, forecasts of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click


def calibrate(substance: str, table: str, folder: str, seed: int | None, alone: bool) -> None:
    """Fit a substance to a table, and write the calibration with its report into a folder."""
    from detectapi.evaluation.own import fit, report
    from detectapi.evaluation.own.table import read

    plan = fit.Plan(begin="file" if alone else "published")
    plan = plan if seed is None else dataclasses.replace(plan, seed=seed)
    substance = _id(substance)
    own = read(Path(table)).of(substance)
    about = fit.calibrate(substance, own, Path(folder), plan, lambda words: click.echo(words, err=True))
    for file in report.write(substance, about, own, Path(folder)):
        click.echo(file)


def _id(word: str) -> str:
    """The id of the substance that a name or alias means."""
    from detectapi.knowledge import catalog
    from detectapi.values.errors import UnknownSubstance, did_you_mean

    try:
        return catalog.substance(word).id
    except UnknownSubstance:
        close = did_you_mean(word, catalog.ids())
        raise UnknownSubstance(f"Unknown substance; `detectapi substances` lists them.{close}") from None


def validate(table: str) -> None:
    """Print how the model forecasts a table."""
    from detectapi.evaluation.own import forecast
    from detectapi.evaluation.own.table import read

    click.echo(forecast.text(read(Path(table)), Path(table).name), nl=False)


def _hours(_context: Any, _parameter: Any, text: str | None) -> list[float]:
    try:
        return [float(word) for word in (text or "").split(",") if word]
    except ValueError:
        raise click.BadParameter("Times in hours with commas between: 0.5,1,2.") from None


@click.command("made-observations")
@click.argument("file", type=click.File("rb"))
@click.option("--people", type=click.IntRange(1, 1000), default=12, show_default=True)
@click.option("--plasma", callback=_hours, help="Times of plasma, in hours after the first dose: 0.5,1,2.")
@click.option("--urine", callback=_hours, help="Times of urine, in hours after the last dose.")
@click.option("--analyte", "analytes", multiple=True, help="What was measured; once or more.")
@click.option("--limit", type=click.FloatRange(0), default=0.0, help="Limit of quantification in ng/mL.")
@click.option(
    "--set", "stated", multiple=True, help="A truth, so many times what the file has: zolpidem.clearance=1.4."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, writable=True), required=True, help="The CSV to write.")
def made(file: Any, people: int, plasma: list[float], urine: list[float], analytes: tuple[str, ...], limit: float,
         stated: tuple[str, ...], seed: int, out: str) -> None:  # fmt: skip
    """Make up what a study might have measured: concentrations of simulated people, to try a calibration on.

    FILE is a question as JSON, - is the standard input; its substance and doses count.
    """
    from detectapi import service
    from detectapi.evaluation.own import made as data

    question = service.read_json(file.read())
    service.load(question)
    if not (plasma or urine) or not analytes:
        raise click.UsageError("Give --plasma or --urine, and --analyte.")
    truth = data.factors(question["substance"], stated)
    rows = data.make(question, {"plasma": plasma, "urine": urine}, analytes, people, truth, limit, seed)
    Path(out).write_text(data.text(rows), encoding="utf-8", newline="\n")
    click.echo(f"{out}: {len(rows)} rows of {people} people")


def add_to(group: Any, reports_errors: Any) -> None:
    """Add the command to the command line, with its reports of errors."""
    made.callback = reports_errors(made.callback)
    group.add_command(made)
