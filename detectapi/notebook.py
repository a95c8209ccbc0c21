"""The library's front door: ask with plain Python values, get an answer that a notebook can show."""

from html import escape

from detectapi.wording import window_sentences

PLOT = {"width": 520, "height": 180, "left": 44, "right": 12, "top": 10, "bottom": 34}  # [px]


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


class Estimate(Record):
    """An answer: a dict in the contract's form, with attributes, and a picture of itself in a notebook."""

    def __init__(self, answer):
        super().__init__(record(answer))

    def to_dict(self):
        """The answer as plain dicts and lists."""
        return plain(self)

    def to_json(self):
        """The answer as JSON text: the same bytes as by HTTP and on the command line."""
        from detectapi.service import to_json_bytes

        return to_json_bytes(self).decode()

    def __repr__(self):
        return f"<Estimate of {self['substance']}: {' '.join(window_sentences(self['window']))}>"

    def __str__(self):
        from detectapi.summary import summary

        return summary(self)

    def _repr_html_(self):
        sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in window_sentences(self["window"]))
        evidence = f"{self['evidence']['grade']}: {self['evidence']['because']}"
        notes = "".join(f"<li>{escape(note['message'])}</li>" for note in self["notes"])
        return (
            f"<div><strong>{escape(headline(self))}</strong>{sentences}{svg(self['curve'])}"
            f"<p>Evidence: {escape(evidence)}</p>{f'<ul>{notes}</ul>' if notes else ''}"
            f"<p><small>{escape(self['limits'])}</small></p></div>"
        )


def headline(answer):
    """Substance, analytes and cutoffs in one line."""
    cutoffs = (f"{entry['analyte']} {entry['cutoff_ng_ml']:g} ng/mL" for entry in answer["analytes"])
    return f"{answer['substance']} in urine: {(' and ' if answer['rule'] == 'all' else ' or ').join(cutoffs)}"


def svg(curve):
    """The probability curve with its band as SVG; readable on light and dark grounds.

    Parameters
    ----------
    curve : dict
        As `curve` in an answer.

    Returns
    -------
    str
        Empty where the curve has fewer than two points.
    """
    times = curve["time_h"]
    if len(times) < 2:
        return ""
    right, bottom = PLOT["width"] - PLOT["right"], PLOT["height"] - PLOT["bottom"]

    def x(hours):
        return PLOT["left"] + (right - PLOT["left"]) * hours / times[-1]

    def y(probability):
        return bottom - (bottom - PLOT["top"]) * probability

    def path(values, hours):
        return " ".join(f"{x(t):.1f},{y(p):.1f}" for t, p in zip(hours, values, strict=True))

    band = f"{path(curve['high'], times)} {path(curve['low'][::-1], times[::-1])}"
    levels = "".join(
        f'<line x1="{PLOT["left"]}" x2="{right}" y1="{y(p):.1f}" y2="{y(p):.1f}" stroke="currentColor" stroke-opacity="0.2"/>'
        f'<text x="{PLOT["left"] - 4}" y="{y(p) + 4:.1f}" text-anchor="end">{100 * p:.0f} %</text>'
        for p in (0, 0.5, 1)
    )
    unit, name = (1, "hours") if times[-1] < 96 else (24, "days")
    ticks = "".join(
        f'<text x="{x(t):.1f}" y="{bottom + 14}" text-anchor="middle">{t / unit:.3g}</text>'
        for t in (times[-1] * quarter / 4 for quarter in range(5))
    )
    return (
        f'<svg viewBox="0 0 {PLOT["width"]} {PLOT["height"]}" width="{PLOT["width"]}" height="{PLOT["height"]}" role="img" '
        'font-size="11" font-family="sans-serif" fill="currentColor">'
        f"<title>Chance that a specimen tests positive, against {name} after the last dose</title>{levels}"
        f'<polygon points="{band}" fill-opacity="0.15"/>'
        f'<polyline points="{path(curve["probability_positive"], times)}" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'{ticks}<text x="{(PLOT["left"] + right) / 2:.0f}" y="{PLOT["height"] - 6}" text-anchor="middle">{name} after the last dose</text>'
        "</svg>"
    )


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
        `problems` points at each field to mend and says what is allowed.
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
        `problems` points at each field to mend and says what is allowed.
    """
    return estimate_request({"substance": substance, **question})


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
