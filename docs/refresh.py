"""Write anew what README.md and the notebooks show of the program's answers: `make docs`. The tests hold them against it.

Three kinds of blocks are understood: a `console` block that begins with `$ detectapi`, with its output; a `console`
block with a curl request, followed by a `json` block that holds some fields of the answer; a `python` block, followed
by a `text` block with what it prints.
"""

import contextlib
import io
import json
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("README.md",)
NOTEBOOKS = ("docs/examples/batch-grid.ipynb",)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def refreshed(text):
    """The text of a page with every answer as the program gives it now."""
    answer, printed = None, None

    def renew(match):
        nonlocal answer, printed
        kind, body = match[1], match[2]
        if kind == "console" and body.startswith("$ detectapi"):
            body = with_output(body)
        elif kind == "console" and body.startswith("$ curl"):
            answer = asked(body)
        elif kind == "json" and answer is not None:
            body, answer = excerpt(json.loads(body), answer), None
        elif kind == "python":
            printed = run(body)
        elif kind == "text" and printed is not None:
            body, printed = printed, None
        return f"```{kind}\n{body}```"

    return FENCE.sub(renew, text)


def with_output(body):
    """The command of a console block, and what it prints on a terminal."""
    from click.testing import CliRunner

    from detectapi.cli.main import cli

    lines = body.splitlines()
    end = next(index for index, line in enumerate(lines) if not line.endswith("\\"))
    command = lines[: end + 1]
    words = shlex.split(" ".join(line.rstrip("\\") for line in command))[2:]
    result = CliRunner().invoke(cli, [*words, "--summary"])
    if result.exit_code:
        raise ValueError(f"{' '.join(words)}: {result.output}")
    return "\n".join(command) + "\n" + result.output


def asked(body):
    """The service's answer to a curl request."""
    from detectapi.web import create_app

    words = shlex.split(body.removeprefix("$ ").replace("\\\n", " "))
    path = re.sub(r"^http://[^/]+", "", next(word for word in words if word.startswith("http://")))
    response = create_app().test_client().post(path, data=words[words.index("-d") + 1], content_type="application/json")
    if response.status_code != 200:
        raise ValueError(response.get_data(as_text=True))
    return response.get_json()


def excerpt(shown, answer):
    """The fields that a block shows, with the answer's values, a line for each field at the top."""

    def pick(part, whole):
        return {key: pick(inner, whole[key]) for key, inner in part.items()} if isinstance(part, dict) else whole

    fields = (f"{json.dumps(key)}: {json.dumps(pick(inner, answer[key]))}" for key, inner in shown.items())
    return "{" + ",\n ".join(fields) + "}\n"


def run(code):
    """What a piece of Python prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page
    return printed.getvalue()


def executed(path):
    """A notebook with every output as the program gives it now, and nothing in it that changes from run to run."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(path.parent))
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main():
    """Refresh the pages and notebooks in place."""
    for name in PAGES:
        page = ROOT / name
        page.write_text(refreshed(page.read_text(encoding="utf-8")), encoding="utf-8")
    for name in NOTEBOOKS:
        import nbformat

        nbformat.write(executed(ROOT / name), ROOT / name)


if __name__ == "__main__":
    main()
