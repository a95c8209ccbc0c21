"""The command line: read the question, ask the service, write the answer.

A terminal gets words, a pipe gets the JSON of the contract. Exit codes: 0 for an answer, 2 if something in the input is to be
corrected, 1 for a fault of the program or its data. A command imports what it needs when it runs.
"""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click

from detectapi._version import __version__
from detectapi.cli import benchmark, config, contribution, own
from detectapi.cli import jobs as cli_jobs
from detectapi.cli.options import flags_in_use, flags_of_own_test, option, with_flags_of_inputs
from detectapi.cli.output import json_or_summary, reports_errors, write
from detectapi.inputs.table import INPUTS
from detectapi.settings import setting
from detectapi.settings.checking import contradictions

TABLE = click.Path(exists=True, dir_okay=False)
LANGUAGE = click.option("--language", type=click.Choice(["en", "de", "es"]), default="en", show_default=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="detectapi")
def cli():
    """How long a substance stays detectable in urine, with stated uncertainty."""


@cli.command()
@click.argument("file", required=False, type=click.File("rb"))
@with_flags_of_inputs
@json_or_summary
@reports_errors
def estimate(file, as_json, **flags):
    """Estimate a detection window.

    FILE is a question as JSON, - is the standard input. Or describe the question by flags. A number may be a range:
    --weight 60-70.
    """
    from detectapi import service
    from detectapi.values.errors import InputError

    try:
        answer = service.answer(read_question(file, flags))
    except InputError as error:
        if file is not None:
            raise
        from detectapi.cli.refusals import of_flags

        raise of_flags(error) from None
    write(answer, in_words("terminal", "summary"), as_json)


def read_question(file, flags):
    """The question, from a file or from flags."""
    from detectapi import service
    from detectapi.cli.flags import question, with_options

    if file is None:
        if not flags["substance"]:
            raise click.UsageError("Give a FILE (or -), or --substance with --dose.")
        if not flags["dose"]:
            raise click.UsageError("Give at least one --dose.")
        if flags["assay"] and flags["cutoff"]:
            raise click.UsageError("Give --assay or --cutoff, not both.")
        for name in () if flags["cutoff"] else flags_of_own_test(flags):
            raise click.UsageError(f"{name} belongs to --cutoff; a registered assay has one of its own.")
        return question(flags)
    others = flags_in_use(flags)
    if others:
        raise click.UsageError(f"With a FILE, leave out {others[0]}.")
    return with_options(service.read_json(file.read()), flags)


@cli.command()
@click.argument("file", type=click.File("rb"))
@LANGUAGE
@click.option("--svg", type=click.Path(dir_okay=False, writable=True), help="Write the picture to this file.")
@json_or_summary
@reports_errors
def interpret(file, language, svg, as_json):
    """Read measured results backwards: which account of use do they fit, and when was the last use?

    FILE is a question as JSON, - is the standard input. The language is that of the words; JSON is the same in every language.
    """
    from detectapi import service
    from detectapi.telling.interpretation_picture import draw_alone

    answer = service.interpret(service.read_json(file.read()))
    if svg:
        Path(svg).write_text(draw_alone(answer, voice_of(language)) + "\n", encoding="utf-8", newline="\n")
    write(answer, in_words("interpretation", "summary", language), as_json)


def in_words(module, name, language="en"):
    """A function of `detectapi.telling` that writes a document in words, imported when it is called."""

    def words(document, plain):
        write_words = getattr(import_module(f"detectapi.telling.{module}"), name)
        return write_words(document, plain, *([] if language == "en" else [voice_of(language)]))

    return words


def voice_of(language):
    """A voice for the terminal. Translations are loaded here, when they are needed."""
    from detectapi.telling.languages import TranslatedVoice

    return TranslatedVoice("terminal", language)


@cli.command()
@click.argument("file", type=click.File("rb"))
@click.option("--output", type=click.Path(dir_okay=False, writable=True), required=True, help="The PDF to write.")
@LANGUAGE
@click.option("--case", default="", help="Case number; without it there is a line to write it on.")
@click.option("--date", default="", help="Date of issue, YYYY-MM-DD; without it there is a line to write it on.")
@reports_errors
def report(file, output, language, case, date):
    """Write the answer to a question as a report for a file: two pages of PDF.

    FILE is a question of `estimate` or of `interpret` as JSON, - is the standard input. No clock is read: the same question
    gives the same bytes. It needs the extra `report`.
    """
    from detectapi import service

    question = service.read_json(file.read())
    try:
        raw = service.report(question, language, case, date)
    except (ImportError, OSError) as error:
        raise click.ClickException("Reports need the extra: pip install 'detectapi[report]', and Pango.") from error
    try:
        Path(output).write_bytes(raw)
    except OSError as error:
        raise click.BadParameter(f"The file cannot be written: {error.strerror}.", param_hint="--output") from None
    click.echo(output)


@cli.command()
@json_or_summary
@reports_errors
def substances(as_json):
    """List the substances."""
    from detectapi import service

    write(service.substances(), in_words("cards", "substances"), as_json)


@cli.command()
@click.argument("substance")
@json_or_summary
@reports_errors
def show(substance, as_json):
    """Show a substance: every number of its model with its source."""
    from detectapi import service

    write(service.substance(substance), in_words("cards", "card"), as_json)


@cli.command()
@json_or_summary
@reports_errors
def assays(as_json):
    """List the registered assays."""
    from detectapi import service

    write(service.assays(), in_words("cards", "assays"), as_json)


@cli.command()
@click.argument("file", type=click.File("rb"))
@click.option("--svg", type=click.Path(dir_okay=False, writable=True), help="Write the tornado plot to this file.")
@option(INPUTS["options.draws"])
@option(INPUTS["options.seed"])
@json_or_summary
@reports_errors
def sensitivity(file, svg, as_json, **flags):
    """Rank the sources of uncertainty of a window, and name the study that would narrow it most.

    FILE is a question as JSON, - is the standard input.
    """
    from detectapi import service
    from detectapi.cli.flags import with_options
    from detectapi.telling import tornado

    document = service.sensitivity(with_options(service.read_json(file.read()), flags))
    if svg:
        with open(svg, "w", encoding="utf-8", newline="\n") as paper:
            paper.write(str(tornado.drawing(document)))
    write(document, tornado.text, as_json)


@cli.command()
@click.argument("substance", required=False)
@click.option("--output", type=click.Path(file_okay=False), default="docs/validation", show_default=True)
@click.option("--keep", type=click.Path(file_okay=False), help="Folder that keeps the cases of interpretation.")
@click.option("--minutes", type=float, help="Begin no more cases of interpretation after so many minutes.")
@click.option("--processes", type=click.IntRange(1, 2), default=1, show_default=True, help="For interpretation.")
@click.option("--observations", type=TABLE, help="A CSV of your own: forecast its rows, and print the scores.")
@reports_errors
def validate(substance, output, keep, minutes, processes, observations):
    """Compare the model with the results of studies, and write the report.

    Without SUBSTANCE, for every substance with observations, and for the population's body, kidneys and urine (the word
    physiology asks for these alone). The word interpretation asks for results read backwards on simulated cases, which
    takes half an hour. With --keep and --minutes it is done in pieces: the same command goes on with what is left. Run it
    in the source: the grades of evidence follow from a file that is written beside the data.

    With --observations only your own table is compared, and nothing is written.
    """
    if observations:
        if substance:
            raise click.UsageError("With --observations, leave out SUBSTANCE: the table says of what it is.")
        return own.validate(observations)
    from detectapi.evaluation.validation import backwards_report, backwards_runs, population, report
    from detectapi.knowledge import posterior

    folder = Path(output)
    of_no_substance = {
        population.SUBJECT: lambda: population.validate(folder),
        backwards_report.SUBJECT: lambda: backwards_report.validate(
            folder, Path(keep) if keep else None, processes, minutes
        ),
    }
    for name in [substance] if substance else [*report.subjects(), population.SUBJECT]:
        try:
            files = (
                of_no_substance[name]() if name in of_no_substance else report.validate(name, folder, posterior.DATA)
            )
        except backwards_runs.NotFinished as left:
            raise click.ClickException(str(left)) from None
        for file in files:
            click.echo(file)


@cli.command()
@click.argument("substance", required=False)
@click.option("--output", type=click.Path(file_okay=False), default="docs/validation", show_default=True)
@click.option("--joint", is_flag=True, help="Learn of all substances together how far studies depart from each other.")
@click.option("--seed", type=int, help="Seed of the sampler.")
@click.option("--renew", is_flag=True, help="Keep the draws; write the digests anew if the likelihood is what it was.")
@click.option("--ranks", is_flag=True, help="Keep the draws; try the recipe on made-up studies once more.")
@click.option("--observations", type=TABLE, help="Fit to this CSV of your own. It needs --out.")
@click.option("--out", type=click.Path(file_okay=False), help="Folder for a calibration by your own observations.")
@click.option("--alone", is_flag=True, help="With --observations: begin at the file, not at the shipped calibration.")
@reports_errors
def calibrate(substance, output, joint, seed, renew, ranks, observations, out, alone):
    """Fit the typical values of a SUBSTANCE to the observations marked for it. This takes some minutes.

    It needs the development requirements. The result is written beside the data. With --joint and no SUBSTANCE, it learns from
    every calibration how far studies depart from each other.

    With --observations, to your own table instead; the result is written to the folder --out, and the service uses it where
    DETECTAPI_CALIBRATION names that folder.
    """
    if joint == bool(substance) or (joint and (seed is not None or renew or ranks)):
        raise click.UsageError("Name a SUBSTANCE, or give --joint alone.")
    if joint:
        return _calibrate_together(Path(output))
    import dataclasses

    if (observations is None) != (out is None) or (observations and (renew or ranks)):
        raise click.UsageError("Give --observations and --out together, without --renew and --ranks.")
    if observations:
        own.calibrate(substance, observations, out, seed, alone)
        return
    from detectapi.evaluation.calibration import report, run
    from detectapi.knowledge import posterior

    plan = run.Plan() if seed is None else dataclasses.replace(run.Plan(), seed=seed)
    if renew or ranks:
        about = run.renew(substance, posterior.DATA) if renew else run.rank(substance, posterior.DATA)
    else:
        about = run.calibrate(substance, posterior.DATA, plan, lambda words: click.echo(words, err=True))
    for file in report.write(substance, about, Path(output)):
        click.echo(file)


def _calibrate_together(output):
    """Learn how far studies depart from each other, and write the report."""
    from detectapi.evaluation.calibration import joint, joint_report
    from detectapi.knowledge import posterior

    joint.fit(posterior.DATA, lambda words: click.echo(words, err=True))
    click.echo(joint_report.write(output))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(host, port, workers):
    """Serve the HTTP interface with gunicorn.

    With DETECTAPI_JOBS set to a folder, the service also offers jobs and a worker is started beside it. With
    DETECTAPI_WORKER=apart no worker is started: run `detectapi worker`.
    """
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = ["--config", "python:detectapi.web.gunicorn_conf", "--bind", bind, "--workers", str(workers)]
    wrong = contradictions()
    if wrong:
        raise click.ClickException(" ".join(wrong))
    if setting("DETECTAPI_JOBS") and setting("DETECTAPI_WORKER") != "apart":
        # gunicorn replaces this process, so the worker is a child of gunicorn and ends with it.
        subprocess.Popen([sys.executable, "-m", "detectapi", "worker", "--parent", str(os.getpid())])  # noqa: S603
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options])  # noqa: S606 - replaces this process


cli_jobs.add_to(cli, reports_errors)
benchmark.add_to(cli, reports_errors)
contribution.add_to(cli, reports_errors)
own.add_to(cli, reports_errors)
config.add_to(cli)


def main():
    """Run the command line."""
    cli(prog_name="detectapi")
