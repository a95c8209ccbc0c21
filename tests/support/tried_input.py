"""Add an input to the table by one entry, and print where it shows.

This is a program of its own, because surfaces read the table when they are imported.
The entry is given as JSON: the arguments of `Input`, with those of its `FormField` under ``form``. A value that is refused is given
with it.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "docs")]

from detectapi.inputs import table  # noqa: E402

REQUEST = {"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "oral"}], "options": {"draws": 100}}
ROW = {"substance": "ketamine", "amount_mg": 35, "route": "oral"}
OPTIONS = {"draws": 100, "seed": 1, "level": 0.9}


def add(fields):
    """Put the entry into the table."""
    form = table.FormField(**fields.pop("form"))
    entry = table.Input(**fields, form=form)
    table.INPUTS = table.INPUTS.with_entries(entry)
    return entry


def asking(entry, value):
    """A request with the input."""
    return {**REQUEST, entry.section: {entry.name: value}}


def refusal(call, *arguments):
    """The problems of a question that is refused: pointer, code, sentence, allowed values."""
    from detectapi.values.errors import InputError

    try:
        call(*arguments)
    except InputError as error:
        return [list(problem) for problem in error.problems]
    return None


def by_http(entry, bad):
    """The field in OpenAPI, and the problems of a request that is refused."""
    from detectapi.web import create_app

    client = create_app().test_client()
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    result = [
        schema["properties"][entry.name] for schema in schemas.values() if entry.name in schema.get("properties", {})
    ]
    problems = client.post("/v1/estimates", json=asking(entry, bad)).get_json()["errors"]
    return result, [[one["pointer"], one["code"], one["detail"], one.get("allowed")] for one in problems]


def on_page(entry, good, bad):
    """The form, the request it makes, and the form with what is to be mended."""
    from werkzeug.datastructures import MultiDict

    from detectapi.web import create_app
    from detectapi.web.page import form

    client, name = create_app().test_client(), entry.form.name
    values = form.typed(MultiDict({**form.DEFAULTS, name: str(good)}))
    refused = client.post("/", data={**form.DEFAULTS, name: str(bad)})
    return client.get("/").get_data(as_text=True), form.to_request(values), refused.get_data(as_text=True)


def by_command(entry, good, bad):
    """The help of the command, the question that the flag asks, and what is told of a bad value."""
    from click.testing import CliRunner

    from detectapi.cli import flags, options
    from detectapi.cli.main import cli

    ask = ["estimate", "--substance", "ketamine", "--dose", "35 mg oral", "--draws", "100"]
    empty = {options.parameter(one): None for one in table.INPUTS.with_flag}
    question = flags.question({**empty, "dose": (), "cutoff": (), options.parameter(entry): str(good)})
    refused = CliRunner().invoke(cli, [*ask, entry.flags[0], str(bad)])
    return CliRunner().invoke(cli, ["estimate", "--help"]).output, question, [refused.exit_code, refused.stderr]


def main():
    """Print everything that was found as JSON."""
    fields, good, bad = json.loads(sys.argv[1])
    entry = add(fields)

    import generated
    import translations

    from detectapi import service
    from detectapi.batch import grid, rows
    from detectapi.batch.reader import Reader
    from detectapi.model.question import read_question
    from schemas.row import COLUMNS, RowSchema

    loaded = service.load(asking(entry, {"low": good, "high": 2 * good}))
    distribution = read_question(loaded).physiology.known.distributions[entry.distribution]
    openapi, http = by_http(entry, bad)
    page, request, refused = on_page(entry, good, bad)
    help_text, question, command = by_command(entry, good, bad)
    column_range = {f"{entry.column}_low": good, f"{entry.column}_high": 2 * good}
    result = {
        "contract": loaded[entry.section],
        "openapi": openapi,
        "columns": [name for name in COLUMNS if name.startswith(entry.column)],
        "row form": entry.column in RowSchema().fields,
        "row": rows.request({**ROW, **column_range}, OPTIONS)[entry.section],
        "read row": Reader(OPTIONS).read({**ROW, entry.column: good}).request[entry.section],
        "grid": list(grid.axes({**ROW, entry.column: [good, 2 * good]})),
        "help": help_text,
        "flag": question[entry.section],
        "page": page,
        "form": request[entry.section],
        "docs": generated.inputs(),
        "texts": list(translations.texts_of_inputs()),
        "distribution": [distribution.scale, distribution.low, distribution.high, distribution.centre],
        "refused": {
            "library": refusal(service.answer, asking(entry, bad)),
            "http": http,
            "row": refusal(rows.request, {**ROW, entry.column: bad}, OPTIONS),
            "read row": refusal(Reader(OPTIONS).read, {**ROW, entry.column: bad}),
        },
        "refused by the command": command,
        "refused on the page": refused,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
