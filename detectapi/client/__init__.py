"""A client of a detectapi service: typed questions, retries, jobs with progress, downloads that go on after a break.

    >>> from detectapi.client import Client
    >>> with Client("http://127.0.0.1:8000") as client:  # doctest: +SKIP
    ...     answer = client.estimate(substance="ketamine", doses=[{"amount_mg": 50, "route": "oral"}])

It needs the extra ``client``.
"""

from detectapi.client.errors import (
    Busy,
    Conflict,
    JobFailed,
    NotAllowed,
    NotFound,
    QuestionRefused,
    ServiceError,
    ServiceFailed,
    Unreachable,
)
from detectapi.client.jobs import Job
from detectapi.client.service import Client

__all__ = [
    "Busy",
    "Client",
    "Conflict",
    "Job",
    "JobFailed",
    "NotAllowed",
    "NotFound",
    "QuestionRefused",
    "ServiceError",
    "ServiceFailed",
    "Unreachable",
]
