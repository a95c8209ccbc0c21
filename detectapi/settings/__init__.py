"""The settings of the operator: variables of the environment, each with one line in `detectapi.settings.table`.

Code reads a setting by its name with `setting`. The page for operators and `detectapi config` are made from the same table.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from detectapi.settings.table import SETTINGS, Setting

__all__ = ["SETTINGS", "Setting", "WrongSetting", "is_set", "setting"]


class WrongSetting(ValueError):
    """A variable of the environment has a value that is not allowed. The text says which, and what is allowed."""


def setting(name: str, environment: Mapping[str, str] | None = None) -> Any:
    """The value of a setting; its default where the variable is not set or empty.

    Parameters
    ----------
    name : str
        Of the variable.
    environment : dict, optional
        In place of the environment of the process.

    Raises
    ------
    WrongSetting
        Its value is not allowed.
    KeyError
        The table has no such setting.
    """
    one = SETTINGS[name]
    text = _text(name, environment)
    if not text:
        return one.default
    try:
        return one.kind.read(text)
    except ValueError:
        raise WrongSetting(f"{name} must be {one.kind.allowed}") from None


def is_set(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment says something of a setting."""
    return bool(_text(name, environment))


def _text(name: str, environment: Mapping[str, str] | None) -> str:
    variables = os.environ if environment is None else environment
    return variables.get(name, "").strip()
