"""The socket of a caller: what came is read in order, what is not taken is kept, and a caller who has gone is noticed."""

import socket
import time

import pytest

from detectapi.web import connection
from detectapi.web.connection import Connection


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours = Connection(fileno=ours.detach())
    ours.setblocking(True)
    theirs.settimeout(10.0)
    with ours, theirs:
        yield ours, theirs


def taken(theirs, count):
    received = b""
    while len(received) < count:
        received += theirs.recv(65536)
    return received


def test_what_is_held_is_read_first_and_not_beyond_the_fence(pair):
    ours, theirs = pair
    ours.setblocking(False)  # as in the main loop
    theirs.sendall(b"first second")
    assert ours.take_in(100) == 12
    assert ours.take_in(100) is None
    ours.fence = 6
    theirs.sendall(b" third")

    assert [ours.recv(4), ours.recv(100), ours.recv(100), ours.recv(100)] == [b"firs", b"t ", b"second", b" third"]


def test_a_request_that_is_overdue_ends(pair):
    ours, _ = pair
    ours.due = time.monotonic()

    with pytest.raises(TimeoutError):
        ours.recv(1)


def test_what_a_caller_does_not_take_is_kept_and_sent_on_in_order(pair):
    ours, theirs = pair
    sent = bytes(range(256)) * 4000
    for start in range(0, len(sent), 100_000):
        ours.sendall(sent[start : start + 100_000])
    assert 0 < len(ours.unsent) < len(sent)

    received = b""
    while ours.unsent:
        received += theirs.recv(100_000)
        ours.send_on()
    received += taken(theirs, len(sent) - len(received))
    assert received == sent


def test_a_file_comes_behind_what_is_kept(pair, tmp_path):
    ours, theirs = pair
    (tmp_path / "file").write_bytes(b"the file")
    ours.unsent += b"the head, "
    with (tmp_path / "file").open("rb") as file:
        ours.sendfile(file)

    assert taken(theirs, 18) == b"the head, the file"


def test_more_than_may_be_kept_is_waited_for(pair, monkeypatch):
    ours, _ = pair
    monkeypatch.setattr(connection, "MOST_UNSENT", 10_000)
    ours.settimeout(0.01)

    with pytest.raises(TimeoutError):
        ours.sendall(b" " * 2_000_000)


def test_a_caller_who_has_gone_is_noticed_and_one_who_sends_more_is_there(pair):
    ours, theirs = pair
    assert not ours.is_abandoned()
    theirs.sendall(b"more")
    assert not ours.is_abandoned()
    ours.recv(4)
    theirs.close()
    assert ours.is_abandoned()
