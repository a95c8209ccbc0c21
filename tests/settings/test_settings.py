"""The settings of the operator: one table, read in one way, and all of it."""

import ast
import json
import re

import pytest
from architecture import FILES, ROOT, nodes
from click.testing import CliRunner

from detectapi.cli.main import cli
from detectapi.jobs.settings import from_environment
from detectapi.settings import SETTINGS, WrongSetting, checking, setting

# What these do with the environment is not to read a setting: threads of numerical libraries, a folder that a command chooses,
# where prometheus-client counts.
MAY_TOUCH_THE_ENVIRONMENT = {
    "detectapi.settings",
    "detectapi.settings.checking",
    "detectapi.cli.contribution",
    "detectapi.jobs.engines",
    "detectapi.web.gunicorn_conf",
    "detectapi.web.metrics",
}


def names_read(module):
    """The names that code gives to `setting` and `is_set`, and the ends that follow a prefix."""
    for node in nodes(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("setting", "is_set", "number")
        ):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"DETECTAPI_{first.value}" if node.func.id == "number" else first.value


@pytest.mark.slow
def test_every_setting_is_read_and_every_one_that_is_read_is_in_the_table():
    read = {name for module in FILES for name in names_read(module) if re.fullmatch(r"[A-Z_]+", name)}

    assert {name for name in read if name.isupper() and len(name) > 3} == set(SETTINGS)


def test_no_other_code_looks_at_the_environment():
    for module in FILES.keys() - MAY_TOUCH_THE_ENVIRONMENT:
        touched = [
            node for node in nodes(module) if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        ]

        assert not [node for node in touched if isinstance(node.value, ast.Name) and node.value.id == "os"], module


def test_every_variable_that_a_document_names_is_in_the_table():
    documents = [ROOT / "README.md", ROOT / "Dockerfile", *sorted((ROOT / "docs").glob("*.md"))]
    named = {name for file in documents for name in re.findall(r"\bDETECTAPI_[A-Z_]*[A-Z]\b", file.read_text("utf-8"))}

    assert named - {"DETECTAPI_TRUSTED_HOST"} <= set(SETTINGS)  # an example of a misspelt one


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_not_set_or_empty_has_its_default(name):
    assert setting(name, {}) == setting(name, {name: "  "}) == SETTINGS[name].default


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "8080", 8080),
        ("DETECTAPI_TRUSTED_HOSTS", "a.example, b.example", ("a.example", "b.example")),
        (
            "DETECTAPI_CORS_ORIGINS",
            "https://a.example/ http://b.example:81",
            ("https://a.example", "http://b.example:81"),
        ),
        ("DETECTAPI_EXECUTOR", "dask://host:8786", "dask://host:8786"),
        ("DETECTAPI_ANONYMOUS_JOBS", "1", True),
        ("DETECTAPI_ANONYMOUS_JOBS", "0", False),
        ("DETECTAPI_RETENTION_DAYS", "0.5", 0.5),
        ("DETECTAPI_BATCH_WORKERS", "0", 0),
    ],
)
def test_a_value_that_is_allowed_is_read(name, text, value):
    assert setting(name, {name: f" {text} "}) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "80a"),
        ("PORT", "٣"),
        ("PORT", "9" * 5000),
        ("WEB_CONCURRENCY", "-1"),
        ("DETECTAPI_TRUSTED_PROXIES", "11"),
        ("DETECTAPI_TRUSTED_HOSTS", "https://a.example"),
        ("DETECTAPI_CORS_ORIGINS", "*"),
        ("DETECTAPI_CORS_ORIGINS", "https://a.example/page"),
        ("DETECTAPI_EMBED_ORIGINS", "https://a.example; script-src *"),
        ("DETECTAPI_EMBED_ORIGINS", "https://*.example"),
        ("DETECTAPI_DATABASE", "mysql://x"),
        ("DETECTAPI_DATABASE", "jobs.sqlite"),
        ("DETECTAPI_DATABASE", "postgresql://detectapi:topsecret/x"),
        ("DETECTAPI_LIMITS_STORE", "redsi://:topsecret@cache:6379/0"),
        ("DETECTAPI_LIMITS_STORE", "nonsense"),
        ("DETECTAPI_EXECUTOR", "ray"),
        ("DETECTAPI_EXECUTOR", "dask://"),
        ("DETECTAPI_WORKER", "elsewhere"),
        ("DETECTAPI_ANONYMOUS_JOBS", "yes"),
        ("DETECTAPI_RETENTION_DAYS", "nan"),
        ("DETECTAPI_RETENTION_DAYS", "week"),
        ("DETECTAPI_QUOTA_ROWS", "1e6"),
    ],
)
def test_another_value_is_refused_with_what_is_allowed_and_without_the_value(name, text):
    with pytest.raises(WrongSetting) as caught:
        setting(name, {name: text})

    assert str(caught.value) == f"{name} must be {SETTINGS[name].kind.allowed}"
    assert checking.contradictions({name: text})[0].startswith(f"{name} must be ")


@pytest.mark.parametrize(
    ("environment", "sentences"),
    [
        ({}, []),
        ({"DETECTAPI_JOBS": "jobs", "DETECTAPI_QUOTA_ROWS": "5"}, []),
        ({"DETECTAPI_QUOTA_ROWS": "5"}, ["DETECTAPI_QUOTA_ROWS has no effect without DETECTAPI_JOBS."]),
        ({"DETECTAPI_TRUSTED_HOST": "a"}, ["DETECTAPI_TRUSTED_HOST is no setting; DETECTAPI_TRUSTED_HOSTS is."]),
        ({"DETECTAPI_COLOUR": "red"}, ["DETECTAPI_COLOUR is no setting."]),
        (
            {"DETECTAPI_JOBS": "s3://bucket/jobs"},
            [f"DETECTAPI_{name} is needed where DETECTAPI_JOBS is a URL." for name in ("DATABASE", "KEY_PEPPER")],
        ),
        (
            {"DETECTAPI_JOBS": __file__},
            ["DETECTAPI_JOBS names a file; it must name a folder, or one that can be made."],
        ),
        ({"DETECTAPI_DATA": "no such folder"}, ["DETECTAPI_DATA does not name a folder."]),
    ],
)
def test_what_contradicts_itself_is_said(environment, sentences):
    assert checking.contradictions(environment) == sentences


def test_a_url_of_jobs_without_a_database_is_refused():
    with pytest.raises(WrongSetting, match="DETECTAPI_DATABASE is needed"):
        from_environment({"DETECTAPI_JOBS": "s3://bucket/jobs"})


SECRETS = {"DETECTAPI_JOBS": "jobs", "DETECTAPI_KEY_PEPPER": "hush", "DETECTAPI_DATABASE": "postgresql://u:hush@h/n"}


def test_the_command_shows_what_is_in_force_and_no_secret():
    shown = CliRunner().invoke(cli, ["config", "--json"], env={**SECRETS, "PORT": "8080"})
    rows = {row["name"]: row for row in json.loads(shown.output)["settings"]}

    assert list(rows) == list(SETTINGS)
    assert rows["PORT"] == {"name": "PORT", "value": "8080", "origin": "environment"}
    assert rows["DETECTAPI_CHUNK_ROWS"] == {"name": "DETECTAPI_CHUNK_ROWS", "value": "1000", "origin": "default"}
    assert rows["DETECTAPI_KEY_PEPPER"]["value"] == checking.HIDDEN
    assert "hush" not in shown.output
    words = CliRunner().invoke(cli, ["config", "--summary"], env=SECRETS).output
    assert "hush" not in words
    assert len(words.splitlines()) == len(SETTINGS)


def test_the_command_checks():
    good = CliRunner().invoke(cli, ["config", "check"], env={"PORT": "80"})
    bad = CliRunner().invoke(cli, ["config", "check"], env={"PORT": "hush"})

    assert (good.exit_code, good.output) == (0, "The settings are allowed and fit together.\n")
    assert (bad.exit_code, bad.output) == (2, "PORT must be a whole number from 1 to 65,535.\n")


def test_a_server_does_not_start_with_a_wrong_setting():
    started = CliRunner().invoke(cli, ["serve"], env={"DETECTAPI_CORS_ORIGINS": "*"})

    assert started.exit_code == 1
    assert started.output == (
        "Error: DETECTAPI_CORS_ORIGINS must be origins such as https://portal.example, with commas between.\n"
    )
