"""The socket of a caller: what has come already is read first, and what is still to come is waited for a limited time."""

import select
import socket
import time
from contextlib import suppress

PATIENCE_S = 10.0
"""Time for a request to arrive, and more as it does: one second for each SLOWEST bytes. [s]"""

SLOWEST = 16 * 1024
"""The slowest rate at which a request may arrive. [bytes/s]"""

STALLED_S = 30.0
"""Time for the caller to take a part of the answer, before the connection is closed. [s]"""

MOST_UNSENT = 2 * 1024 * 1024
"""Bytes of an answer that are kept for a caller who does not take them yet; of more, a thread waits for the caller. [bytes]"""


class Connection(socket.socket):
    """A socket that waits for its caller for a limited time.

    Attributes
    ----------
    held : bytearray
        What has come and nobody has read.
    fence : int
        So many bytes of it belong to the present request, and are not given out together with those behind them.
    unsent : bytearray
        What the caller has not taken yet.
    due : float or None
        When the request must have arrived; None between requests. [s, monotonic]
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.held, self.unsent, self.fence, self.due = bytearray(), bytearray(), 0, None

    def setblocking(self, flag):
        """Block with a time limit, or not at all."""
        self.settimeout(STALLED_S if flag else 0.0)

    def take_in(self, most):
        """Hold what has come, without waiting.

        Parameters
        ----------
        most : int
            Bytes to take.

        Returns
        -------
        int or None
            Number of bytes; 0 at the end of what the caller sends; None where nothing has come.

        Raises
        ------
        OSError
            The connection is broken.
        """
        try:
            received = super().recv(most, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        self.held += received
        return len(received)

    def recv(self, size, flags=0):
        """Receive bytes, first those that are held, and allow more time for each.

        Raises
        ------
        TimeoutError
            The request is overdue.
        """
        if self.held:
            part = bytes(self.held[: min(size, self.fence or size)])
            del self.held[: len(part)]
            self.fence = max(0, self.fence - len(part))
            return part
        if self.due is None:
            return super().recv(size, flags)
        usual = self.gettimeout()
        left = max(self.due - time.monotonic(), 1e-3)
        try:
            self.settimeout(left if usual is None else min(left, usual))
            received = super().recv(size, flags)
        finally:
            self.settimeout(usual)
        self.due += len(received) / SLOWEST
        return received

    def sendall(self, data, flags=0):
        """Send what the caller takes now, and keep the rest for `send_on`, so that a slow reader keeps no thread."""
        view = memoryview(data)
        while view and not self.unsent and self._is_ready(select.POLLOUT):
            view = view[self.send(view, flags) :]
        if len(self.unsent) + len(view) > MOST_UNSENT:
            self._send_kept()
            super().sendall(view, flags)
        else:
            self.unsent += view

    def sendfile(self, file, offset=0, count=None):
        """Send a file, behind what was kept; a thread waits for the caller."""
        self._send_kept()
        return super().sendfile(file, offset, count)

    def _send_kept(self):
        super().sendall(bytes(self.unsent))
        self.unsent.clear()

    def send_on(self):
        """Send more of what was kept, without waiting; the number of bytes.

        Raises
        ------
        OSError
            The connection is broken.
        """
        count = self.send(self.unsent) if self._is_ready(select.POLLOUT) else 0
        del self.unsent[:count]
        return count

    def _is_ready(self, event):
        waiter = select.poll()
        waiter.register(self, event)
        return bool(waiter.poll(0))

    def say(self, raw):
        """Send a short text without waiting; a caller who takes nothing does not get it."""
        with suppress(OSError):
            self.send(raw, socket.MSG_DONTWAIT)

    def is_abandoned(self):
        """Whether the caller has closed the connection, or its sending side: nobody waits for an answer."""
        try:
            return self._is_ready(select.POLLIN) and not super().recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True
