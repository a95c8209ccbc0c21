"""What the library gives back: dicts of the contract with attributes, that show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Record(dict[str, Any]):
    """A dict whose entries are attributes too: `answer.window.median_h`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no entry {name!r}; there are: {', '.join(self)}") from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self]


def record(value: Any) -> Any:
    """The value with every dict in it turned into a `Record`."""
    if isinstance(value, dict):
        return Record((key, record(inner)) for key, inner in value.items())
    return [record(inner) for inner in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """The value with every `Record` in it turned back into a dict."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


class Answer(Record):
    """An answer: a dict in the contract's form, with attributes."""

    def __init__(self, answer: Mapping[str, Any]):
        super().__init__(record(answer))

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain dicts and lists."""
        answer: dict[str, Any] = plain(self)
        return answer

    def to_json(self) -> str:
        """The answer as JSON text: the same bytes as by HTTP and on the command line."""
        from detectapi.service import to_json_bytes

        text: str = to_json_bytes(self).decode()
        return text


class Estimate(Answer):
    """An answer: a dict in the contract's form, with attributes, and a picture of itself in a notebook."""

    def __repr__(self) -> str:
        from detectapi.telling import notebook

        return f"<Estimate: {notebook.line(self)}>"

    def __str__(self) -> str:
        from detectapi.telling import terminal

        text: str = terminal.summary(self)
        return text

    def _repr_html_(self) -> str:
        from detectapi.telling import notebook

        return notebook.html(self)

    def frame(self) -> dict[str, list[float]]:
        """The curve as columns, which pandas, Polars and pyarrow all take: ``pandas.DataFrame(answer.frame())``.

        Returns
        -------
        dict of str to list
            ``time_h`` [h after the last dose], ``probability_positive`` with its band ``low`` and ``high``. Where the answer has
            concentrations, also ``<analyte>_typical_ng_ml`` and the quantiles ``<analyte>_p05_ng_ml`` to ``<analyte>_p95_ng_ml``.
        """
        from detectapi.telling.columns import of_curve

        return of_curve(self)

    def plot(self, axes: Axes | None = None) -> Figure:
        """The picture of the page: the chance over time with its band, the times of the window, and concentrations if there are.

        It needs matplotlib: the extra ``plot``.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            To draw the chance on, and nothing else.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            matplotlib is not installed.
        """
        from detectapi.telling import png
        from detectapi.telling.picture import picture

        return png.figure(picture(self)) if axes is None else png.on_axes(axes, picture(self))


class Interpretation(Answer):
    """What measured results say: a dict in the contract's form, with attributes."""

    def __repr__(self) -> str:
        return f"<Interpretation: {self['words'][0]}>"

    def __str__(self) -> str:
        from detectapi.telling import interpretation

        text: str = interpretation.summary(self)
        return text

    def _repr_svg_(self) -> str:
        from detectapi.telling.interpretation_picture import draw_alone

        return draw_alone(self)

    def frame(self) -> dict[str, list[Any]]:
        """What `interpretations` writes of a question, as columns: a line for each account, and one for each comparison.

        Returns
        -------
        dict of str to list
            Of columns that pandas, Polars and pyarrow all take.
        """
        from detectapi.telling.columns import of_interpretation

        return of_interpretation(self)
