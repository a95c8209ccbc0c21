"""A job of a service: follow it, fetch its result."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from detectapi.client.connection import Connection, retry_after
from detectapi.client.errors import ServiceError, ServiceFailed, content_of, failed, not_of_the_service
from detectapi.library.answers import Record, record

ENDED = ("succeeded", "partial", "failed", "cancelled")
WAIT_S = 20
"""Time that the service may take for an answer, until something changes. [s]"""
FORMATS = {".parquet": "parquet", ".arrow": "arrow", ".csv": "csv", ".ndjson": "ndjson"}


def status_of(response: httpx.Response) -> dict[str, Any]:
    """The status of a job in an answer."""
    return content_of(response, "id", "state")


def place_of(job_id: Any) -> str:
    """The path of a job."""
    return f"/v1/jobs/{quote(str(job_id), safe='')}"


class Job:
    """A job.

    Parameters
    ----------
    connection : Connection
    status : dict
        As `GET /v1/jobs/{id}` shows it.
    """

    def __init__(self, connection: Connection, status: dict[str, Any]):
        self._connection = connection
        self._tag: str | None = None
        self.status: Record = record(status)

    def __repr__(self) -> str:
        return f"<Job {self.id}: {self.state}>"

    @property
    def id(self) -> str:
        """The id."""
        return str(self.status["id"])

    @property
    def state(self) -> str:
        """The state when it was last asked for."""
        return str(self.status["state"])

    @property
    def _place(self) -> str:
        return place_of(self.id)

    def refresh(self, wait_s: int = 0) -> Record:
        """The status now, or as soon as it has changed, after so many seconds at most.

        Raises
        ------
        ServiceError
        """
        headers = {"Prefer": f"wait={wait_s}"} if wait_s else {}
        if wait_s and self._tag:
            headers["If-None-Match"] = self._tag
        began = time.monotonic()
        response = self._connection.send("GET", self._place, headers=headers)
        if response.status_code != 304:
            self.status, self._tag = record(status_of(response)), response.headers.get("ETag")
        if wait_s and self.state not in ENDED and time.monotonic() - began < 0.5:
            self._connection.sleep(min(retry_after(response) or 1.0, float(wait_s)))  # too many others wait there
        return self.status

    def wait(self, progress: Callable[[Record], object] | None = None, timeout_s: float | None = None) -> Record:
        """Wait until the job has ended.

        Parameters
        ----------
        progress : callable, optional
            Called with the status whenever it has changed: ``status.progress.rows_done`` of ``rows_total``.
        timeout_s : float, optional
            [s]

        Returns
        -------
        Record
            The status. Its state is ``succeeded``, ``partial`` (some rows cannot be answered) or ``cancelled``.

        Raises
        ------
        JobFailed
        TimeoutError
        ServiceError
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while self.state not in ENDED:
            before = self.status
            left = WAIT_S if end is None else min(WAIT_S, int(end - time.monotonic()))
            if left < 1:
                raise TimeoutError(f"The job is {self.state}.")
            self.refresh(left)
            if progress and self.status is not before:
                progress(self.status)
        if self.state == "failed":
            raise failed(self.status)
        return self.status

    def cancel(self) -> Record:
        """Stop the job; its finished parts stay."""
        self.status = record(status_of(self._connection.send("POST", f"{self._place}/cancel")))
        return self.status

    def delete(self) -> None:
        """Remove a job that has ended, and its files."""
        self._connection.send("DELETE", self._place)

    def errors(self) -> Iterator[dict[str, Any]]:
        """The mistakes of rows that cannot be answered, as lines of `errors.ndjson`."""
        response = self._connection.send("GET", f"{self._place}/errors", headers={"Accept": "*/*"})
        try:
            return iter([json.loads(line) for line in response.text.splitlines()])
        except ValueError:
            raise not_of_the_service(response) from None

    def download(self, target: str | os.PathLike[str], file_format: str | None = None) -> Path:
        """Fetch the result into a file. What came before a break is kept beside it, and the next call goes on from there.

        Parameters
        ----------
        target : path
        file_format : {'parquet', 'arrow', 'csv', 'ndjson'}, optional
            By the ending of the name where it is left out.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        ServiceError
        """
        place = Path(target)
        how: dict[str, Any] = {"params": {"format": file_format or FORMATS.get(place.suffix.lower(), "parquet")}}
        tag, size = self._head(how)
        part = place.with_name(f"{place.name}.{hashlib.sha256(tag.encode()).hexdigest()[:12]}.part")
        part.touch()
        for waited in self._connection.waits():
            try:
                if part.stat().st_size < size:
                    self._go_on(part, tag, how)
                break
            except httpx.TransportError as error:
                waited(error)
        if part.stat().st_size != size:
            part.unlink()
            raise ServiceFailed("The result is not as long as the service said. Fetch it again.")
        part.replace(place)
        return place

    def _head(self, how: dict[str, Any]) -> tuple[str, int]:
        """Tag and size of the result. [bytes]"""
        request: dict[str, Any] = {"headers": {"Accept": "*/*"}, **how}
        try:
            head = self._connection.send("HEAD", f"{self._place}/results", **request)
        except ServiceError as error:
            if error.status is not None:  # such an answer has no words, but that to GET has
                with (
                    suppress(httpx.TransportError),
                    self._connection.stream("GET", f"{self._place}/results", **request),
                ):
                    pass
            raise
        size = head.headers.get("Content-Length", "")
        if not size.isdecimal():
            raise not_of_the_service(head)
        return head.headers.get("ETag", ""), int(size)

    def _go_on(self, part: Path, tag: str, how: dict[str, Any]) -> None:
        """Fetch what is still missing of the result."""
        there = part.stat().st_size
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if there:
            headers |= {"Range": f"bytes={there}-", "If-Range": tag}
        with self._connection.stream("GET", f"{self._place}/results", headers=headers, **how) as response:
            with open(part, "ab" if response.status_code == 206 else "wb") as file:
                for piece in response.iter_bytes():
                    file.write(piece)
