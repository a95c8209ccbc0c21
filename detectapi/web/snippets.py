"""How an operation is called from a shell, Python, JavaScript and R: lines to copy, which need no package but httr2 for R."""

import json
import shlex
from typing import Any

JSON = "application/json"
KEY = "KEY"
"""The variable of the environment that holds the key in the lines."""


def curl(one: dict[str, Any], address: str) -> str:
    """The lines for a shell."""
    method = [] if one["method"] == "GET" or "body" in one else ["-X", one["method"]]
    lines = [" ".join(["curl -sS", *method, shlex.quote(address)])]
    lines += [f'-H "Authorization: Bearer ${KEY}"'] if one.get("key") else []
    if "body" in one:
        lines += [f"-H 'Content-Type: {JSON}'", f"-d {shlex.quote(pretty(one['body']))}"]
    return " \\\n  ".join(lines)


def python(one: dict[str, Any], address: str) -> str:
    """The lines for Python and its standard library."""
    arguments, headers = [json.dumps(address)], []
    if "body" in one:
        arguments.append("json.dumps(question).encode()")
        headers.append(f'"Content-Type": "{JSON}"')
    if one.get("key"):
        headers.append(f'"Authorization": f"Bearer {{os.environ[\'{KEY}\']}}"')
    arguments += [f"headers={{{', '.join(headers)}}}"] if headers else []
    arguments += [f'method="{one["method"]}"'] if one["method"] not in ("GET", "POST") or _is_bare_post(one) else []
    reads = {"json": "json.load(response)", "text": "response.read().decode()", "none": "response.status"}[_answer(one)]
    shown = f'answer["{one["show"]}"]' if "show" in one else "answer"
    imports = ["import json"] if "body" in one or _answer(one) == "json" else []
    return "\n".join(
        [
            *imports,
            *(["import os"] if one.get("key") else []),
            "from urllib.request import Request, urlopen",
            "",
            *([f"question = {_python_value(one['body'])}"] if "body" in one else []),
            f"request = Request({', '.join(arguments)})",
            "with urlopen(request) as response:",
            f"    answer = {reads}",
            f"print({shown})",
        ]
    )


def javascript(one: dict[str, Any], address: str) -> str:
    """The lines for JavaScript, in a browser or in Node; a module."""
    headers = []
    if "body" in one:
        headers.append(f'"Content-Type": "{JSON}"')
    if one.get("key"):
        headers.append(f"Authorization: `Bearer ${{process.env.{KEY}}}`")
    options = [f'  method: "{one["method"]}",'] if one["method"] != "GET" else []
    options += [f"  headers: {{ {', '.join(headers)} }},"] if headers else []
    options += ["  body: JSON.stringify(question),"] if "body" in one else []
    call = f"const response = await fetch({json.dumps(address)}"
    reads = {"json": "await response.json()", "text": "await response.text()", "none": "response.status"}[_answer(one)]
    return "\n".join(
        [
            *([f"const question = {pretty(one['body'])};"] if "body" in one else []),
            *([f"{call}, {{", *options, "});"] if options else [f"{call});"]),
            f"const answer = {reads};",
            f"console.log(answer{'.' + one['show'] if 'show' in one else ''});",
        ]
    )


def r(one: dict[str, Any], address: str) -> str:
    """The lines for R with the package httr2."""
    steps = [f"request({json.dumps(address)})"]
    if one["method"] not in ("GET", "POST") or _is_bare_post(one):
        steps.append(f'req_method("{one["method"]}")')
    if one.get("key"):
        steps.append(f'req_auth_bearer_token(Sys.getenv("{KEY}"))')
    if "body" in one:
        steps.append(f'req_body_raw(question, "{JSON}")')
    read = {"json": "resp_body_json()", "text": "resp_body_string()", "none": "resp_status()"}
    steps += ["req_perform()", read[_answer(one)]]
    return "\n".join(
        [
            "library(httr2)",
            "",
            *([f'question <- r"---({pretty(one["body"])})---"'] if "body" in one else []),
            "answer <- " + " |>\n  ".join(steps),
            f"str(answer{'$' + one['show'] if 'show' in one else ''})",
        ]
    )


LANGUAGES = {"curl": curl, "Python": python, "JavaScript": javascript, "R": r}
"""What writes the lines of each language, by its name."""


def snippets(one: dict[str, Any], root: str) -> dict[str, str]:
    """The lines of every language.

    Parameters
    ----------
    one : dict
        A request of `interface_requests.json`.
    root : str
        Address of the service, with a slash at its end.
    """
    return {name: write(one, root.rstrip("/") + one["path"]) for name, write in LANGUAGES.items()}


def _answer(one: dict[str, Any]) -> str:
    return one.get("answer", "json")


def _is_bare_post(one: dict[str, Any]) -> bool:
    return one["method"] == "POST" and "body" not in one


def pretty(document: Any) -> str:
    """JSON as people write it: what fits into a line stands in a line, in the order of the document."""
    return _laid_out(document, "", lambda value: json.dumps(value, ensure_ascii=False))


def _python_value(document: Any) -> str:
    return _laid_out(
        document, "", lambda value: json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    )


def _laid_out(value: Any, indent: str, write: Any, width: int = 90) -> str:
    if not isinstance(value, (dict, list)):
        return write(value)
    inner = indent + "  "
    if isinstance(value, dict):
        marks, pairs = "{}", [(f"{json.dumps(name)}: ", part) for name, part in value.items()]
    else:
        marks, pairs = "[]", [("", part) for part in value]
    flat = marks[0] + ", ".join(name + _laid_out(part, inner, write, 10**9) for name, part in pairs) + marks[1]
    if len(indent) + len(flat) <= width:
        return flat
    lines = ",\n".join(f"{inner}{name}{_laid_out(part, inner, write, width)}" for name, part in pairs)
    return f"{marks[0]}\n{lines}\n{indent}{marks[1]}"
