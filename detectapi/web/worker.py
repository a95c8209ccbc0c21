"""gunicorn's threaded worker, in which no caller can keep others waiting.

The main loop reads heads and bodies; a thread gets a request when it is whole, and leaves it to the main loop to send what the
caller does not take at once. Probes have threads of their own. What is more than
can be answered is told to come back by the main loop itself, which takes no thread.
"""

import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE

from gunicorn.http import errors

from detectapi.settings import setting
from detectapi.web import connection, gunicorn_internals, logs, metrics, overload
from detectapi.web.arrival import LARGEST_BODY, PART, STREAM, TOO_LARGE, Arrival, asked
from detectapi.web.connection import Connection
from detectapi.web.health import PROBES
from detectapi.web.refusals import refusal

IDLE_S = 5.0
"""Time for the first byte to come on a new connection. [s]"""

STALLED_AFTER_S = 2.0
"""Time after which a request that has not arrived counts as stalled. [s]"""

MOST_STALLED = 20
"""Stalled connections of one address; of more, the oldest is closed. Behind a proxy all callers have its address: no limit."""

MOST_HELD = 64 * LARGEST_BODY
"""Bytes of requests that are arriving which a process holds. [bytes]"""

MOST_SENDING = 100
"""Callers who do not take their answer yet; of more, the connection of the first is closed."""

PIECE = 64 * 1024
"""Bytes that are taken from a connection at a time. [bytes]"""

LINGER_S = 2.0
"""Time for a caller to close a connection that has ended, so that the answer is not cut off. [s]"""

SWEEP_S = 0.25
"""Time between two searches for connections that are overdue. [s]"""

OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
"""Errors of this service, not of the caller."""

REFUSALS = {errors.LimitRequestLine: 414, errors.ExpectationFailed: 417, errors.LimitRequestHeaders: 431}
"""Status by what is wrong with a request that is not HTTP; 400 for all other errors."""


class Waiting:
    """A connection whose request is arriving, or whose caller is to take the answer or to close it."""

    def __init__(self, address, due):
        self.address, self.due, self.begun = address, due, time.monotonic()
        self.arrival, self.drained, self.is_watched = Arrival(), 0, False


class Worker(gunicorn_internals.ThreadWorker):
    """A threaded worker in which no caller can keep a thread."""

    def init_process(self):
        """Prepare what belongs to the process, then run."""
        self.arriving, self.sending, self.lingering = {}, {}, {}
        self.stalling = {}  # by address: connections that are arriving, the oldest first
        self.busy, self.streams = set(), set()
        self.held, self.swept = 0, 0.0
        self.few_addresses = bool(setting("DETECTAPI_TRUSTED_PROXIES"))
        self.probes = ThreadPoolExecutor(2)
        super().init_process()

    # -- a request arrives ------------------------------------------------------------------------------------------------

    def enqueue_req(self, conn):
        """Wait beside the threads until a request is whole. gunicorn calls this for a connection on which something may come."""
        if self.cfg.is_ssl or gunicorn_internals.has_read_ahead(conn):
            self.submit(conn, self.tpool)
            return
        gunicorn_internals.replace_socket(conn, Connection)
        conn.sock.setblocking(False)
        address = conn.client[0] if isinstance(conn.client, tuple) and not self.few_addresses else None
        patience = connection.PATIENCE_S if conn.sock.held else IDLE_S
        waiting = self.arriving[conn] = Waiting(address, time.monotonic() + patience)
        if address is not None:
            self.stalling.setdefault(address, {})[conn] = None
        self.held += len(conn.sock.held)
        if conn.sock.held:  # of a request that came together with the one before
            self.look(conn, waiting)
        self.on_arriving(conn)
        if conn in self.arriving:  # most requests are there by now, and need not be watched
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_arriving, conn))
            waiting.is_watched = True
        self.close_stalled(address)

    def on_arriving(self, conn, _socket=None):
        """Take in what has come, and go on where that is the whole request."""
        waiting = self.arriving.get(conn)
        if waiting is None:  # it was ended in the same turn of the loop
            return
        try:
            count = conn.sock.take_in(PIECE)
        except OSError:
            self.leave(conn)
            self.drop(conn)
            return
        if count:
            if len(conn.sock.held) == count:
                waiting.due = time.monotonic() + connection.PATIENCE_S
            self.held += count
            waiting.due += count / connection.SLOWEST
            self.look(conn, waiting)
        elif count == 0:  # the caller sends no more: gunicorn says what is missing
            self.leave(conn)
            if conn.sock.held:
                conn.sock.fence = len(conn.sock.held)
                self.answer(conn)
            else:
                self.drop(conn)

    def look(self, conn, waiting):
        """Go on with a request if enough of it has arrived."""
        state = waiting.arrival.look(conn.sock.held)
        if state == TOO_LARGE:
            self.refuse(conn, refusal(431))
        elif state == STREAM:
            self.leave(conn)
            self.answer(conn, is_stream=True)
        elif state != PART:
            self.leave(conn)
            conn.sock.fence = waiting.arrival.end
            self.answer(conn)
        elif self.held > MOST_HELD:
            self.turn_away(conn, asked(conn.sock.held)[0])

    def leave(self, conn):
        """A connection no longer waits for its request."""
        waiting = self.arriving.pop(conn)
        if waiting.is_watched:
            self.poller.unregister(conn.sock)
        self.held -= len(conn.sock.held)
        if waiting.address is not None:
            own = self.stalling[waiting.address]
            del own[conn]
            if not own:
                del self.stalling[waiting.address]

    def close_stalled(self, address):
        """Close the oldest stalled connection of an address that has too many."""
        own = self.stalling.get(address, ())
        if len(own) > MOST_STALLED:
            oldest = next(iter(own))
            if time.monotonic() - self.arriving[oldest].begun > STALLED_AFTER_S:
                self.give_up(oldest)

    def give_up(self, conn):
        """End a connection whose request does not arrive."""
        if conn.sock.held:
            self.log.info("A caller was too slow")
            self.refuse(conn, refusal(408, "request-timeout"))
        else:
            self.leave(conn)
            self.drop(conn)

    # -- a request is there -----------------------------------------------------------------------------------------------

    def answer(self, conn, is_stream=False):
        """Let a thread answer, or turn the caller away."""
        method, path = asked(conn.sock.held)
        if path in PROBES:
            self.submit(conn, self.probes)
        elif len(self.busy) >= self.cfg.threads or (is_stream and len(self.streams) >= overload.MOST_STREAMS):
            self.turn_away(conn, method)
        elif overload.is_turned_away(self.wsgi, method, path):
            self.turn_away(conn, method)
        else:
            self.busy.add(conn)
            if is_stream:
                self.streams.add(conn)
            self.submit(conn, self.tpool)

    def submit(self, conn, pool):
        """Let a thread of a pool answer."""
        future = pool.submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def turn_away(self, conn, method):
        """Tell a caller to come back, without a thread."""
        identity = uuid.uuid4()
        logs.log_refusal(method, 503, identity)
        metrics.count_refusal(method, 503)
        self.refuse(conn, refusal(503, "overloaded", {"Retry-After": str(overload.RETRY_S)}, identity))

    def refuse(self, conn, response):
        """Send a whole response and end the connection."""
        if conn in self.arriving:
            self.leave(conn)
        conn.sock.say(response)
        if len(conn.sock.held) == conn.sock.fence:  # nothing of the request is unread that could cut off the answer
            self.drop(conn)
        else:
            self.linger(conn)

    def handle(self, conn):
        """Read and answer one request, in a thread."""
        if not isinstance(conn.sock, Connection):  # with TLS
            return super().handle(conn)
        gunicorn_internals.mark_ready(conn)
        conn.sock.due = time.monotonic() + connection.PATIENCE_S
        try:
            return super().handle(conn)
        finally:
            conn.sock.due = None

    def handle_error(self, req, client, addr, exc):
        """Answer a request that is not HTTP with a problem that repeats none of it."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request")
        status = next((status for kind, status in REFUSALS.items() if isinstance(exc, kind)), 400)
        with suppress(OSError):
            client.sendall(refusal(status))

    # -- a request is answered --------------------------------------------------------------------------------------------

    def finish_request(self, conn, fs):
        """Keep a connection for the next request, or end it. gunicorn would wait here for the caller to close it."""
        self.busy.discard(conn)
        self.streams.discard(conn)
        if not isinstance(conn.sock, Connection):
            super().finish_request(conn, fs)
        elif conn.sock.unsent and conn.sock.fileno() >= 0:
            self.sending[conn] = Waiting(None, time.monotonic() + connection.STALLED_S)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_WRITE, partial(self.on_sending, conn, fs))
            if len(self.sending) > MOST_SENDING:
                self.stop_sending(next(iter(self.sending)))
        elif fs.cancelled() or fs.exception() is not None or not fs.result():
            self.linger(conn)
        else:
            super().finish_request(conn, fs)
            if conn.sock.held and conn in self.keepalived_conns:
                self.on_client_socket_readable(conn, conn.sock)

    def on_sending(self, conn, fs, _socket=None):
        """Send more of an answer; at its end, go on as after any answer."""
        waiting = self.sending.get(conn)
        if waiting is None:
            return
        try:
            waiting.due += conn.sock.send_on() / connection.SLOWEST
        except OSError:
            self.stop_sending(conn)
            return
        if not conn.sock.unsent:
            del self.sending[conn]
            self.poller.unregister(conn.sock)
            self.finish_request(conn, fs)

    def stop_sending(self, conn):
        """Close a connection whose caller does not take the answer."""
        del self.sending[conn]
        self.poller.unregister(conn.sock)
        self.drop(conn)

    def linger(self, conn):
        """Close a connection when its caller has taken the answer: at once would cut it off (RFC 9112, section 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_lingering, conn))
        except (OSError, ValueError):  # it is closed already
            self.drop(conn)
            return
        self.lingering[conn] = Waiting(None, time.monotonic() + LINGER_S)

    def on_lingering(self, conn, _socket=None):
        """Drop what still comes; close the connection at its end."""
        waiting = self.lingering.get(conn)
        if waiting is None:
            return
        try:
            conn.sock.held.clear()
            count = conn.sock.take_in(PIECE)
        except OSError:
            count = 0
        waiting.drained += count or 0
        if count == 0 or waiting.drained > PIECE:
            self.end_lingering(conn)

    def end_lingering(self, conn):
        """Close a connection."""
        del self.lingering[conn]
        self.poller.unregister(conn.sock)
        self.drop(conn)

    def drop(self, conn):
        """Close a connection that waits for nothing."""
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self):
        """End connections that are overdue. gunicorn calls this in every turn of its loop."""
        super().murder_pending()
        now = time.monotonic()
        if now - self.swept < SWEEP_S:
            return
        self.swept = now
        for conn in [conn for conn, waiting in self.arriving.items() if waiting.due < now]:
            self.give_up(conn)
        for conn in [conn for conn, waiting in self.sending.items() if waiting.due < now]:
            self.stop_sending(conn)
        for conn in [conn for conn, waiting in self.lingering.items() if waiting.due < now]:
            self.end_lingering(conn)
