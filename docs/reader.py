"""A reader at a terminal, who runs what a page shows in a folder of their own: commands in bash, Python as a file."""

import contextlib
import os
import pty
import re
import socket
import subprocess
import sys
import tempfile
import termios
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ADDRESS = "127.0.0.1:8000"  # of the service in the pages; here it listens on a free port
PATIENCE_S = 120.0  # for one command, or for the service to be ready
COLUMNS = 80
HOME = "/home/you"  # what the pages call the reader's folder
SERVES = ("detectapi serve", "make run", "opentelemetry-instrument gunicorn")
"""Commands that run until they are stopped. `make run` is `detectapi serve` after a set-up; a test holds it to that."""
OF_POSTGRES = ("createuser", "createdb", "pg_dump", "pg_restore")
"""Commands for which a server of PostgreSQL must run."""
END = "\x04END "  # printed after each command, with its exit code


class Failed(Exception):
    """A command or a piece of Python ended with another exit code than 0."""


class Reader:
    """One bash for one page, so that what a command leaves (files, variables, the service) is there for the next.

    Standard output is a terminal of 80 columns, as it is for a reader, so `detectapi` writes words and not JSON.
    """

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.folder = Path(
            self.stack.enter_context(tempfile.TemporaryDirectory(prefix="reader-", ignore_cleanup_errors=True))
        )
        (self.folder / "docs").symlink_to(ROOT / "docs")
        self.output, terminal = pty.openpty()
        self.stack.callback(os.close, self.output)
        termios.tcsetwinsize(terminal, (40, COLUMNS))
        environment = {name: os.environ[name] for name in ("HOME", "TMPDIR", "DETECTAPI_DATA") if name in os.environ}
        environment |= {
            name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NO_COLOR")
        }
        environment |= {"PATH": f"{BIN}:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb", "PYTHONPATH": str(ROOT)}
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=terminal, stderr=terminal,
            cwd=self.folder, env=environment, start_new_session=True,
        )  # fmt: skip
        self.stack.callback(self._leave)
        os.close(terminal)
        self.port, self.files, self.has_postgres = None, 0, False
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _leave(self):
        self.shell.stdin.write(b"kill $(jobs -p) 2>/dev/null; wait\n")
        self.shell.stdin.close()
        self.shell.wait(PATIENCE_S)

    def run(self, command):
        """Run a command of a page and return what the terminal shows after it."""
        if command.startswith(SERVES):
            self._serve(command)
            return ""
        if command.startswith(OF_POSTGRES) and not self.has_postgres:
            self._start_postgres()
        code, text = self._do(self._here(command))
        if code:
            raise Failed(f"{command}\nexit code {code}\n{text}")
        return text

    def python(self, code):
        """Run a piece of Python as a file and return what it prints."""
        self.files += 1
        name = f"part_{self.files}.py"
        self.save(name, self._here(code))
        return self.run(f"python {name}")

    def r(self, code):
        """Run a piece of R as a file and return what it prints."""
        self.files += 1
        name = f"part_{self.files}.R"
        self.save(name, self._here(code))
        return self.run(f"Rscript --no-init-file {name}")

    def save(self, name, text):
        """Save a file that the page tells the reader to save."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def _here(self, text):
        return text.replace(ADDRESS, f"127.0.0.1:{self.port}")

    def _start_postgres(self):
        """Start a server and let the programs of PostgreSQL find it, as they find that of the reader's machine."""
        import postgres

        address = urlsplit(self.stack.enter_context(postgres.serving()))
        place = f"PGHOST={address.hostname} PGPORT={address.port} PGUSER={address.username}"
        self._do(f"export {place} PATH=$PATH:{postgres.programs()}")
        self.has_postgres = True

    def _serve(self, command):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        started = f"detectapi serve --port {self.port} --workers 1"
        if "gunicorn" in command:
            started = f"{command} --bind 127.0.0.1:{self.port} --workers 1"
        self._do(f"exec_log=$PWD/.service.log; {started} >$exec_log 2>&1 &")
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5),
            ):
                return
            time.sleep(0.05)
        raise Failed((self.folder / ".service.log").read_text(encoding="utf-8"))

    def _do(self, command):
        """Exit code of a command and what it writes: standard output first, then the standard error."""
        self.save(".command", command + "\n")
        line = f". ./.command </dev/null 2>.error; code=$?; cat .error; printf '{END}%s\\n' $code\n"
        self.shell.stdin.write(line.encode().replace(b"\x04", b"\\004"))
        self.shell.stdin.flush()
        shown = b""
        while not (end := re.search(END.encode() + rb"(\d+)\r\n$", shown)):
            shown += os.read(self.output, 65536)
        text = shown[: end.start()].decode().replace("\r\n", "\n")
        return int(end[1]), text.replace(f":{self.port}", ":8000").replace(str(self.folder), HOME)


def commands(block):
    """The commands of a block in order, each with the output that the block shows after it.

    In a `console` block commands follow `$ ` and output stands below; in a `bash` block everything is command.

    Parameters
    ----------
    block : str

    Yields
    ------
    (str, str)
    """
    lines = block.splitlines(keepends=True)
    console = lines and lines[0].startswith("$ ")
    while lines:
        command = lines.pop(0).removeprefix("$ ")
        while lines and not _complete(command):
            command += lines.pop(0)
        shown = ""
        while console and lines and not lines[0].startswith("$ "):
            shown += lines.pop(0)
        yield command.rstrip("\n"), shown


def _complete(command):
    """Whether bash needs no further line."""
    if command.endswith("\\\n"):
        return False
    return not subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True).returncode
