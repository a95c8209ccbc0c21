"""How much of a request has arrived: where its head and its body end.

The main loop of a worker reads a request before a thread gets it, so that a slow sender keeps no thread. gunicorn parses the same
bytes again and judges them. What is misread here can only cost time: of a thread, or of the caller.
"""

import re

HEAD_END = b"\r\n\r\n"
LARGEST_HEAD = 64 * 1024
"""Size of the largest head, all its lines together. [bytes]"""
LARGEST_BODY = 1024 * 1024
"""Size of the largest body of a request, except to `/v1/jobs`. One that may be larger is read by a thread. [bytes]"""
LONGEST_SIZE = 1024
"""Length of the longest line that says how large a chunk is. [bytes]"""

PART, WHOLE, STREAM, TOO_LARGE = "part", "whole", "stream", "too large"
"""More of it has to come; all of it is there; a thread has to read the body; its head is larger than any that is accepted."""


class Arrival:
    """A request that is arriving.

    Attributes
    ----------
    end : int or None
        Number of bytes of the request; None as long as it is not known.
    """

    def __init__(self):
        self.end = None
        self._head = None
        self._place = 0  # up to which the bytes have been looked at
        self._chunked = self._stream = False

    def look(self, data):
        """What has arrived.

        Parameters
        ----------
        data : bytearray
            From the first byte of the request; at least what it was at the last look.

        Returns
        -------
        str
            `PART`, `WHOLE`, `STREAM` or `TOO_LARGE`.
        """
        if self._head is None:
            place = data.find(HEAD_END, self._place)
            if place < 0:
                self._place = max(0, len(data) - len(HEAD_END) + 1)
                return TOO_LARGE if len(data) > LARGEST_HEAD else PART
            self._head = self._place = place + len(HEAD_END)
            self._read_head(bytes(data[: place + 2]))
        if self._head > LARGEST_HEAD:
            return TOO_LARGE
        if self._chunked:
            self._read_chunks(data)
        known = len(data) if self.end is None else self.end
        if self._stream or known > self._head + LARGEST_BODY:
            return STREAM
        return PART if self.end is None or len(data) < self.end else WHOLE

    def _read_head(self, head):
        """Learn from the head how the body is framed."""
        coding, length, expects = (_value(head, name) for name in (b"transfer-encoding", b"content-length", b"expect"))
        if expects is not None:  # the caller waits for a word before it sends the body
            self._stream = True
        elif coding is not None and length is None:
            self._chunked = True
        else:
            digits = (length or b"0").strip()
            size = int(digits) if digits.isdigit() and len(digits) < 16 else 0
            self.end = self._head + (0 if coding is not None else size)

    def _read_chunks(self, data):
        """Go on from chunk to chunk. Broken chunks end the request: gunicorn says what is wrong with them."""
        while self.end is None and self._place < len(data):
            line_end = data.find(b"\r\n", self._place, self._place + LONGEST_SIZE)
            if line_end < 0:
                if len(data) >= self._place + LONGEST_SIZE:
                    self.end = len(data)
                return
            size = bytes(data[self._place : line_end]).partition(b";")[0].strip()
            if not re.fullmatch(b"[0-9a-fA-F]{1,15}", size):
                self.end = len(data)
            elif int(size, 16):
                self._place = line_end + 2 + int(size, 16) + 2
            else:  # the last chunk; lines with more fields may follow
                last = data.find(HEAD_END, line_end)
                if last < 0:
                    return
                self.end = last + len(HEAD_END)


def _value(head, name):
    """The value of a field of the head; None where the head does not have it."""
    match = re.search(b"\r\n" + name + b"[ \t]*:([^\r\n]*)", head, re.IGNORECASE)
    return match and match[1]


def asked(data):
    """The method and the path of a request, the path without its query."""
    words = bytes(data[:LARGEST_HEAD]).partition(b"\r\n")[0].split(b" ")
    return words[0].decode("latin-1"), b" ".join(words[1:2]).partition(b"?")[0].decode("latin-1")
