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

from detectapi._version import __version__

_HOMES = {
    "estimate": "detectapi.library",
    "estimate_request": "detectapi.library",
    "interpret": "detectapi.library",
    "list_assays": "detectapi.library",
    "list_substances": "detectapi.library",
    "report": "detectapi.library",
    "show_substance": "detectapi.library",
    "Estimate": "detectapi.library",
    "Interpretation": "detectapi.library",
    "CatalogError": "detectapi.values.errors",
    "DetectError": "detectapi.values.errors",
    "InputError": "detectapi.values.errors",
    "NotSupported": "detectapi.values.errors",
    "NumericalError": "detectapi.values.errors",
    "OutOfRange": "detectapi.values.errors",
    "UnknownSubstance": "detectapi.values.errors",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
