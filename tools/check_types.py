"""Check the types: `make types`.

Without arguments, run mypy with the settings of pyproject.toml. An error in a strict room fails the check. Elsewhere the
errors are counted, and more of them than `type_errors_elsewhere` allows fail it.

With folders as arguments, show what mypy's strictest settings say about these folders. That is for making a room strict.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]


def errors(*options):
    """What mypy reports, one dictionary for each error.

    Raises
    ------
    SystemExit
        mypy could not run.
    """
    command = [sys.executable, "-m", "mypy", "--output=json", "--no-error-summary", *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603 - our own tool
    if result.returncode not in (0, 1):
        sys.exit(result.stdout + result.stderr)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    return [line for line in lines if line["severity"] == "error"]


def strict_folders():
    """Folders whose modules pyproject.toml holds to the strict settings."""
    strict = (item["module"] for item in TOOLS["mypy"]["overrides"] if item.get("disallow_untyped_defs"))
    return tuple(module.removesuffix(".*").replace(".", "/") + "/" for modules in strict for module in modules)


def show(mistakes):
    """Print errors as compilers do."""
    for error in mistakes:
        print(f"{error['file']}:{error['line']}: {error['message']}  [{error['code']}]")


def check():
    """Compare with what is allowed; returns the exit code."""
    mistakes, strict, allowed = errors(), strict_folders(), TOOLS["detectapi"]["type_errors_elsewhere"]
    in_strict = [error for error in mistakes if error["file"].startswith(strict)]
    elsewhere = [error for error in mistakes if error not in in_strict]
    show(in_strict)
    if in_strict:
        print(f"{len(in_strict)} type errors in the strict rooms ({', '.join(strict)}), where none is allowed")
    if len(elsewhere) > allowed:
        show(elsewhere)
        print(f"{len(elsewhere)} type errors elsewhere, and type_errors_elsewhere in pyproject.toml allows {allowed}")
    if len(elsewhere) < allowed:
        print(
            f"{allowed - len(elsewhere)} type errors fewer: set type_errors_elsewhere = {len(elsewhere)} in pyproject.toml"
        )
    return int(bool(in_strict) or len(elsewhere) > allowed)


def main():
    """Run the check, or show what is missing for folders to be strict."""
    folders = [name.strip("/") for name in sys.argv[1:]]
    if not folders:
        sys.exit(check())
    mistakes = [e for e in errors("--strict", *folders) if e["file"].startswith(tuple(f"{name}/" for name in folders))]
    show(mistakes)
    sys.exit(f"{len(mistakes)} errors" if mistakes else 0)


if __name__ == "__main__":
    main()
