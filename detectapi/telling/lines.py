"""Lines of text for a terminal."""

import re
import textwrap

WIDTH = 78
PLAIN = str.maketrans({"–": "-", "²": "2", "µ": "u", "±": "+/-"})


def finish(lines, plain):
    """Lines as text; in ASCII where that is all the terminal has."""
    text = "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ") + "\n"
    return text.translate(PLAIN).encode("ascii", "replace").decode() if plain else text


def fill(text, first="", rest=None):
    """Wrapped text with its indents; a number stays with a short unit, and "5 in 100" on one line."""
    rest = " " * len(first) if rest is None else rest
    kept = re.sub(r"(?<=\d) (?=(?:h\b|%))", "\N{NO-BREAK SPACE}", text)
    kept = re.sub(r"(?<=\d) in (?=100\b)", "\N{NO-BREAK SPACE}in\N{NO-BREAK SPACE}", kept)
    wrapped = textwrap.fill(
        kept, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapped.replace("\N{NO-BREAK SPACE}", " ")
