"""Answers that hold nothing of a person: a process computes each once and keeps it under the hash of its question.

A question holds nothing of a person if it is one of the project's own: a worked example of the page or of the interface, byte for
byte in its normal form; or an address that has no place for a person, such as `/embed` and the cards of substances. Every other
answer is computed when it is asked for, kept by nobody, and sent with `Cache-Control: no-store`.
"""

import hashlib
import json
import threading
from functools import wraps
from typing import NamedTuple

from cachetools import LRUCache
from flask import Response, current_app, g, request
from flask_babel import get_locale

from detectapi.knowledge.catalog.files import folders
from detectapi.settings import setting
from detectapi.web.api import kept_for_five_minutes

MOST_BYTES = 16 * 2**20
"""What a process keeps at most; beyond it, what was asked for longest ago is forgotten. [bytes]"""
OVERHEAD_BYTES = 2048
"""What an entry takes beside its content, about. [bytes]"""
LONGEST_ADDRESS = 2000
"""Characters of a query; the answer to a longer one is not kept."""


class Kept(NamedTuple):
    """A response without what is particular to one request."""

    content: bytes
    headers: tuple[tuple[str, str], ...]

    def response(self):
        """It as a response; 304 if the client has it."""
        return kept_for_five_minutes(Response(self.content, headers=list(self.headers)))

    def is_accepted(self):
        """Whether the client takes this kind of content."""
        media_type = dict(self.headers).get("Content-Type", "").partition(";")[0]
        return not request.accept_mimetypes or bool(request.accept_mimetypes.best_match([media_type]))


class Memory:
    """What a process keeps, by the hash of the question. Threads may use it at the same time."""

    def __init__(self, most_bytes=MOST_BYTES):
        self._kept: LRUCache[str, Kept] = LRUCache(
            most_bytes, getsizeof=lambda kept: len(kept.content) + OVERHEAD_BYTES
        )
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(16)]

    def get(self, key):
        """What is kept under a key, or None."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key, kept):
        """Keep something, unless it is larger than all that may be kept."""
        with self._lock:
            if self._kept.getsizeof(kept) <= self._kept.maxsize:
                self._kept[key] = kept

    def turn(self, key):
        """A lock that whoever computes what belongs to a key holds meanwhile, so that it is computed once."""
        return self._turns[int(key[:8], 16) % len(self._turns)]


def init_app(app):
    """Answer from memory what is kept there. Such a request takes no place among those that compute."""
    app.extensions["detectapi-memory"] = Memory()

    @app.before_request
    def answer_from_memory():
        g.question_key = key_of_address()
        kept = memory().get(g.question_key) if g.question_key else None
        return kept.response() if kept and kept.is_accepted() else None


def memory():
    """That of this application."""
    return current_app.extensions["detectapi-memory"]


def computed_once(*names, when=None):
    """Keep the answers of a view.

    Parameters
    ----------
    *names : str
        Those of all parts that its address may have, beside `lang`. With another part, the answer is not kept.
    when : callable, optional
        Whether the answer to the current request may be kept.
    """

    def decorate(view):
        @wraps(view)
        def answered(**arguments):
            key = g.get("question_key")
            if key is None:
                return view(**arguments)
            with memory().turn(key):
                kept = memory().get(key)
                if kept is None:
                    response = view(**arguments)
                    if response.status_code != 200:
                        return response
                    kept = Kept(response.get_data(), tuple(response.headers))
                    memory().put(key, kept)
            return kept.response()

        vars(answered)["kept_by"] = ({*names, "lang"}, when)
        return answered

    return decorate


def key_of_address():
    """The hash of the question of the current address; None where its answer may not be kept."""
    names, when = getattr(current_app.view_functions.get(request.endpoint or ""), "kept_by", ((), None))
    if not names or request.method not in ("GET", "HEAD") or len(request.query_string) > LONGEST_ADDRESS:
        return None
    if not names.issuperset(request.args) or (when and not when()):
        return None
    asked = [request.endpoint, request.view_args, sorted(request.args.items(multi=True))]
    return hashed([*asked, str(get_locale()), request.url_root, setting("DETECTAPI_EMBED_ORIGINS"), *names_of_data()])


def names_of_data():
    """The folders that answers are made from: with others, an answer is another one."""
    return [str(folder) for folder in folders()]


def hashed(question):
    """The hash of a question in its normal form: names in order, no spaces."""
    return hashlib.sha256(json.dumps(question, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def bytes_computed_once(question, compute):
    """The bytes of the answer to one of the project's own questions.

    Parameters
    ----------
    question : dict
    compute : callable
        Makes the bytes where they are not kept yet.
    """
    key = hashed([question, *names_of_data()])
    with memory().turn(key):
        kept = memory().get(key)
        if kept is None:
            kept = Kept(compute(), ())
            memory().put(key, kept)
    return kept.content
