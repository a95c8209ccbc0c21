"""`detectapi keys`: issued once, listed without secrets, expired and revoked."""

from click.testing import CliRunner

from detectapi.cli.main import cli


def test_the_list_says_what_a_key_is_worth(tmp_path):
    def run(*words):
        result = CliRunner().invoke(cli, ["keys", *words], env={"DETECTAPI_JOBS": str(tmp_path)})
        assert result.exit_code == 0, result.output
        return result.output

    live, old, gone = (
        run("issue", "--owner", owner, "--scope", "batch:read", *more).strip()
        for owner, more in (("a", ()), ("b", ("--days", "-1")), ("c", ()))
    )
    run("revoke", gone)
    listed = run("list")
    assert [line.split()[1] for line in listed.splitlines()] == ["live", "expired", "revoked"]
    assert not any(key[17:] in listed for key in (live, old, gone))
