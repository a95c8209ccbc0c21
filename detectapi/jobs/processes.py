"""Start processes that leave Ctrl-C, and the script that is running, to the process that started them."""

from __future__ import annotations

import contextlib
import signal
import sys
from multiprocessing import resource_tracker
from types import ModuleType


def start(process) -> None:
    """Start a process in which SIGINT is blocked from the beginning, also while it imports modules.

    A terminal sends Ctrl-C to all processes of a command. Without the block, a process that is importing ends with a traceback.
    The process does not run the script that started it again, so a script needs no ``if __name__ == "__main__":``.
    """
    resource_tracker.ensure_running()  # `process.start` would start it otherwise, and that unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited
    try:
        with without_script():
            process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def without_script():
    """Let multiprocessing find no script that a new process would have to run first: what we start is imported by its name."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
