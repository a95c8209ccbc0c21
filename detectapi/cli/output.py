"""What all commands share: writing a document as JSON or in words, reporting errors, exit codes."""

import functools
import sys

import click

INPUT, OURS = 2, 1
"""Exit codes: something in the input is to be corrected; a fault of the program or of its data."""


def reports_errors(command):
    """Report the errors of the library on stderr, with their place and what is allowed; their class decides the exit code."""

    @functools.wraps(command)
    def run(*args, **kwargs):
        from detectapi.values.errors import DetectError, InputError

        try:
            return command(*args, **kwargs)
        except InputError as error:
            for line in problem_lines(error):
                click.echo(line, err=True)
            sys.exit(INPUT)
        except DetectError as error:
            click.echo(f"detectapi: a fault of the program or its data: {error}", err=True)
            sys.exit(OURS)

    return run


def problem_lines(error):
    """One line for each mistake in the input, and one for what is allowed there."""
    for problem in error.problems:
        place = f"{problem.pointer}: " if problem.pointer else ""
        yield f"detectapi: {place}{problem.detail}"
        if problem.allowed and not all(str(word) in problem.detail for word in problem.allowed):
            yield f"  allowed: {', '.join(map(str, problem.allowed))}"


def write(document, words, as_json):
    """Write a document as JSON, or in words to a terminal; the flags --json and --summary decide if there is one.

    Parameters
    ----------
    document : dict
    words : callable
        document, plain -> str; `plain` asks for ASCII.
    as_json : bool or None
    """
    from detectapi import service

    if as_json or (as_json is None and not sys.stdout.isatty()):
        sys.stdout.buffer.write(service.to_json_bytes(document))
        sys.stdout.buffer.flush()
        return
    unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    click.echo(words(document, plain=not unicode), nl=False)


def json_or_summary(command):
    """Add the pair of flags."""
    return click.option(
        "--json/--summary", "as_json", default=None, help="JSON, or words. Without either: words on a terminal only."
    )(command)
