"""The result of a job as a response: its format, the whole or a range."""

import re

from flask import request, send_file
from werkzeug.exceptions import NotAcceptable

from detectapi.batch import table
from detectapi.values.errors import InputError
from detectapi.web.problems import problem

ALIASES = {"application/parquet": "parquet", "application/jsonl": "ndjson"}
ONE_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18})\s*", re.IGNORECASE)
"""One range of bytes. A place has 18 digits at most: no file is longer."""


def format_wanted(default):
    """The format of the result: from the query, else from Accept, else the default."""
    if "format" in request.args:
        file_format = request.args["format"]
        if file_format not in table.MEDIA_TYPES:
            raise InputError("Unknown format.", pointer="/format", code="choice", allowed=list(table.MEDIA_TYPES))
        return file_format
    if not request.accept_mimetypes:
        return default
    others = {media: file_format for file_format, media in table.MEDIA_TYPES.items()}
    formats = {table.MEDIA_TYPES[default]: default} | others | ALIASES
    best = request.accept_mimetypes.best_match(list(formats))
    if best is None:
        raise NotAcceptable(response=problem("not-acceptable", f"Results are {', '.join(table.MEDIA_TYPES.values())}."))
    return formats[best]


def result_file(desk, job, file_format):
    """The result as a response, the whole or a range of it."""
    path, tag = desk.results(job, file_format)
    ignore_other_ranges()
    response = send_file(
        path,
        mimetype=table.MEDIA_TYPES[file_format],
        as_attachment=True,
        download_name=f"{job['id']}.{file_format}",
        etag=tag,
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Detectapi-Rows-Bad"] = str(job["rows_bad"])  # these rows are not in the table
    return response


def ignore_other_ranges():
    """Drop a Range header that is not one correct range of bytes, so that the whole is returned (RFC 9110, 14.2)."""
    match = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    backwards = match and match[2] and int(match[1]) > int(match[2])
    if request.method != "GET" or not match or backwards:
        request.environ.pop("HTTP_RANGE", None)
