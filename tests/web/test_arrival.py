"""Where a request ends, byte by byte and all at once."""

import random

from detectapi.web.arrival import LARGEST_BODY, LARGEST_HEAD, PART, STREAM, TOO_LARGE, WHOLE, Arrival, asked

HEAD = b"POST /v1/estimates?lang=de HTTP/1.1\r\nHost: x\r\n"
REQUESTS = {
    "no body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a length": HEAD + b"content-length : 5\r\n\r\n12345",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n",
    "chunks with more fields at the end": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
    "a line end within a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
    "an empty length": HEAD + b"Content-Length: \r\n\r\n",
}


def looked(raw, ends):
    """What is seen at each of some ends, and the arrival."""
    arrival = Arrival()
    return [arrival.look(bytearray(raw[:end])) for end in ends], arrival


def test_a_request_is_whole_with_its_last_byte_however_it_comes():
    source = random.Random(1)
    for name, raw in REQUESTS.items():
        ways = [[len(raw)], range(1, len(raw) + 1), [*sorted(source.sample(range(1, len(raw)), 5)), len(raw)]]
        for ends in ways:
            states, arrival = looked(raw, ends)

            assert states == [PART] * (len(states) - 1) + [WHOLE], name
            assert arrival.end == len(raw), name


def test_what_follows_a_request_belongs_to_the_next_one():
    for name, raw in REQUESTS.items():
        states, arrival = looked(raw + b"GET / HTTP", [len(raw) + 10])

        assert (states, arrival.end) == ([WHOLE], len(raw)), name


def test_a_thread_reads_what_is_large_or_waits_for_a_word():
    large = HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)
    endless = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n"
    waiting = HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"

    assert looked(large, [len(large)])[0] == [STREAM]
    assert looked(endless + b"f" * LARGEST_BODY, [len(endless), len(endless) + LARGEST_BODY])[0] == [PART, STREAM]
    assert looked(waiting, [len(waiting)])[0] == [STREAM]


def test_a_head_without_an_end_is_too_large():
    assert looked(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD, [LARGEST_HEAD, LARGEST_HEAD + 10])[0] == [
        PART,
        TOO_LARGE,
    ]
    assert looked(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD + b"\r\n\r\n", [LARGEST_HEAD + 20])[0] == [TOO_LARGE]


def test_what_is_broken_is_handed_on_to_the_judge():
    both = HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    for raw in (
        b'{"canary": 7777}\r\n\r\n',
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: \xb2\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\n{}\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 2000,
        both,
    ):
        assert looked(raw, [len(raw)])[0] == [WHOLE], raw


def test_method_and_path_are_read_from_the_first_line():
    assert asked(HEAD) == ("POST", "/v1/estimates")
    assert asked(b"nonsense\r\n\r\n") == ("nonsense", "")
    assert asked(b"") == ("", "")
