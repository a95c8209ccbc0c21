"""`/v1/jobs`: submit tables and grids, follow them, fetch results. `detectapi worker` computes them, never this process."""

import contextlib
import json
import re
import shutil
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, request
from marshmallow import ValidationError
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

from detectapi import service
from detectapi.batch import table
from detectapi.jobs.desk import FINISHED, Busy, Desk
from detectapi.jobs.keys import Caller
from detectapi.jobs.scopes import READ, SCOPES, WRITE
from detectapi.jobs.settings import Settings
from detectapi.jobs.store import TERMINAL, Conflict
from detectapi.values.errors import InputError
from detectapi.web import trouble
from detectapi.web.addresses import under_prefix
from detectapi.web.api import ContractBlueprint, is_utf8
from detectapi.web.problems import problem
from detectapi.web.results import format_wanted, result_file
from detectapi.web.waiting import preferences, wait_until_changed, wait_wanted
from schemas.error import problems
from schemas.job import JobRequestSchema, options_from_text

JSON = "application/json"
LARGEST_JSON = 8 * 2**20
"""Size of the largest body of JSON that is accepted. [bytes]"""
PATIENCE_S = 2.0
"""Time that a request waits for a database that cannot be used. [s]"""
RETRY_S = 2
"""Time after which a client should ask for a status again. [s]"""
TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
TABLES = {media: file_format for file_format, media in table.MEDIA_TYPES.items()} | {
    "application/parquet": "parquet",
    "application/jsonl": "ndjson",
    "application/vnd.apache.arrow.stream": "arrow",
}

blueprint = ContractBlueprint(
    "jobs", __name__, url_prefix="/v1/jobs", description="Many questions at once, in the background."
)
trouble.init_blueprint(blueprint)


def init_app(app, api, settings: Settings) -> None:
    """Add `/v1/jobs` to the application."""
    app.extensions["detectapi-desk"] = Desk(settings, PATIENCE_S)
    api.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "An API key: dk_live_…"}
    )
    api.register_blueprint(blueprint)


def desk() -> Desk:
    """The desk of this application."""
    return current_app.extensions["detectapi-desk"]


def status(job):
    """What is said of a job, with addresses under the prefix that the server was told of."""
    return desk().status(job, under_prefix(""))


def needs(scope):
    """Restrict a view to callers whose key has a scope and, if its address names a job, to the owner of the job."""

    def decorate(view):
        @wraps(view)
        def checked(**arguments):
            if trouble.database_has_failed():
                return trouble.refused()
            caller = caller_of_request()
            trouble.note_success()
            if caller is None:
                return problem("unauthorized", headers={"WWW-Authenticate": 'Bearer realm="detectapi"'})
            if scope not in caller.scopes:
                return problem("forbidden", f"The key lacks the scope {scope}.")
            g.caller = caller
            if "job_id" in arguments:
                job = desk().job(arguments.pop("job_id"), caller)
                if job is None:
                    return problem("not-found", "There is no such job, or it is not yours.")
                arguments["job"] = job
            return view(**arguments)

        restricted: Any = checked
        restricted.scope = scope
        return blueprint.doc(security=[{"key": []}])(restricted)

    return decorate


def caller_of_request() -> Caller | None:
    """The caller; None without a valid key."""
    header = request.headers.get("Authorization", "")
    if not header and desk().settings.anonymous:
        return Caller("", frozenset(SCOPES), desk().settings.quota)
    kind, _, key = header.partition(" ")
    return desk().keys.caller(key.strip()) if kind.lower() == "bearer" else None


# -- new jobs -------------------------------------------------------------------------------------------------------------


@blueprint.route("", methods=["POST"])
@blueprint.doc(
    operationId="submitJob",
    parameters=[
        {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200},
         "description": "The same key with the same request within 24 hours is the same job."},
        {"in": "header", "name": "Prefer", "schema": {"type": "string"}, "description": "`respond-async`, `wait=5`"},
    ],
    requestBody={
        "required": True,
        "content": {JSON: {"schema": JobRequestSchema}, **{media: {"schema": {}} for media in table.MEDIA_TYPES.values()}},
    },
    responses={
        "200": {"description": "The result, if the job has finished within the time of Prefer: wait.", "content": {}},
        "202": {"description": "Accepted; Location is its status.", "content": {JSON: {"schema": {"type": "object"}}}},
    },
)  # fmt: skip
@needs(WRITE)
def submit():
    """Submit a table or a grid.

    Send JSON with `rows` or `grid`; or a table, with options in the query.
    """
    token = request.headers.get("Idempotency-Key")
    if token is not None and not TOKEN.fullmatch(token):
        raise BadRequest()
    prefer = preferences()
    try:
        if request.content_encoding not in (None, "", "identity") or not is_utf8():
            raise UnsupportedMediaType()
        job, _ = submit_json(token) if request.mimetype == JSON else submit_table(token)
    except UnsupportedMediaType:
        return problem("unsupported-media-type", f"Send {', '.join([JSON, *TABLES])}, in UTF-8, uncompressed.")
    except RequestEntityTooLarge:
        largest = f"{LARGEST_JSON} bytes of JSON, {desk().settings.largest_upload} of a table"
        return problem("payload-too-large", f"At most {largest}. Divide the table, or use `detectapi batch`.")
    except ValidationError as error:
        raise InputError("The job needs attention.", problems=problems(error.messages)) from None
    except Conflict:
        return problem("conflict-idempotency")
    record = desk().job(job, g.caller)
    seconds = wait_wanted(prefer)
    if record and seconds:
        record = wait_until_changed(desk(), record, seconds, lambda job: job["state"] in TERMINAL)
    if record is None:
        return problem("not-found", "The job was deleted.")
    place = under_prefix(f"/v1/jobs/{job}")
    response = None
    if record["state"] in FINISHED and seconds:
        file_format = format_wanted(default="ndjson")
        with contextlib.suppress(Busy, OSError):  # the job is accepted; its result can be fetched later
            response = result_file(desk(), record, file_format)
    if response:
        response.headers["Content-Location"] = f"{place}/results?format={file_format}"
        response.headers["Preference-Applied"] = f"wait={prefer['wait']}"
    else:
        response = Response(service.to_json_bytes(status(record)), 202, mimetype=JSON)
        response.headers["Content-Location"] = place
        if record["state"] not in TERMINAL:
            response.headers["Retry-After"] = str(RETRY_S)
        if "respond-async" in prefer:
            response.headers["Preference-Applied"] = "respond-async"
    response.headers["Location"] = place
    return response


@contextlib.contextmanager
def spooled():
    """A new job and a path for its table; the file is removed at the end in any case."""
    job, path = desk().spool()
    try:
        yield job, path
    finally:
        Path(path).unlink(missing_ok=True)


def submit_json(token):
    """Submit the rows or the grid of a body of JSON."""
    request.max_content_length = LARGEST_JSON
    content = service.read_json(request.get_data(cache=False))
    loaded = JobRequestSchema().load(content if isinstance(content, dict) else {})
    rows, axes = loaded.pop("rows", None), loaded.pop("grid", None)
    if axes is not None:
        return desk().submit_grid(g.caller, axes, loaded, token)
    with spooled() as (job, path):
        with open(path, "wb") as file:
            # NaN is written too, though it is no JSON: the row that has it is then refused with its pointer.
            file.writelines(json.dumps(row).encode() + b"\n" for row in rows)
        return desk().submit_table(g.caller, job, path, "ndjson", loaded, token)


def submit_table(token):
    """Submit the table that is the body."""
    file_format = TABLES.get(request.mimetype)
    if file_format is None:
        raise UnsupportedMediaType()
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InputError("The query has an option twice.", pointer=f"/{name}", code="duplicate")
    options = options_from_text(request.args)
    largest = desk().settings.largest_upload
    if (request.content_length or 0) > largest:
        raise RequestEntityTooLarge()
    request.max_content_length = largest
    with spooled() as (job, path):
        with open(path, "wb") as file:
            shutil.copyfileobj(Body(request.stream), file)
            if request.content_length is not None and file.tell() < request.content_length:
                raise BadRequest()  # the connection broke, and rows are missing
        return desk().submit_table(g.caller, job, path, file_format, options, token)


class Body:
    """The body of a request. A body that ends too late or too early raises another error than a full disk.

    Parameters
    ----------
    stream : file-like
        The stream of the request.
    """

    def __init__(self, stream):
        self._stream = stream

    def read(self, size):
        """Read up to so many bytes.

        Raises
        ------
        RequestTimeout, BadRequest
            The body comes too slowly, or ends too early.
        """
        try:
            return self._stream.read(size)
        except (ClientDisconnected, TimeoutError) as error:
            late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            raise (RequestTimeout if late else BadRequest)() from None
        except HTTPException:
            raise
        except Exception:  # broken chunks, or a closed connection: each server has its own exceptions for that
            raise BadRequest() from None


# -- jobs that exist ------------------------------------------------------------------------------------------------------


@blueprint.route("")
@blueprint.doc(operationId="listJobs", responses={"200": {"description": "The newest 100 jobs of this key."}})
@needs(READ)
def own_jobs():
    """List your jobs."""
    return Response(service.to_json_bytes({"items": [*map(status, desk().store.jobs(g.caller.id))]}), mimetype=JSON)


@blueprint.route("/<job_id>")
@blueprint.doc(
    operationId="showJob",
    responses={"200": {"description": "State, progress, links."}, "304": {"description": "Unchanged."}},
)
@needs(READ)
def show(job):
    """Show the state and progress of a job.

    With `Prefer: wait=n` and `If-None-Match`, the answer comes when something has changed, after n seconds at most.
    """
    prefer = preferences()
    known = request.if_none_match
    seconds = wait_wanted(prefer)
    if seconds and known:
        job = wait_until_changed(desk(), job, seconds, lambda job: not known.contains_weak(state_tag(job)))
    elif seconds:
        job = wait_until_changed(desk(), job, seconds, lambda job: job["state"] in TERMINAL)
    if job is None:
        return problem("not-found", "The job was deleted.")
    response = Response(service.to_json_bytes(status(job)), mimetype=JSON)
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(state_tag(job), weak=True)  # weak, since rate and time left may differ
    if job["state"] not in TERMINAL:
        response.headers["Retry-After"] = str(RETRY_S)
    return response.make_conditional(request)


def state_tag(job):
    """A tag that changes with what the status shows, except rate and time left."""
    shown = [job[name] for name in ("state", "rows_done", "rows_total", "rows_bad", "chunks_total", "problem")]
    return service.content_tag(repr(shown).encode())


@blueprint.route("/<job_id>/cancel", methods=["POST"])
@blueprint.doc(
    operationId="cancelJob", responses={"202": {"description": "The job is being cancelled, or is cancelled."}}
)
@needs(WRITE)
def cancel(job):
    """Cancel a job. Its finished parts stay."""
    if job["state"] in TERMINAL and job["state"] != "cancelled":
        return problem("conflict", "The job has ended already.")
    desk().cancel(job)
    job = desk().job(job["id"], g.caller) or job
    return Response(service.to_json_bytes(status(job)), 202, mimetype=JSON)


@blueprint.route("/<job_id>", methods=["DELETE"])
@blueprint.doc(operationId="deleteJob", responses={"204": {"description": "The job and its files are deleted."}})
@needs(WRITE)
def delete(job):
    """Delete a job that has ended."""
    if job["state"] not in TERMINAL:
        return problem("conflict", "The job has not ended; cancel it first.")
    desk().delete(job)
    return Response(status=204)


# -- results --------------------------------------------------------------------------------------------------------------


@blueprint.route("/<job_id>/results")
@blueprint.doc(
    operationId="fetchResults",
    parameters=[{"in": "query", "name": "format", "schema": {"type": "string", "enum": list(table.MEDIA_TYPES)}}],
    responses={
        "200": {"description": "The table."},
        "206": {"description": "A range of it."},
        "304": {"description": "Unchanged."},
    },
)
@needs(READ)
def results(job):
    """Fetch the result of a job that has ended; for a cancelled job, the finished part."""
    if job["state"] not in FINISHED:
        return problem(
            "conflict", "There is no result: the job failed." if job["state"] == "failed" else "The job has not ended."
        )
    return result_file(desk(), job, format_wanted(default="parquet"))


@blueprint.route("/<job_id>/results/manifest")
@blueprint.doc(operationId="showManifest", responses={"200": {"description": "Parts with their SHA-256."}})
@needs(READ)
def manifest(job):
    """Show the parts of a result with their hashes."""
    return Response(service.to_json_bytes(desk().manifest(job)), mimetype=JSON)


@blueprint.route("/<job_id>/errors")
@blueprint.doc(operationId="listBadRows", responses={"200": {"description": "One line for each mistake, as NDJSON."}})
@needs(READ)
def errors(job):
    """List the rows that cannot be answered, of the chunks finished so far."""
    return Response(desk().bad_rows(job), mimetype=table.MEDIA_TYPES["ndjson"])
