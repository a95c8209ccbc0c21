"""What is delivered: the wheel, the lock files, the image."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def requirement_name(text):
    return re.match(r"[A-Za-z0-9-]+", text).group().lower()


def pins(name):
    """Return the pinned versions of a lock file, and the lines that are neither pin, hash nor comment."""
    result, strange = {}, []
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := re.match(r"([a-z0-9-]+)==(\S+)( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$", line):
            result[match[1]] = match[2]
        else:
            strange.append(line)
    return result, strange


def dockerfile_instructions(word):
    lines = DOCKERFILE.replace("\\\n", " ").splitlines()
    return [line.removeprefix(word).strip() for line in lines if line.startswith(word + " ")]


def image_command():
    return json.loads(dockerfile_instructions("CMD")[-1])


def test_the_service_needs_ten_packages():
    expected = {
        "babel",
        "cachetools",
        "click",
        "flask",
        "flask-babel",
        "flask-smorest",
        "gunicorn",
        "marshmallow",
        "numpy",
        "structlog",
    }

    assert expected == {requirement_name(dependency) for dependency in PROJECT["dependencies"]}


@pytest.mark.parametrize("name", ["run.txt", "build.txt", "dev.txt", "bench.txt", "uv.txt"])
def test_lock_files_are_pins_with_hashes_and_nothing_else(name):
    result, strange = pins(name)

    assert result
    assert not strange


def test_lock_files_agree_with_each_other_and_with_the_project():
    dev = pins("dev.txt")[0]

    assert {requirement_name(dependency) for dependency in PROJECT["dependencies"]} <= pins("run.txt")[0].keys()
    assert {requirement_name(dependency) for dependency in PROJECT["optional-dependencies"]["dev"]} <= dev.keys()
    for name in ("run.txt", "build.txt"):
        assert pins(name)[0].items() <= dev.items()


def test_no_target_of_make_installs_what_no_lock_file_names():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"^.*-m pip (?:--python \S+ )?install.*$", makefile, re.M)

    assert installs
    for line in installs:
        hashed = "--require-hashes" in line
        local = "--no-index" in line
        # A Python without ensurepip has to get pip from somewhere.
        itself = line.rstrip(" ;}").endswith("install --quiet pip")
        assert hashed or local or itself, line


def test_the_base_of_the_image_is_named_by_digest():
    bases = dockerfile_instructions("FROM")

    assert len(bases) == 2
    for base in bases:
        assert re.match(r"python:3\.11-slim-bookworm@sha256:[0-9a-f]{64}( AS build)?$", base), base
    assert len({base.split()[0] for base in bases}) == 1


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    code = "import detectapi; print(detectapi.__version__)"
    spoken = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert PROJECT["version"] == re.search(r"^version: (.+)$", citation, re.M)[1]
    assert PROJECT["version"] == spoken.strip()


@pytest.mark.parametrize("address", PROJECT["urls"].values(), ids=PROJECT["urls"].keys())
def test_the_addresses_of_the_project_lead_somewhere(address):
    assert address.startswith("https://") or (ROOT / address).exists()


def test_the_security_page_names_the_version_that_gets_fixes():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert f"today {PROJECT['version'].rpartition('.')[0]}." in text


def test_the_dockerfile_has_no_complaints():
    hadolint = Path(sys.executable).parent / "hadolint"
    result = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True)

    assert (0, "") == (result.returncode, result.stdout)


def test_what_the_image_copies_is_there_and_not_ignored():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:] for line in lines if line.startswith("!")}
    sources = [
        source
        for arguments in dockerfile_instructions("COPY")
        if not arguments.startswith("--from=")
        for source in arguments.split()[:-1]
    ]

    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert source.split("/")[0] in let_in


def test_the_image_runs_as_nobody_in_particular_and_without_a_shell():
    assert dockerfile_instructions("USER") == ["10001"]
    assert "gunicorn" == image_command()[0]
    assert '["python", "-m", "detectapi.cli.probe", "/readyz"]' in dockerfile_instructions("HEALTHCHECK")[0]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The package as `make wheel` builds it; `-o` leaves out the set-up, which the tests have done."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["make", "-o", ".venv/.installed", "wheel", f"DIST={folder}", f"BIN={Path(sys.executable).parent}"]
    subprocess.run(command, cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(wheel):
    there = {
        path.relative_to(ROOT).as_posix()
        for package in ("detectapi", "schemas")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert there == packed
    assert any(name.startswith("detectapi/data/substances/") for name in packed)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel unpacked in a folder of its own, far from the repository, as the image has it."""
    folder = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(folder)
    return {"cwd": tmp_path_factory.mktemp("empty"), "env": {**os.environ, "PYTHONPATH": str(folder)}}


@pytest.mark.slow
def test_the_installed_package_answers(installed):
    code = (
        "import detectapi, os; assert not os.path.exists('pyproject.toml'); from detectapi.cli.main import main; main()"
    )
    command = [sys.executable, "-c", code, "substances"]
    result = subprocess.run(command, **installed, capture_output=True, text=True)

    assert "ketamine" in result.stdout, result.stderr


@pytest.mark.slow
def test_the_command_of_the_image_is_accepted_by_gunicorn(installed):
    command = [sys.executable, "-m", *image_command(), "--check-config"]
    result = subprocess.run(command, **installed, capture_output=True, text=True)

    assert 0 == result.returncode, result.stderr
