"""What `detectapi.web.gunicorn_internals` takes from gunicorn is as it was when it was read."""

import ast
import hashlib
import inspect
import re
import tomllib
from pathlib import Path

import gunicorn
import pytest
from gunicorn.workers import base, gthread

from detectapi.web import gunicorn_internals

ROOT = Path(__file__).parents[2]
WHAT_TO_DO = (
    f"gunicorn {gunicorn.__version__} changed what detectapi/web/gunicorn_internals.py builds on (checked with"
    f" {gunicorn_internals.CHECKED_WITH}). Read the change, run tests/web/test_gunicorn.py with the slow tests, then record"
    " the new digest here and the version there."
)
DIGESTS = {  # of the source, as gunicorn 27.0.1 has it
    gthread.TConn.__init__: "c8763d7c65974e1b",
    gthread.TConn.init: "5ff3d4ba451cfdf3",
    gthread.TConn.close: "6d1c334ed1979fcb",
    gthread.ThreadWorker.init_process: "e4fc63a1a68e4f48",
    gthread.ThreadWorker.accept: "f8dcead3dce5c851",
    gthread.ThreadWorker.enqueue_req: "c9f428953d24acef",
    gthread.ThreadWorker.on_client_socket_readable: "aead1a3ea7b7daff",
    gthread.ThreadWorker.wait_for_and_dispatch_events: "ea969b352482bd5c",
    gthread.ThreadWorker.run: "f92c7394d85715a4",
    gthread.ThreadWorker.murder_pending: "7bf11f46454296e1",
    gthread.ThreadWorker.finish_request: "616e7bb15a009ff7",
    gthread.ThreadWorker.handle: "ca85c9be3df75da4",
    base.Worker.handle_error: "75426448389bbac9",
}


@pytest.mark.parametrize("function", DIGESTS, ids=lambda function: function.__qualname__)
def test_a_part_of_gunicorn_is_as_it_was_read(function):
    digest = hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]

    assert DIGESTS[function] == digest, WHAT_TO_DO


def test_the_version_that_was_checked_is_the_one_that_is_installed():
    locked = re.search(
        r"^gunicorn==(\S+)", (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert gunicorn_internals.CHECKED_WITH == locked[1]


def test_no_release_is_installed_that_was_not_checked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major = int(gunicorn_internals.CHECKED_WITH.partition(".")[0])

    assert f"gunicorn>={major},<{major + 1}" in project["dependencies"]


def test_no_other_file_uses_private_names_of_gunicorn():
    """A worker class, a sentinel or an attribute of a connection: all of it by `gunicorn_internals`."""
    for path in (ROOT / "detectapi").rglob("*.py"):
        if path.name == "gunicorn_internals.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gunicorn"):
                assert node.module in ("gunicorn.http", "gunicorn.glogging"), path
