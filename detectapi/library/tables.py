"""Ask many questions at once: a data frame in, a data frame of the same kind out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

Frame = TypeVar("Frame")
"""A table of pandas, Polars, pyarrow, or anything else with `__arrow_c_stream__`."""


def estimates(
    frame: Frame,
    *,
    processes: int = 1,
    draws: int | None = None,
    seed: int | None = None,
    level: float | None = None,
    times_h: Sequence[float] | None = None,
    sampling: str | None = None,
    on_error: str | None = None,
    echo: Sequence[str] | None = None,
    serial: bool | None = None,
) -> Frame:
    """Answer a table of scenarios: the columns and numbers of `detectapi batch`. It needs the extra ``batch``.

    Parameters
    ----------
    frame : table
        Of pandas, Polars, pyarrow, or anything else with `__arrow_c_stream__`. One row is one scenario, by the columns of a batch.
    processes : int
        That compute side by side; 1 for this one. A script needs no ``if __name__ == "__main__":``. The result is the same.
    draws, seed, level, times_h, sampling, echo, serial
        As the options of a batch.
    on_error : {'skip', 'fail'}
        Whether a row that cannot be answered stays, without figures, or is raised.

    Returns
    -------
    table
        Of the kind of `frame`; a `pyarrow.RecordBatchReader` gives another, which computes as it is read. After the columns of a
        batch there is ``errors``: what is wrong with a row, null where it is answered.

    Raises
    ------
    InputError
        An option or the table as a whole is wrong, or a row where `on_error` is ``fail``.
    ImportError
        The extra is not installed.
    """
    from detectapi.batch.options import Options
    from detectapi.jobs import frames

    options = Options.checked(
        draws=draws, seed=seed, level=level, times_h=listed(times_h), sampling=sampling, on_error=on_error,
        echo=listed(echo), serial=serial,
    )  # fmt: skip
    answers: Frame = frames.answered(frame, options, processes)
    return answers


def interpretations(
    frame: Frame, *, processes: int = 1, options: Mapping[str, Any] | None = None, on_error: str = "skip"
) -> Frame:
    """Read a table of measured results backwards: one row is one question. It needs the extra ``batch``.

    Parameters
    ----------
    frame : table
        As of `estimates`. A column is a field of `POST /v1/interpretations`: by its name (``specimens``, ``accounts``), with
        lists and structures in it, or by its pointer (``specimens/0/results/0/value_ng_ml``). ``id`` names the row.
    processes : int
        As of `estimates`.
    options : dict
        The ``options`` of every question that has none of its own.
    on_error : {'skip', 'fail'}
        As of `estimates`.

    Returns
    -------
    table
        Of the kind of `frame`, with a line for each account of a question, and one for each comparison, which has ``against``.

    Raises
    ------
    InputError
        An option or the table as a whole is wrong, or a row where `on_error` is ``fail``.
    ImportError
        The extra is not installed.
    """
    from detectapi.jobs import frames

    answers: Frame = frames.interpreted(frame, {} if options is None else options, on_error, processes)
    return answers


def listed(values: Any) -> Any:
    """A sequence as a list, and a text as a list of it alone. What is neither stays as it is: the form says what is wrong."""
    if isinstance(values, (str, bytes)):
        return [values]
    return list(values) if isinstance(values, Iterable) else values
