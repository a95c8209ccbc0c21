"""Which questions are the project's own: the worked examples of the page and of the interface."""

from functools import lru_cache

from detectapi.web.api import examples
from detectapi.web.computed_once import hashed
from detectapi.web.page.choices import presets


def is_own(question):
    """Whether a question is one of the project's own, byte for byte in its normal form."""
    return hashed(question) in hashes()


@lru_cache(maxsize=1)
def hashes():
    """Those of all of the project's own questions."""
    asked = [*(preset["request"] for preset in presets()), *(example["value"] for example in examples().values())]
    return frozenset(map(hashed, asked))
