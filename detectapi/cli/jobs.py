"""Commands for batches, and for the operator of a server of jobs."""

import functools
import sys

import click

from detectapi.cli.options import option
from detectapi.inputs.table import INPUTS
from detectapi.jobs.scopes import SCOPES


def add_to(group, reports_errors):
    """Add the commands to the command line, with its reports of errors."""
    batch.callback = reports_errors(batch.callback)
    for one in (batch, worker, db, keys):
        group.add_command(one)


def option_with_default(entry):
    """The option of an input that is the same for all rows, with its bounds and its default."""
    ends = (click.IntRange if entry.kind == "integer" else click.FloatRange)(*entry.bounds)
    return option(entry, entry.name, type=ends, default=entry.default, show_default=True)


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Its ending decides the format.")
@option_with_default(INPUTS["options.seed"])
@option_with_default(INPUTS["options.draws"])
@option_with_default(INPUTS["options.level"])
@click.option(
    "--times", default="24,48,72,120,168", show_default=True, help="Times of the columns with probabilities. [h]"
)
@click.option("--sampling", type=click.Choice(["common", "independent"]), default="common", show_default=True)
@click.option("--on-error", type=click.Choice(["skip", "fail"]), default="skip", show_default=True)
@click.option(
    "--echo",
    default="",
    help="Input columns to repeat, separated by commas, or all; by default, those that vary in a grid.",
)
@click.option(
    "--serial",
    is_flag=True,
    help="Add columns of a series in which every specimen is tested: its last positive, and its first negative one. Takes longer.",
)
@click.option(
    "--formula-guard/--no-formula-guard",
    default=True,
    show_default=True,
    help="In a CSV, put an apostrophe before texts that a spreadsheet would read as formulas. Other formats are never changed.",
)
@click.option("--errors", type=click.Path(dir_okay=False), help="List of bad rows.  [errors.ndjson beside the output]")
@click.option("--chunk-rows", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes.  [one per core]")
@click.option("--dask", metavar="ADDRESS", help="Compute on the cluster of this Dask scheduler, host:port.")
@click.option("--shared", metavar="PLACE", help="Folder or URL that all machines of the cluster can reach.")
def batch(source, output, **options):
    """Answer a table of scenarios (CSV, NDJSON, Parquet, Arrow) or a grid (JSON).

    After Ctrl-C or a power cut the same command continues. Progress is shown on stderr.
    """
    try:
        from detectapi.cli import batch as command
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'detectapi[batch]'") from None
    except KeyboardInterrupt:
        click.echo("detectapi: stopped before it began", err=True)
        sys.exit(130)

    sys.exit(command.batch(source, output, **options))


def jobs_settings():
    """The settings of jobs.

    Raises
    ------
    click.ClickException
        There are none, one is wrong, or the extra `batch` is not installed.
    """
    try:
        from detectapi.jobs import desk, settings  # noqa: F401
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'detectapi[batch]'") from None
    try:
        jobs = settings.from_environment()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if jobs is None:
        raise click.ClickException("DETECTAPI_JOBS is not set. It names the folder where jobs are stored.")
    return jobs


@click.command()
@click.option("--parent", type=int, hidden=True)
def worker(parent):
    """Compute the jobs of a server until a signal stops it. Any number of workers may run."""
    from detectapi.jobs.worker import supervise

    supervise(jobs_settings(), parent)


def reports_database(command):
    """Report a database or folder that cannot be used, in one line."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        settings = jobs_settings()
        from detectapi.jobs.database import DatabaseTrouble, trouble

        try:
            return command(settings, *args, **kwargs)
        except DatabaseTrouble as error:
            raise click.ClickException(f"The database cannot be used: {trouble(error)}") from None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise click.ClickException(f"{error.strerror or error}: {error.filename or 'DETECTAPI_JOBS'}") from None

    return run


@click.group()
def db():
    """The database of jobs and keys."""


@db.command()
@reports_database
def upgrade(settings):
    """Upgrade the tables to this version."""
    from detectapi.jobs import database

    with database.connected(settings.database) as engine:
        database.upgrade(engine)
    click.echo("The tables are of this version.")


@db.command()
@click.argument("folder", type=click.Path())
@reports_database
def backup(settings, folder):
    """Copy the database, if it is SQLite, the files of the jobs and the counts of cards to a new FOLDER.

    The service may run meanwhile. Of PostgreSQL only the files are copied: run pg_dump before.
    """
    from detectapi.jobs.backup import save

    try:
        saved = save(settings, folder)
    except (ValueError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from None
    what = "The database and" if saved.database else "Without the database,"
    what += " the counts of cards and" if saved.counts else ""
    click.echo(f"{what} {saved.files} files ({saved.size:,} bytes) are in {folder}.")


@db.command()
@click.argument("version")
@reports_database
def downgrade(settings, version):
    """Change the tables back to those of an older VERSION, such as 0.1.0.

    Stop the service and its workers first. Back up the database before.
    """
    from detectapi.jobs import database

    try:
        with database.connected(settings.database) as engine:
            database.downgrade(engine, version)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"The tables are of version {version}.")


@click.group()
def keys():
    """API keys: issue, list, revoke."""


@keys.command()
@click.option("--owner", required=True, help="The holder of the key, for your records.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(SCOPES)),
    help="What the key may do: " + "; ".join(f"{name}: {words}" for name, words in SCOPES.items()) + ".",
)
@click.option("--days", type=click.FloatRange(min=0, max=36_500, min_open=True), help="Days until it expires.")
@click.option("--rows", type=int, help="Quota: rows per day.")
@click.option("--jobs", type=int, help="Quota: unfinished jobs at once.")
@click.option("--bytes", "size", type=int, help="Quota: stored bytes.")
@reports_database
def issue(settings, owner, scopes, days, rows, jobs, size):
    """Make a key. It is shown once."""
    from detectapi.jobs.desk import Desk

    try:
        key = Desk(settings).keys.issue(owner, scopes, days and days * 86_400.0, (rows, jobs, size))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(key)


@keys.command("list")
@reports_database
def list_keys(settings):
    """List the keys, without their secrets."""
    import time
    from datetime import UTC, datetime

    from detectapi.jobs.desk import Desk

    for key in Desk(settings).keys.all():
        made = datetime.fromtimestamp(key["created"], UTC).date()
        past = key["expires"] is not None and key["expires"] <= time.time()
        state = "revoked" if key["revoked"] else "expired" if past else "live"
        click.echo(f"{key['id']}  {state:7}  {made}  {key['scopes']}  {key['owner']}")


@keys.command()
@click.argument("key")
@reports_database
def revoke(settings, key):
    """Make a KEY invalid for good. Its 8 public characters are enough."""
    from detectapi.jobs.desk import Desk

    public = key.split("_")[2] if key.startswith("dk_live_") else key
    if not Desk(settings).keys.revoke(public):
        raise click.ClickException("There is no valid key of this id.")
    click.echo(f"{public} is revoked.")
