"""What a service refuses, as exceptions: one class for what a caller can do about it."""

from __future__ import annotations

from collections.abc import Mapping
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
    if status not in CLASSES and status < 500:
        error = QuestionRefused(message, problems=map(problem, body.get("errors", ())))
    else:
        error = CLASSES.get(status, ServiceFailed)(message)
    error.code = str(body.get("type", "")).rpartition("/")[2] or type(error).code
    error.status, error.instance = status, str(body.get("instance", ""))
    return error


def failed(job: Mapping[str, Any]) -> JobFailed:
    """The exception for a job that has failed."""
    why = job.get("problem", {})
    error = JobFailed(str(why.get("detail", "The job has failed.")), problems=map(problem, why.get("errors", ())))
    error.code = str(why.get("code", error.code))
    return error


def problem(entry: Mapping[str, Any]) -> Problem:
    """An entry of ``errors`` as a problem."""
    allowed = entry.get("allowed")
    return Problem(entry["pointer"], entry["code"], entry["detail"], None if allowed is None else tuple(allowed))


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:  # a proxy answered
        return {}
    return body if isinstance(body, dict) else {}
