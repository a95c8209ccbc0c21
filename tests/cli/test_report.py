"""`detectapi report`: a report as a file."""

from click.testing import CliRunner

from detectapi.cli.main import cli


def test_a_report_that_cannot_be_written_is_refused_in_a_line(tmp_path):
    question = tmp_path / "question.json"
    question.write_text(
        '{"substance": "ketamine", "doses": [{"amount_mg": 35, "route": "oral"}], "options": {"draws": 100}}'
    )
    result = CliRunner().invoke(cli, ["report", str(question), "--output", str(tmp_path / "nowhere" / "x.pdf")])

    assert result.exit_code == 2
    assert "--output" in result.stderr
