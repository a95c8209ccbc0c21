"""`detectapi keys`: issued once, listed without secrets, expired and revoked."""

import pytest
from click.testing import CliRunner

from detectapi.cli.main import cli
from detectapi.jobs.scopes import SCOPES


def test_the_list_says_what_a_key_is_worth(tmp_path):
    def run(*words):
        result = CliRunner().invoke(cli, ["keys", *words], env={"DETECTAPI_JOBS": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.output

    live, old, gone = (
        run("issue", "--owner", owner, "--scope", "batch:read", *more).strip()
        for owner, more in (("a", ()), ("b", ("--days", "1e-7")), ("c", ()))
    )
    run("revoke", gone)
    listed = run("list")
    assert [line.split()[1] for line in listed.splitlines()] == ["live", "expired", "revoked"]
    assert not any(key[17:] in listed for key in (live, old, gone))


@pytest.mark.parametrize("days", ["nan", "inf", "-1", "0"])
def test_a_key_expires_after_a_time_or_never_but_not_after_nonsense(tmp_path, days):
    words = ["keys", "issue", "--owner", "a", "--scope", "batch:read", "--days", days]
    result = CliRunner().invoke(cli, words, env={"DETECTAPI_JOBS": str(tmp_path)})

    assert result.exit_code == 2
    assert "dk_live" not in result.output


def test_the_command_names_the_scopes_and_refuses_others(tmp_path):
    words = ["keys", "issue", "--owner", "a", "--scope", "admin"]
    refused = CliRunner().invoke(cli, words, env={"DETECTAPI_JOBS": str(tmp_path)})

    assert refused.exit_code == 2
    for name, effect in SCOPES.items():
        assert name in refused.output
        assert effect in " ".join(CliRunner().invoke(cli, ["keys", "issue", "--help"]).output.split())
