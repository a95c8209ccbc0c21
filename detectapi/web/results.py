"""The result of a job as a response: which format, whole or in part."""

import re

from flask import request, send_file
from werkzeug.exceptions import NotAcceptable

from detectapi.batch import table
from detectapi.values.errors import InputError
from detectapi.web.problems import problem

ALIASES = {"application/parquet": "parquet", "application/jsonl": "ndjson"}
ONE_RANGE = re.compile(r"bytes=\s*(?:(\d+)-(\d*)|-\d+)\s*", re.IGNORECASE)


def form_wanted(default):
    """The format of the result: from the query, else from Accept, else a default."""
    if "format" in request.args:
        form = request.args["format"]
        if form not in table.MEDIA_TYPES:
            raise InputError("Unknown format.", pointer="/format", code="choice", allowed=list(table.MEDIA_TYPES))
        return form
    if not request.accept_mimetypes:
        return default
    forms = {table.MEDIA_TYPES[default]: default} | {media: form for form, media in table.MEDIA_TYPES.items()} | ALIASES
    best = request.accept_mimetypes.best_match(list(forms))
    if best is None:
        raise NotAcceptable(response=problem("not-acceptable", f"Results are {', '.join(table.MEDIA_TYPES.values())}."))
    return forms[best]


def result_file(desk, job, form):
    """The result as a response, whole or a range of it."""
    path, tag = desk.results(job, form)
    ignore_other_ranges()
    response = send_file(
        path,
        mimetype=table.MEDIA_TYPES[form],
        as_attachment=True,
        download_name=f"{job['id']}.{form}",
        etag=tag,
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Detectapi-Rows-Bad"] = str(job["rows_bad"])  # a table has no place to say what is not in it
    return response


def ignore_other_ranges():
    """Answer with the whole where a range is not asked for, or not one of bytes that makes sense (RFC 9110, 14.2)."""
    match = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    backwards = match and match[2] and int(match[1]) > int(match[2])
    if request.method != "GET" or not match or backwards:
        request.environ.pop("HTTP_RANGE", None)
