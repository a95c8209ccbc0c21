"""Requests that are sent again where that may help: the connection broke, or the service asked for patience."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from detectapi._version import __version__
from detectapi.client.errors import Unreachable, error_of
from detectapi.values.errors import InputError

ATTEMPTS = 6
AGAIN = frozenset({429, 502, 503, 504})
"""Status codes of answers that a later one may replace."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
TIMEOUT = httpx.Timeout(120.0, connect=10.0)


class Connection:
    """A connection to one service. Every request can be sent twice: answers change nothing, and jobs have a key of their own.

    Parameters
    ----------
    address : str
        Of the service, with the prefix under which it is served.
    key : str, optional
        An API key.
    attempts : int
        How often a request is sent at most.
    transport : httpx.BaseTransport, optional
        In place of the network.
    sleep : callable
        Waits for some time. [s]

    Raises
    ------
    InputError
        The address, the key or the number of attempts cannot be one.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        attempts: int = ATTEMPTS,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        _check_address(address)
        if isinstance(attempts, bool) or not isinstance(attempts, int) or attempts < 1:
            raise InputError("Must be a whole number from 1.", pointer="/attempts", code="range")
        headers = {"User-Agent": f"detectapi/{__version__}", "Accept": "application/json"}
        if key:
            check_header("key", key)
            headers["Authorization"] = f"Bearer {key}"
        self.http = httpx.Client(base_url=address, headers=headers, timeout=TIMEOUT, transport=transport)
        self.attempts, self.sleep = attempts, sleep

    def send(
        self, method: str, path: str, body: Callable[[], AbstractContextManager[Any]] | None = None, **how: Any
    ) -> httpx.Response:
        """Send a request, again where that may help, and return the answer.

        Parameters
        ----------
        method, path : str
        body : callable, optional
            Opens the content of the request for each attempt, such as a file from its beginning.
        **how
            For `httpx.Client.request`.

        Raises
        ------
        ServiceError
        """
        for waited in self.waits():
            try:
                with body() if body else nullcontext() as content:
                    response = self.http.request(method, path, content=content, **how)
            except httpx.TransportError as error:
                waited(error)
                continue
            if response.status_code not in AGAIN or not waited(response):
                break
        asked_for_change = "If-None-Match" in response.request.headers and response.status_code == 304
        if not response.is_success and not asked_for_change:
            raise error_of(response)
        return response

    @contextmanager
    def stream(self, method: str, path: str, **how: Any) -> Iterator[httpx.Response]:
        """An answer whose body is read as it comes; sent once.

        Raises
        ------
        ServiceError
        """
        with self.http.stream(method, path, **how) as response:
            if not response.is_success:
                response.read()
                raise error_of(response)
            yield response

    def waits(self) -> Iterator[Callable[[httpx.Response | httpx.TransportError], bool]]:
        """For each attempt, what waits after its failure: it returns whether another attempt follows.

        Without an answer, and no attempt left, it raises `Unreachable`.
        """
        for attempt in range(self.attempts):
            last = attempt == self.attempts - 1

            def wait(failure: httpx.Response | httpx.TransportError, last: bool = last, attempt: int = attempt) -> bool:
                asked = None if isinstance(failure, Exception) else retry_after(failure)
                if not last and (asked is None or asked <= LONGEST_WAIT_S) and not _is_final(failure, asked):
                    self.sleep(backoff(attempt) if asked is None else asked)
                    return True
                if isinstance(failure, Exception):
                    raise Unreachable(f"No answer came: {type(failure).__name__}.") from failure
                return False

            yield wait

    def close(self) -> None:
        """Close the connection."""
        self.http.close()


def _is_final(failure: httpx.Response | httpx.TransportError, asked: float | None) -> bool:
    """Whether a later attempt cannot help: the request cannot be sent, or a quota is used up, and nobody knows until when."""
    if isinstance(failure, Exception):
        return isinstance(failure, (httpx.UnsupportedProtocol, httpx.LocalProtocolError))
    return failure.status_code == 429 and asked is None


def _check_address(address: Any) -> None:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise InputError("Must be an address such as http://127.0.0.1:8000.", pointer="/address", code="choice")


def check_header(name: str, value: Any) -> None:
    """Refuse a value that no header can have. The message does not repeat it: it may be a secret.

    Raises
    ------
    InputError
    """
    if not isinstance(value, str) or not (value.isascii() and value.isprintable() and value == value.strip()):
        raise InputError(
            "Must be text of Latin letters without accents, digits and signs, with no space or line break at its ends.",
            pointer=f"/{name}",
            code="characters",
        )


def backoff(attempt: int) -> float:
    """Time to wait after an attempt: twice the one before, and somewhat random so that clients do not come together. [s]"""
    return min(FIRST_WAIT_S * 2.0**attempt, LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def retry_after(response: httpx.Response) -> float | None:
    """The time that the service asks to wait, from a number of seconds or a date. [s]"""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
