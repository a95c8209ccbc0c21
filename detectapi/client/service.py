"""The client: questions as in the library, answers as in the library, computed by a service."""

from __future__ import annotations

import inspect
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import httpx

from detectapi.client.connection import ATTEMPTS, Connection, check_header
from detectapi.client.errors import content_of, not_of_the_service
from detectapi.client.jobs import Job, place_of, status_of
from detectapi.client.writing import as_json, in_query
from detectapi.library.answers import Estimate, Interpretation, Record, record
from detectapi.library.questions import estimate, given, interpret
from detectapi.values.errors import InputError

P = ParamSpec("P")
Answered = TypeVar("Answered", Estimate, Interpretation)
JSON = "application/json"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": "application/vnd.apache.arrow.file",
}


def _asks(
    path: str, kind: type[Answered], function: Callable[P, Answered]
) -> Callable[Concatenate[Client, P], Answered]:
    """A method with the keywords of a function of the library, which asks the service instead."""
    signature: inspect.Signature = inspect.signature(function)

    def method(self: Client, *positional: P.args, **keywords: P.kwargs) -> Answered:
        question = given(signature.bind(*positional, **keywords).arguments)
        return kind(content_of(self._post(path, question)))

    own: inspect.Parameter = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    method.__signature__ = signature.replace(parameters=[own, *signature.parameters.values()])  # type: ignore[attr-defined]
    method.__name__, method.__doc__ = function.__name__, function.__doc__
    return method


class Client:
    """A client of one service. Use it in a ``with`` block, or call `close` at the end.

    Parameters
    ----------
    address : str
        Such as ``http://127.0.0.1:8000``, with the prefix under which the service is served.
    key : str, optional
        An API key, for jobs.
    attempts : int
        How often a request is sent at most: a connection that breaks, 429, 502, 503 and 504 are tried again, after the time of
        ``Retry-After``.
    transport : httpx.BaseTransport, optional
        In place of the network, as for tests.

    Raises
    ------
    InputError
        The address, the key or `attempts` cannot be one.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        attempts: int = ATTEMPTS,
        transport: httpx.BaseTransport | None = None,
    ):
        self._connection = Connection(address, key, attempts, transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    estimate = _asks("/v1/estimates", Estimate, estimate)
    interpret = _asks("/v1/interpretations", Interpretation, interpret)

    def estimate_request(self, request: Mapping[str, Any]) -> Estimate:
        """Answer a whole question given as one dict, the body of `POST /v1/estimates`."""
        return Estimate(content_of(self._post("/v1/estimates", request)))

    def report(self, request: Mapping[str, Any], *, language: str = "en") -> bytes:
        """The answer to a question as a report: a PDF file. A question with specimens is one about results."""
        path = "/v1/interpretations" if "specimens" in request else "/v1/estimates"
        check_header("language", language)
        response = self._post(path, request, accept="application/pdf", language=language)
        if not response.content.startswith(b"%PDF"):
            raise not_of_the_service(response)
        return response.content

    def substances(self) -> list[Record]:
        """The substances there are, in short."""
        return self._items("/v1/substances")

    def assays(self) -> list[Record]:
        """The registered assays."""
        return self._items("/v1/assays")

    def submit(
        self,
        table: str | os.PathLike[str] | None = None,
        *,
        rows: Sequence[Mapping[str, Any]] | None = None,
        grid: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        name: str | None = None,
        draws: int | None = None,
        seed: int | None = None,
        level: float | None = None,
        times_h: Sequence[float] | None = None,
        sampling: str | None = None,
        on_error: str | None = None,
        echo: Sequence[str] | None = None,
        serial: bool | None = None,
        formula_guard: bool | None = None,
    ) -> Job:
        """Hand in a job: exactly one of a file, rows and a grid.

        Parameters
        ----------
        table : path
            A table (``.csv``, ``.ndjson``, ``.parquet``, ``.arrow``).
        rows : list of dict
            At most 10,000.
        grid : dict
            By column a value, a list, or ``{"from": 15, "to": 120, "step": 15}``.
        idempotency_key : str, optional
            The same key with the same request within 24 hours is the same job. By default each call has one of its own.
        name, draws, seed, level, times_h, sampling, echo, serial, on_error, formula_guard
            As the options of a job.

        Raises
        ------
        ServiceError
            `QuestionRefused`, where the options, the rows or the grid are wrong.
        """
        if sum(one is not None for one in (table, rows, grid)) != 1:
            raise InputError("Give exactly one of: table, rows, grid.", code="exactly-one")
        options = given(dict(
            name=name, draws=draws, seed=seed, level=level, times_h=times_h, sampling=sampling, on_error=on_error, echo=echo,
            serial=serial, formula_guard=formula_guard,
        ))  # fmt: skip
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        check_header("idempotency_key", headers["Idempotency-Key"])
        if table is None:
            content = as_json({**options, **given({"rows": rows, "grid": grid})})
            how: dict[str, Any] = {"headers": {**headers, "Content-Type": JSON}, "body": lambda: nullcontext(content)}
        else:
            media = MEDIA_TYPES.get(Path(table).suffix.lower())
            if media is None:
                raise InputError(
                    "The name must end in a known format.", code="unknown-format", allowed=list(MEDIA_TYPES)
                )
            how = {
                "headers": {**headers, "Content-Type": media},
                "params": in_query(options),
                "body": lambda: open(table, "rb"),
            }
        return Job(self._connection, status_of(self._connection.send("POST", "/v1/jobs", **how)))

    def job(self, job_id: str) -> Job:
        """A job by its id."""
        return Job(self._connection, status_of(self._connection.send("GET", place_of(job_id))))

    def jobs(self) -> list[Job]:
        """The newest jobs of the key."""
        return [Job(self._connection, status) for status in self._items("/v1/jobs")]

    def _items(self, path: str) -> list[Record]:
        response = self._connection.send("GET", path)
        items = content_of(response, "items")["items"]
        if not isinstance(items, list):
            raise not_of_the_service(response)
        return [record(item) for item in items]

    def _post(self, path: str, question: Any, accept: str = JSON, language: str = "en") -> httpx.Response:
        content = as_json(question)
        headers = {"Content-Type": JSON, "Accept": accept, "Accept-Language": language}
        return self._connection.send("POST", path, lambda: nullcontext(content), headers=headers)
