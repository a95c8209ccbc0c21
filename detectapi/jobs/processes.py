"""Start processes that leave Ctrl-C to the process that started them."""

from __future__ import annotations

import signal
from multiprocessing import resource_tracker


def start(process) -> None:
    """Start a process in which SIGINT is blocked from the beginning, also while it imports modules.

    A terminal sends Ctrl-C to all processes of a command. Without the block, a process that is importing ends with a traceback.
    """
    resource_tracker.ensure_running()  # `process.start` would start it otherwise, and that unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
