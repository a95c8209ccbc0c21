"""The checks that a change must pass: one command runs them all, and the first of them needs nothing but Python."""

import functools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def steps():
    """What `make` would run for a target."""

    @functools.cache
    def of(target):
        command = [shutil.which("make"), "--always-make", "--dry-run", "--no-print-directory", target]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    return of


def test_ci_runs_the_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.search(r"^exec make --no-print-directory test\b", script, re.MULTILINE)
    assert re.search(r"^make test +#", readme, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["ruff check", "ruff format --check", "hadolint", "check_types.py", "pytest"])
@pytest.mark.parametrize("target", ["check", "test"])
def test_check_and_test_run_lint_types_and_tests(steps, target, step):
    assert step in steps(target)


@pytest.mark.slow
@pytest.mark.parametrize("step", ['-m "slow or not slow"', "sphinx --builder html --fail-on-warning"])
def test_only_make_test_runs_the_slow_tests_and_builds_the_site(steps, step):
    assert step in steps("test")
    assert step not in steps("check")


@pytest.mark.parametrize("need", ["chromium", "npm", "postgresql", "libpango"])
def test_make_check_needs_neither_browser_nor_database(steps, need):
    assert need in steps("test")
    assert need not in steps("check")


def test_every_hook_calls_a_tool_of_the_environment():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.+)$", hooks, re.MULTILINE)

    assert {"local"} == set(re.findall(r"^ +- repo: (.+)$", hooks, re.MULTILINE))
    assert entries
    assert all(entry.startswith(".venv/bin/") for entry in entries)


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def check(tmp_path):
    """Run the checker of types over a small project: a strict room and another one."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "check_types.py", tmp_path / "tools")

    def run(strict, elsewhere, allowed):
        for room, text in (("strict", strict), ("elsewhere", elsewhere)):
            (tmp_path / room).mkdir()
            (tmp_path / room / "__init__.py").write_text(text)
        (tmp_path / "pyproject.toml").write_text(
            f"""
            [tool.detectapi]
            type_errors_elsewhere = {allowed}
            [tool.mypy]
            files = ["strict", "elsewhere"]
            check_untyped_defs = true
            [[tool.mypy.overrides]]
            module = ["strict.*"]
            disallow_untyped_defs = true
            """
        )
        command = [sys.executable, "tools/check_types.py"]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    return run


RIGHT = "def f(x: int) -> int:\n    return x\n"
UNTYPED = "def f(x):\n    return x\n"
WRONG = 'def f(x: int) -> int:\n    return x\n\n\nf("1")\n'


def test_a_function_without_types_fails_a_strict_room_only(check):
    code, said = check(strict=UNTYPED, elsewhere=UNTYPED, allowed=0)

    assert 1 == code
    assert "strict/__init__.py:1" in said
    assert "elsewhere/__init__.py" not in said


@pytest.mark.parametrize(("allowed", "code"), [(0, 1), (1, 0), (2, 0)])
@pytest.mark.slow
def test_the_number_of_errors_elsewhere_may_only_fall(check, allowed, code):
    result, said = check(strict=RIGHT, elsewhere=WRONG, allowed=allowed)

    assert code == result
    assert ("set type_errors_elsewhere = 1" in said) == (allowed == 2)
