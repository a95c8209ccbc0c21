"""The library's front door: ask with plain Python values, get an answer that a notebook can show."""

from html import escape

from detectapi.telling.wording import window_sentences

WIDTH, HEIGHT = 520, 180  # of the picture [px]
LEGEND = "Line: the chance over everybody. Shaded: where it may lie, by what is not known of the model."
LEFT, RIGHT, TOP, BOTTOM = 44, 508, 10, 146  # edges of the plot in it [px]


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
        from detectapi.telling.terminal import summary

        return summary(self)

    def _repr_html_(self):
        sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in window_sentences(self["window"]))
        evidence = f"{self['evidence']['grade']}. {self['evidence']['because']}"
        notes = "".join(f"<li>{escape(note['message'])}</li>" for note in self["notes"])
        return (
            f"<div><strong>{escape(headline(self))}</strong>{sentences}{svg(self['curve'])}"
            f"<p><small>{LEGEND}</small></p>"
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
    end = times[-1]
    unit, name = (1, "hours") if end < 96 else (24, "days")
    middle, bottom = (LEFT + RIGHT) / 2, BOTTOM + 14
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img"'
        ' font-size="11" font-family="sans-serif" fill="currentColor">',
        f"<title>Chance that a specimen tests positive, against {name} after the last dose</title>",
    ]
    for level in (0, 0.5, 1):
        y = f"{height(level):.1f}"
        parts.append(f'<path d="M{LEFT},{y}H{RIGHT}" stroke="currentColor" stroke-opacity="0.2"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y}" dy="4" text-anchor="end">{100 * level:.0f}%</text>')
    for quarter in range(5):
        at, label = end * quarter / 4, f"{end * quarter / 4 / unit:.3g}"
        parts.append(f'<text x="{across(at, end):.1f}" y="{bottom}" text-anchor="middle">{label}</text>')
    band = f"{points(times, curve['high'])} {points(times[::-1], curve['low'][::-1])}"
    line = points(times, curve["probability_positive"])
    parts += [
        f'<polygon points="{band}" fill-opacity="0.15"/>',
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/>',
        f'<text x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{name} after the last dose</text>',
        "</svg>",
    ]
    return "".join(parts)


def across(hours, end):
    """Where a time lies across the plot, in px."""
    return LEFT + (RIGHT - LEFT) * hours / end


def height(probability):
    """Where a probability lies down the plot, in px."""
    return BOTTOM - (BOTTOM - TOP) * probability


def points(times, probabilities):
    """A line through the plot, as SVG has it; the longest time is the right edge."""
    end = max(times)
    return " ".join(f"{across(t, end):.1f},{height(p):.1f}" for t, p in zip(times, probabilities, strict=True))


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
