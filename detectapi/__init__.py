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

import sys
from importlib import import_module
from types import ModuleType

from detectapi._version import __version__

_HOMES = {
    "estimate": "detectapi.notebook",
    "estimate_request": "detectapi.notebook",
    "list_assays": "detectapi.notebook",
    "list_substances": "detectapi.notebook",
    "show_substance": "detectapi.notebook",
    "Estimate": "detectapi.notebook",
    "CatalogError": "detectapi.errors",
    "DetectError": "detectapi.errors",
    "InputError": "detectapi.errors",
    "NotSupported": "detectapi.errors",
    "NumericalError": "detectapi.errors",
    "OutOfRange": "detectapi.errors",
    "UnknownSubstance": "detectapi.errors",
}
__all__ = ["__version__", *_HOMES]


class _Package(ModuleType):
    """The package, whose public `estimate` is the function, also after the module of that name has been imported.

    Python sets every imported submodule as an attribute of its package, which would hide the function.
    """

    def __setattr__(self, name, value):
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = _Package
