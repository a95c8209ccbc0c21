"""Write anew what the pages and notebooks show of the program's answers: `make docs`. The tests hold them against it.

Everything that a page shows is run in the order of the page, by one reader in one folder (`reader.py`):

- a `console` block holds commands after `$ `, each with what the terminal shows after it; `…` stands for what differs each time;
- a `bash` block holds commands; a `json` block after it shows some fields of what they print, a `text` block all of it;
- a `python` block is a file of its own; a `text` block after it shows what it prints;
- an `r` block is one too, where R and the packages that it names are installed; elsewhere it stays as it is;
- a block after the words "as `name`:" is saved under that name first;
- what `/docs` shows of the interface is asked of the service (`tools/interface_answers.py`);
- tables between two marks (`<!-- begin NAME -->`, `<!-- end NAME -->`) are written by a function of `generated.py`.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import data_flow_picture
import generated
import interface_answers
import readings_picture
from reader import SERVES, Reader, commands

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "docs/adding-a-substance.md",
    "docs/batches.md",
    "docs/client.md",
    "docs/fhir.md",
    "docs/inputs.md",
    "docs/messages.md",
    "docs/method.md",
    "docs/operating.md",
    "docs/panel.md",
    "docs/r.md",
    "docs/tutorials/own-data.md",
    "docs/tutorials/physician.md",
    "docs/tutorials/portal-editor.md",
    "docs/tutorials/researcher.md",
    "docs/tutorials/results.md",
)
PICTURES = {
    "docs/images/data-flow.svg": data_flow_picture.picture,
    "docs/images/readings.svg": readings_picture.picture,
}
NOTEBOOKS = (
    "docs/examples/batch-grid.ipynb",
    "docs/examples/own-data.ipynb",
    "docs/examples/physician.ipynb",
    "docs/examples/portal-editor.ipynb",
    "docs/examples/researcher.ipynb",
    "docs/examples/results.ipynb",
)
NOT_RUN = {
    "make": "sets up or changes the project; the tests of the Makefile run it",
    "docker": "needs a container runtime; tests/deploy builds the image where one answers, and runs its steps by hand where not",
    "kubectl": "needs a cluster; tests/deploy holds the manifest against the schemas",
    "python -m pip": "needs the package index; the tests of the wheel install it",
    "dask": "needs several machines; the tests of the cluster run it",
    ". .venv/bin/activate": "the reader has the environment already",
    **dict.fromkeys(
        (
            "python3 -m venv /opt/detectapi",
            "/opt/detectapi/bin/",
            "install ",
            "systemd-sysusers",
            "systemd-run",
            "systemctl ",
        ),
        "changes the system of the reader; tests/deploy installs the same in a folder and holds the units against their tool",
    ),
}
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"\bas\s`([\w.-]+)`:\s*$")
MARKED = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
PACKAGE = re.compile(r"^library\((\w+)\)", re.MULTILINE)
RUN = {"console", "bash", "python"}


def refreshed(text):
    """The text of a page with every answer as the program gives it now."""
    text = MARKED.sub(lambda match: f"{match[1]}\n{getattr(generated, match[2])()}\n\n{match[3]}", text)
    with Reader() as reader:
        printed = None

        def renew(match):
            nonlocal printed
            kind, body = match[1], match[2]
            if name := SAVED.search(text[: match.start()]):
                reader.save(name[1], body)
            elif kind == "console":
                body = with_output(reader, body)
            elif kind == "bash":
                printed = "".join(reader.run(command) for command, _ in commands(body) if is_run(command))
            elif kind == "python":
                printed = reader.python(body)
            elif kind == "r":
                printed = reader.r(body) if can_run_r(body) else None
            elif printed is not None and kind in ("json", "text"):
                shown = excerpt(json.loads(body), json.loads(printed)) if kind == "json" else printed
                body, printed = shown if shown.endswith("\n") else f"{shown}\n", None
            return f"```{kind}\n{body}```"

        return FENCE.sub(renew, text)


def can_run_r(code):
    """Whether R is installed, and every package that a piece of R names."""
    if not shutil.which("Rscript"):
        return False
    asked = " && ".join(f'requireNamespace("{name}", quietly = TRUE)' for name in PACKAGE.findall(code)) or "TRUE"
    return not subprocess.run(
        ["Rscript", "-e", f"quit(status = as.integer(!({asked})))"], capture_output=True
    ).returncode


def is_run(command):
    """Whether a command is run; see `NOT_RUN` for those that are not."""
    return command.startswith(SERVES) or not command.startswith(tuple(NOT_RUN))


def with_output(reader, body):
    """The commands of a console block, and what each shows."""
    renewed = ""
    for command, shown in commands(body):
        seen = reader.run(command) if is_run(command) else shown
        renewed += f"$ {command}\n{shown if fits(shown, seen) else seen}"
    return renewed


def fits(shown, seen):
    """Whether an output is the one shown, where `…` stands for anything within a line."""
    pattern = ".*".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, seen) is not None


def excerpt(shown, answer):
    """The fields that a block shows, with the answer's values, a line for each field at the top.

    Of a list the first entry says which fields of every entry are shown.
    """

    def pick(part, whole):
        if isinstance(part, dict) and part:
            return {key: pick(inner, whole[key]) for key, inner in part.items()}
        if isinstance(part, list) and part and isinstance(part[0], dict):
            return [pick(part[0], inner) for inner in whole]
        return whole

    fields = (f"{json.dumps(key)}: {json.dumps(pick(inner, answer[key]))}" for key, inner in shown.items())
    return "{" + ",\n ".join(fields) + "}\n"


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
    for name, draw in PICTURES.items():
        (ROOT / name).write_text(draw(), encoding="utf-8")
    interface_answers.FILE.write_text(interface_answers.written(), encoding="utf-8")
    for name in NOTEBOOKS:
        import nbformat

        nbformat.write(executed(ROOT / name), ROOT / name)


if __name__ == "__main__":
    main()
