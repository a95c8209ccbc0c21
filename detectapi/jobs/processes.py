"""Starting processes that leave Ctrl-C to the one that started them."""

from __future__ import annotations

import signal
from multiprocessing import resource_tracker


def start(process) -> None:
    """Start a process in which SIGINT is blocked from its first moment, while it still imports what it needs.

    A terminal sends Ctrl-C to all processes of a command. One that is just starting would end with a traceback.
    """
    resource_tracker.ensure_running()  # else it is started in between, and unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a new process has the mask of who starts it
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
