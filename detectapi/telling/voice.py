"""How words come out: English here; the page has voices for other languages.

Sentences stand in the code in English. Who shows them takes a voice and lets it say them, so a sentence exists once.
"""


class Voice:
    """English, and the form of every other voice."""

    language = "en"

    def say(self, message, **values):
        """A sentence with its values, which are put in where it has ``%(name)s``."""
        return message % values if values else message

    def say_many(self, one, many, count, **values):
        """One of two sentences by a count, which may be put in as ``%(num)s``."""
        return (one if count == 1 else many) % {"num": count, **values}

    def number(self, value, form="g"):
        """A number in a format of Python's."""
        return format(value, form)


ENGLISH = Voice()
