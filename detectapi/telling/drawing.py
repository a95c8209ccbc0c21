"""A figure of matplotlib that a notebook shows by itself, without pyplot and its list of open figures."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Drawing(Figure):
    """A figure that is drawn by Agg, as files are."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        """The picture for a notebook."""
        written = io.BytesIO()
        self.savefig(written, format="png", dpi=100)
        return written.getvalue()
