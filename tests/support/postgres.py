"""A real PostgreSQL server for the tests: on a loopback port, in a temporary folder, as an unprivileged user, gone afterwards."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def programs():
    """The folder of the newest server installed; Debian keeps it off the path."""
    result = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    if result:
        return result[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise FileNotFoundError("no PostgreSQL server: apt-get install postgresql-15, as `make test` does")


def user():
    """Who runs the server: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("no unprivileged user")


@contextlib.contextmanager
def serving():
    """Run a server; yields the address of its database without the name."""
    who, where = user(), Path(tempfile.mkdtemp(prefix="detectapi-pg-"))
    tools = programs()
    identity = {}
    if who:
        os.chown(where, who.pw_uid, who.pw_gid)
        identity = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    quiet = {"cwd": where, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **identity}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = where / "data"
    server = None
    try:
        make = [tools / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(make, check=True, env={"LC_ALL": "C"}, **quiet)
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=60"]
        server = subprocess.Popen([tools / "postgres", "-D", data, "-p", str(port), "-k", where, *options], **quiet)
        end = time.monotonic() + 60
        ask = [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ask, **quiet).returncode:
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < end, "the server did not become ready"
            time.sleep(0.1)
        yield f"postgresql+psycopg://tests@127.0.0.1:{port}"
    finally:
        if server is not None:
            server.send_signal(2)  # SIGINT: fast shutdown
            server.wait(30)
        shutil.rmtree(where, ignore_errors=True)
