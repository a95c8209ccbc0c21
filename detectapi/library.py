"""The library: ask with plain Python values, get an answer that a notebook can show."""


class Record(dict):
    """A dict whose entries are attributes too: `answer.window.median_h`."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no entry {name!r}; there are: {', '.join(self)}") from None

    def __dir__(self):
        return [*super().__dir__(), *self]


def record(value):
    """The value with every dict in it turned into a `Record`."""
    if isinstance(value, dict):
        return Record((key, record(inner)) for key, inner in value.items())
    return [record(inner) for inner in value] if isinstance(value, list) else value


def plain(value):
    """The value with every `Record` in it turned back into a dict."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


class Answer(Record):
    """An answer: a dict in the contract's form, with attributes."""

    def __init__(self, answer):
        super().__init__(record(answer))

    def to_dict(self):
        """The answer as plain dicts and lists."""
        return plain(self)

    def to_json(self):
        """The answer as JSON text: the same bytes as by HTTP and on the command line."""
        from detectapi.service import to_json_bytes

        return to_json_bytes(self).decode()


class Estimate(Answer):
    """An answer: a dict in the contract's form, with attributes, and a picture of itself in a notebook."""

    def __repr__(self):
        from detectapi.telling import notebook

        return f"<Estimate: {notebook.line(self)}>"

    def __str__(self):
        from detectapi.telling import terminal

        return terminal.summary(self)

    def _repr_html_(self):
        from detectapi.telling import notebook

        return notebook.html(self)


def estimate_request(request):
    """Answer a whole question given as one dict, such as a parsed request file.

    Parameters
    ----------
    request : dict
        As the body of `POST /v1/estimates`.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    from detectapi.service import answer

    return Estimate(answer(request))


def estimate(*, substance, **question):
    """Answer a question given field by field.

    Parameters
    ----------
    substance : str
        Its id or an alias.
    **question
        The other fields of `POST /v1/estimates`: `doses` or `pattern`, `person`, `renal`, `hydration`, `urine_ph`,
        `specimen`, `assay`, `model`, `options`.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    return estimate_request({"substance": substance, **question})


class Interpretation(Answer):
    """What measured results say: a dict in the contract's form, with attributes."""

    def __repr__(self):
        return f"<Interpretation: {self['words'][0]}>"

    def __str__(self):
        from detectapi.telling import interpretation

        return interpretation.summary(self)


def interpret(*, substance, specimens, accounts, **question):
    """Read measured results backwards.

    Parameters
    ----------
    substance : str
        Its id or an alias.
    specimens : list of dict
        When each was collected, and what was found in it.
    accounts : list of dict
        What is said to have been used.
    **question
        The other fields of `POST /v1/interpretations`: `compare`, `planned`, `person`, `renal`, `hydration`, `urine_ph`, `model`,
        `programme`, `options`.

    Returns
    -------
    Interpretation

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    """
    from detectapi.service import interpret as answer

    return Interpretation(answer({"substance": substance, "specimens": specimens, "accounts": accounts, **question}))


def report(request, *, language="en", case="", date=""):
    """The answer to a question as a report for a file. It needs the extra ``report``.

    Parameters
    ----------
    request : dict
        As the body of `POST /v1/estimates`, or of `POST /v1/interpretations`.
    language : str
        ``en``, ``de`` or ``es``.
    case, date : str
        Case number and date of issue (YYYY-MM-DD) to print; empty for lines to write them on. No clock is read, so the same
        question gives the same bytes.

    Returns
    -------
    bytes
        A PDF file of two pages.

    Raises
    ------
    InputError
        `problems` points at each field that is wrong and says what is allowed.
    ImportError
        The extra is not installed.
    """
    from detectapi import service

    return service.report(request, language, case, date)


def list_substances():
    """The substances there are, in short.

    Returns
    -------
    list of dict
    """
    from detectapi.service import substances

    return record(substances()["items"])


def show_substance(substance):
    """A substance's card: every number of its model with its source.

    Parameters
    ----------
    substance : str
        Its id or an alias.

    Returns
    -------
    dict

    Raises
    ------
    UnknownSubstance
    """
    from detectapi import service

    return record(service.substance(substance))


def list_assays():
    """The registered assays.

    Returns
    -------
    list of dict
    """
    from detectapi.service import assays

    return record(assays()["items"])
