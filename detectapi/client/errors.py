"""What a service refuses, as exceptions: one class for what a caller can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from detectapi.values.errors import DetectError, InputError, Problem


class ServiceError(DetectError):
    """A service did not do what it was asked.

    Attributes
    ----------
    code : str
        The kind of the problem, as in `docs/messages.md`.
    status : int or None
        Of HTTP; None where there was no answer.
    instance : str
        What the operator of the service finds in the log.
    """

    code = "service"
    status: int | None = None
    instance: str = ""


class QuestionRefused(ServiceError, InputError):
    """The question cannot be answered as it is: `problems` has the fields that are wrong. It is an `InputError` too."""


class NotAllowed(ServiceError):
    """A key is needed, or the key does not allow this."""


class NotFound(ServiceError):
    """There is nothing at this address, or it is not yours."""


class Conflict(ServiceError):
    """The state of a job does not allow this."""


class Busy(ServiceError):
    """The service has too much to do, or a quota is used up, and asking again did not help."""


class ServiceFailed(ServiceError):
    """The service failed. This is its fault."""


class Unreachable(ServiceError):
    """No answer came."""


class JobFailed(ServiceError, InputError):
    """A job has failed. `problems` has what is wrong with its table, where that is the reason."""


CLASSES = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict, 429: Busy, 503: Busy}


def error_of(response: httpx.Response) -> ServiceError:
    """The exception that an answer other than 2xx means."""
    body = _problem(response)
    status = response.status_code
    message = str(body.get("detail") or body.get("title") or f"The service answered {status}.")
    error: ServiceError
    if status not in CLASSES and 400 <= status < 500:
        error = QuestionRefused(message, problems=problems_of(body.get("errors")))
    else:
        error = CLASSES.get(status, ServiceFailed)(message)
    error.code = str(body.get("type", "")).rpartition("/")[2] or type(error).code
    error.status, error.instance = status, str(body.get("instance", ""))
    return error


def failed(job: Mapping[str, Any]) -> JobFailed:
    """The exception for a job that has failed."""
    why = job.get("problem")
    why = why if isinstance(why, Mapping) else {}
    error = JobFailed(str(why.get("detail", "The job has failed.")), problems=problems_of(why.get("errors")))
    error.code = str(why.get("code", error.code))
    return error


def problems_of(entries: Any) -> Iterable[Problem]:
    """The entries of ``errors`` as problems. A proxy may answer in another form: what is no entry is left out."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("detail"):
            allowed = entry.get("allowed")
            listed = tuple(allowed) if isinstance(allowed, list) else None
            yield Problem(str(entry.get("pointer", "")), str(entry.get("code", "")), str(entry["detail"]), listed)


def content_of(response: httpx.Response, *names: str) -> dict[str, Any]:
    """The JSON of an answer, an object that has these names.

    Raises
    ------
    ServiceFailed
        It is something else: another program answered, such as a proxy.
    """
    body = _problem(response)
    if not body or not all(name in body for name in names):
        raise not_of_the_service(response)
    return body


def not_of_the_service(response: httpx.Response) -> ServiceFailed:
    """The error for an answer that a service of this kind does not give."""
    error = ServiceFailed(f"The answer ({response.status_code}) is not one of this service. Is the address right?")
    error.status = response.status_code
    return error


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:  # a proxy answered
        return {}
    return body if isinstance(body, dict) else {}
