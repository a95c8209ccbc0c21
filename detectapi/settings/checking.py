"""What is in force, and what of it contradicts itself."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from detectapi.settings import SETTINGS, WrongSetting, is_set, setting
from detectapi.settings.table import JOBS

PREFIX = "DETECTAPI_"
HIDDEN = "(set, not shown)"
WRONG = "(not allowed)"


class InForce(NamedTuple):
    """A setting as it is in force.

    Attributes
    ----------
    name, value : str
        The value as a text; of a secret, only whether it is set.
    origin : {'environment', 'default'}
    """

    name: str
    value: str
    origin: str


def in_force(environment: Mapping[str, str] | None = None) -> list[InForce]:
    """Every setting with its value and where that is from."""
    return [_in_force(name, environment) for name in SETTINGS]


def _in_force(name: str, environment: Mapping[str, str] | None) -> InForce:
    one = SETTINGS[name]
    if not is_set(name, environment):
        return InForce(name, one.otherwise.replace("`", ""), "default")
    try:
        value = setting(name, environment)
    except WrongSetting:
        return InForce(name, WRONG, "environment")
    if one.secret:
        return InForce(name, HIDDEN, "environment")
    return InForce(name, ", ".join(value) if isinstance(value, tuple) else str(value), "environment")


def contradictions(environment: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with the settings, a sentence each; none if nothing is."""
    wrong = []
    for name in SETTINGS:
        try:
            setting(name, environment)
        except WrongSetting as error:
            wrong.append(f"{error}.")
    return wrong + _unknown(environment) + ([] if wrong else _together(environment))


def _unknown(environment: Mapping[str, str] | None) -> list[str]:
    """Variables that look like settings and are none."""
    sentences = []
    for name in sorted(os.environ if environment is None else environment):
        if name.startswith(PREFIX) and name not in SETTINGS:
            near = difflib.get_close_matches(name, SETTINGS, 1, 0.8)
            sentences.append(f"{name} is no setting" + (f"; {near[0]} is." if near else "."))
    return sentences


def _together(environment: Mapping[str, str] | None) -> list[str]:
    """What holds of each setting and not of several together."""
    sentences = []
    folder = setting("DETECTAPI_JOBS", environment)
    if folder is None:
        idle = [name for name, one in SETTINGS.items() if one.group == JOBS and is_set(name, environment)]
        sentences += [f"{name} has no effect without DETECTAPI_JOBS." for name in idle]
    elif "://" in folder:
        needed = ("DETECTAPI_DATABASE", "DETECTAPI_KEY_PEPPER")
        sentences += [
            f"{name} is needed where DETECTAPI_JOBS is a URL." for name in needed if not is_set(name, environment)
        ]
    elif Path(folder).exists() and not Path(folder).is_dir():
        sentences.append("DETECTAPI_JOBS names a file; it must name a folder, or one that can be made.")
    if is_set("DETECTAPI_LIMITS_STORE", environment) and not is_set("DETECTAPI_LIMITS", environment):
        sentences.append("DETECTAPI_LIMITS_STORE has no effect without DETECTAPI_LIMITS.")
    folder = setting("DETECTAPI_DATA", environment)
    if folder is not None and not Path(folder).is_dir():
        sentences.append("DETECTAPI_DATA does not name a folder.")
    return sentences + wrong_calibration(environment)


def wrong_calibration(environment: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with the folder of a calibration by own observations; none if nothing is, or if the setting is not set."""
    folder = setting("DETECTAPI_CALIBRATION", environment)
    if folder is None:
        return []
    if not Path(folder).is_dir():
        return ["DETECTAPI_CALIBRATION does not name a folder."]
    if next(Path(folder).glob("*.json"), None) is None:
        return ["The folder that DETECTAPI_CALIBRATION names holds no calibration."]
    return []
