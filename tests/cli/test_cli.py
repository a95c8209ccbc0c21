"""The command line: what it prints where, how it exits, and that it is the same answer."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from detectapi import service
from detectapi.cli.main import cli
from detectapi.values.errors import CatalogError
from schemas.row import PLACES

ROOT = Path(__file__).parents[2]
FLAGS = ["estimate", "--substance", "ketamine", "--dose", "35 mg intravenous over 40 min", "--draws", "100"]
CUTOFF = ["--cutoff", "norketamine=50"]


def run(*arguments, **options):
    return CliRunner().invoke(cli, arguments, **options)


def test_a_pipe_gets_the_bytes_of_the_library(question, tmp_path):
    file = tmp_path / "request.json"
    file.write_text(json.dumps(question))
    expected = service.to_json_bytes(service.answer(question))

    assert expected == run("estimate", str(file)).stdout_bytes
    assert expected == run("estimate", "-", input=json.dumps(question)).stdout_bytes
    assert expected == run(*FLAGS, *CUTOFF).stdout_bytes


def test_every_flag_asks_its_part_of_the_question():
    by_flags = run(
        *FLAGS, *CUTOFF, "--cutoff", "ketamine=100", "--rule", "all", "--serum-creatinine", "1.1", "--weight", "60-70",
        "--height", "165", "--age", "42", "--sex", "female", "--ph", "6.2", "--flow", "60", "--void-interval", "3.5",
        "--seed", "7", "--level", "0.8", "--include", "draws",
    )  # fmt: skip
    expected = service.answer(
        {
            "substance": "ketamine",
            "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
            "person": {"weight_kg": {"low": 60, "high": 70}, "height_cm": 165, "age_y": 42, "sex": "female"},
            "renal": {"serum_creatinine_mg_dl": 1.1},
            "hydration": {"urine_flow_ml_h": 60},
            "urine_ph": 6.2,
            "specimen": {"void_interval_h": 3.5},
            "assay": {
                "rule": "all",
                "analytes": [
                    {"analyte": "norketamine", "cutoff_ng_ml": 50},
                    {"analyte": "ketamine", "cutoff_ng_ml": 100},
                ],
            },
            "options": {"draws": 100, "seed": 7, "level": 0.8, "include": ["draws"]},
        }
    )

    assert service.to_json_bytes(expected) == by_flags.stdout_bytes


def test_the_other_flags_too():
    by_flags = run(*FLAGS, "--assay", "mayo-ketau", "--egfr", "35", "--hydration", "high")
    expected = service.answer(
        {
            "substance": "ketamine",
            "doses": [{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
            "renal": {"egfr_ml_min_1_73m2": 35},
            "hydration": {"level": "high"},
            "assay": "mayo-ketau",
            "options": {"draws": 100},
        }
    )

    assert service.to_json_bytes(expected) == by_flags.stdout_bytes


@pytest.mark.parametrize(
    "column",
    [
        column
        for column, (place, *_) in PLACES.items()
        if place in ("person", "renal", "hydration", "urine_ph", "specimen")
    ],
)
def test_flags_have_the_names_of_the_contract(column):
    known = {spelling for option in cli.commands["estimate"].params for spelling in option.opts}

    assert f"--{column.replace('_', '-')}" in known


@pytest.mark.parametrize(
    ("arguments", "section"),
    [
        (
            ("--creatinine-clearance-ml-min", "40-50"),
            {"renal": {"creatinine_clearance_ml_min": {"low": 40, "high": 50}}},
        ),
        (("--ckd-stage", "G4"), {"renal": {"ckd_stage": "G4"}}),
        (("--fluid-intake-l-day", "3"), {"hydration": {"fluid_intake_l_day": 3}}),
        (("--urine-creatinine-mg-dl", "90"), {"hydration": {"urine_creatinine_mg_dl": 90}}),
        (("--specific-gravity", "1.01"), {"hydration": {"specific_gravity": 1.01}}),
        (
            ("--hepatic-class", "B", "--interaction", "grapefruit", "--weight-kg", "70"),
            {"person": {"hepatic_class": "B", "interactions": ["grapefruit"], "weight_kg": 70}},
        ),
    ],
)
def test_each_measure_has_its_flag(arguments, section):
    dose = {"amount_mg": 35, "route": "intravenous", "duration_min": 40}
    asked = {"substance": "ketamine", "doses": [dose], "options": {"draws": 100}, **section}

    assert service.to_json_bytes(service.answer(asked)) == run(*FLAGS, *arguments).stdout_bytes


def test_options_suit_a_question_from_a_file_too(question):
    result = run("estimate", "-", "--seed", "7", input=json.dumps(question))

    assert 7 == json.loads(result.stdout)["provenance"]["seed"]


def test_words_when_asked_for():
    result = run(*FLAGS, *CUTOFF, "--summary")

    assert 0 == result.exit_code
    assert "is as likely positive as not" in " ".join(result.stdout.split())


def test_a_terminal_gets_words():
    """A pseudo-terminal stands in for a person's."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "detectapi", *FLAGS, *CUTOFF]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=follower) as process:
        os.close(follower)
        printed = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            printed += piece
    os.close(leader)

    assert 0 == process.returncode
    assert b"is as likely positive as not" in b" ".join(printed.split())
    assert "█".encode() in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["estimate"], "Give a FILE"),
        (["estimate", "--substance", "ketamine"], "--dose"),
        (["estimate", "/no/such/file"], "No such file"),
        ([*FLAGS, *CUTOFF, "--assay", "mayo-ketau"], "not both"),
        ([*FLAGS, "--rule", "all"], "--rule belongs to --cutoff"),
        ([*FLAGS, "--assay", "mayo-ketau", "--rule", "all"], "--rule belongs to --cutoff"),
        ([*FLAGS, "--kit-bias-sd", "0.3"], "--kit-bias-sd belongs to --cutoff"),
        ([*FLAGS, "--dose", "a lot"], "--dose 2: Must read"),
        ([*FLAGS, "--ph", "12"], "--urine-ph: Must be a number from 4 to 9"),
        ([*FLAGS, "--ph", "acid"], "--urine-ph"),
        ([*FLAGS, "--serum-creatinine", "1"], "--age-y: Missing"),
        ([*FLAGS, "--cutoff", "norketamine"], "--cutoff 1"),
        (["estimate", "--substance", "ketamin", "--dose", "1 mg oral"], "  allowed: "),
        (["estimate", "--substance", "ketamine", "--dose", "1 mg osmosis"], "--dose 1"),
        (["show", "ketamin"], "ketamine"),
    ],
)
def test_a_mistake_is_told_on_stderr_and_exits_2(arguments, message):
    result = run(*arguments)

    assert 2 == result.exit_code
    assert "" == result.stdout
    assert message in result.stderr


@pytest.mark.parametrize("text", ["{", '{"substance": "ketamine"}', "[]", "[" * 100_000])
def test_a_bad_file_exits_2(text):
    result = run("estimate", "-", input=text)

    assert (2, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith("detectapi: ")


def test_flags_beside_a_file_are_refused(question):
    result = run("estimate", "-", "--weight", "70", input=json.dumps(question))

    assert 2 == result.exit_code
    assert "--weight" in result.stderr


def test_our_mistake_exits_1(monkeypatch):
    def broken(payload):
        raise CatalogError("A file is wrong.")

    monkeypatch.setattr(service, "answer", broken)
    result = run(*FLAGS)

    assert (1, "") == (result.exit_code, result.stdout)
    assert "a fault of the program or its data: A file is wrong." in result.stderr


@pytest.mark.parametrize(
    ("command", "document"),
    [
        (["substances"], service.substances),
        (["assays"], service.assays),
        (["show", "ketamine"], lambda: service.substance("ketamine")),
    ],
)
def test_lists_are_the_bytes_of_the_service(command, document):
    assert service.to_json_bytes(document()) == run(*command).stdout_bytes
    assert 0 == run(*command, "--summary").exit_code


def test_serve_starts_gunicorn_with_the_one_configuration(monkeypatch):
    started = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append(arguments))
    run("serve", "--host", "::1", "--port", "8123", "--workers", "3")

    assert [[sys.executable, "-m", "gunicorn", "--config", "python:detectapi.web.gunicorn_conf", "--bind", "[::1]:8123",
             "--workers", "3"]] == started  # fmt: skip


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_and_option_has_its_help(command):
    assert cli.commands[command].help
    assert 0 == run(command, "--help").exit_code


def test_the_command_line_loads_no_web():
    code = (
        "import sys\nfrom detectapi.cli.main import main\n"
        "sys.argv[1:] = ['estimate', '--substance', 'ketamine', '--dose', '1 mg oral', '--draws', '100']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert output.startswith("{")
    assert not {"flask", "werkzeug", "gunicorn", "structlog"} & set(output.splitlines()[-1].split())


@pytest.mark.slow
def test_a_report_is_written_to_a_file(tmp_path):
    from pypdf import PdfReader

    asked = tmp_path / "question.json"
    asked.write_text(
        '{"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "oral"}], "options": {"draws": 100}}'
    )
    paper = tmp_path / "report.pdf"

    result = CliRunner().invoke(
        cli,
        [
            "report",
            str(asked),
            "--output",
            str(paper),
            "--language",
            "es",
            "--case",
            "2026-117",
            "--date",
            "2026-11-29",
        ],
    )

    assert result.exit_code == 0, result.output
    text = PdfReader(paper).pages[0].extract_text()
    assert "2026-117" in text
    assert "29/11/2026" in text


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--weight", "1000"), "--weight-kg: Must be a number from 2 to 400, or a range such as 60-70."),
        (("--weight", "heavy"), "--weight-kg: Must be a number, or a range such as 60-70."),
        (("--dose", "20 mg by-air"), "--dose 2: "),
    ],
)
def test_a_refusal_of_flags_names_the_flag_and_a_range_as_it_is_typed(flags, said):
    asked = ["estimate", "--substance", "ketamine", "--dose", "20 mg oral", *flags]
    result = CliRunner().invoke(cli, asked)

    assert result.exit_code == 2
    assert f"detectapi: {said}" in result.output
    assert "/" not in result.output.partition(said)[0]
