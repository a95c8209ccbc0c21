"""How long a substance stays detectable in urine, with stated uncertainty.

    >>> from detectapi import estimate
    >>> answer = estimate(
    ...     substance="ketamine",
    ...     doses=[{"amount_mg": 35, "route": "intravenous", "duration_min": 40}],
    ...     assay={"analytes": [{"analyte": "norketamine", "cutoff_ng_ml": 50}]},
    ... )
    >>> answer.window.median_h  # doctest: +SKIP

Names are loaded when they are first asked for, so importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detectapi._version import __version__

if TYPE_CHECKING:
    from detectapi.library.answers import Estimate, Interpretation
    from detectapi.library.questions import (
        estimate,
        estimate_request,
        interpret,
        list_assays,
        list_substances,
        report,
        show_substance,
    )
    from detectapi.library.tables import estimates, interpretations
    from detectapi.values.errors import (
        CatalogError,
        DetectError,
        InputError,
        NotSupported,
        NumericalError,
        OutOfRange,
        UnknownSubstance,
    )

_HOMES = {
    "estimate": "detectapi.library.questions",
    "estimate_request": "detectapi.library.questions",
    "estimates": "detectapi.library.tables",
    "interpret": "detectapi.library.questions",
    "interpretations": "detectapi.library.tables",
    "list_assays": "detectapi.library.questions",
    "list_substances": "detectapi.library.questions",
    "report": "detectapi.library.questions",
    "show_substance": "detectapi.library.questions",
    "Estimate": "detectapi.library.answers",
    "Interpretation": "detectapi.library.answers",
    "CatalogError": "detectapi.values.errors",
    "DetectError": "detectapi.values.errors",
    "InputError": "detectapi.values.errors",
    "NotSupported": "detectapi.values.errors",
    "NumericalError": "detectapi.values.errors",
    "OutOfRange": "detectapi.values.errors",
    "UnknownSubstance": "detectapi.values.errors",
}
__all__ = [
    "CatalogError",
    "DetectError",
    "Estimate",
    "InputError",
    "Interpretation",
    "NotSupported",
    "NumericalError",
    "OutOfRange",
    "UnknownSubstance",
    "__version__",
    "estimate",
    "estimate_request",
    "estimates",
    "interpret",
    "interpretations",
    "list_assays",
    "list_substances",
    "report",
    "show_substance",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
