"""Answers that the main loop of a worker gives by itself, without a thread: whole responses as bytes."""

import uuid
from http import HTTPStatus

from detectapi import service
from detectapi.web.problems import KINDS, MEDIA_TYPE


def refusal(status, kind="bad-request", headers=None, identity=None):
    """The whole response to a request that no thread will answer. The connection is closed behind it.

    Parameters
    ----------
    status : int
    kind : str
        One of `detectapi.web.problems.KINDS`.
    headers : dict, optional
    identity : uuid.UUID, optional
        Of the request in the log; a new one by default.

    Returns
    -------
    bytes
    """
    _, title, explanation = KINDS[kind]
    identity = identity or uuid.uuid4()
    body = service.to_json_bytes(
        {
            "type": f"/problems/{kind}",
            "title": title,
            "status": status,
            "detail": explanation,
            "instance": f"urn:uuid:{identity}",
        }
    )
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-ID: {identity}\r\n"
        f"{more}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
