"""A digest of what a substance file computes with, and of nothing that it only says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SAID_ONLY = frozenset(
    ("aliases", "because", "claim", "description", "locator", "meaning", "message", "reason", "reviewed", "revision")
)
"""Keys whose text is read by people only. `interactions` has such texts by name; the names count."""


def numbers_sha256(data: Mapping[str, Any]) -> str:
    """The SHA-256 of the data of a file without its sentences.

    A calibration belongs to it, and the revision of a substance counts its changes: to word a note better changes neither.

    Parameters
    ----------
    data : dict
        As TOML gives it, completed by what the file extends and includes.
    """
    counted = json.dumps(_counted(data), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(counted.encode()).hexdigest()


def _counted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: sorted(inner) if key == "interactions" and isinstance(inner, Mapping) else _counted(inner)
            for key, inner in value.items()
            if key not in SAID_ONLY
        }
    return [_counted(inner) for inner in value] if isinstance(value, (list, tuple)) else value
