"""The posterior of the typical values from calibration, read from ``data/calibration/`` if it fits the data.

A calibration is two files. ``<id>.npz`` has draws of the typical values, in standard deviations of their prior, in an order in
which neighbours are similar. ``<id>.json`` has the digests (sha256) of the numbers and observations that they were made from, and
the method. If a digest differs, the prior is used and the answer says so.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detectapi.knowledge import DATA
from detectapi.settings import setting
from detectapi.settings.checking import wrong_calibration
from detectapi.values.errors import CatalogError
from detectapi.values.substance import Substance

NONE, CURRENT, STALE = "none", "current", "stale"
OWN = "own:"
"""How the label of a calibration begins that the operator fitted to observations of their own."""


@dataclass(frozen=True, eq=False, slots=True)
class Posterior:
    """Draws of typical values, in standard deviations of the prior.

    Attributes
    ----------
    name : str
        Name of the calibration.
    index : dict of str to int
        Row of each parameter.
    deviates : array, shape (parameters, m)
        Columns are joint draws.
    fingerprint : str
        Digest of the draws, for provenance.
    own : bool
        Whether the operator fitted it to observations of their own.
    """

    name: str
    index: Mapping[str, int]
    deviates: np.ndarray
    fingerprint: str = ""
    own: bool = False

    @property
    def label(self) -> str:
        """What provenance says of it."""
        return f"{OWN if self.own else ''}{self.fingerprint[:16]}"

    @property
    def size(self) -> int:
        """Number of joint draws."""
        return self.deviates.shape[1]

    def columns(self, normal) -> np.ndarray:
        """The index of a joint draw for each standard normal number. Evenly spread numbers give evenly spread draws."""
        share = np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in normal.ravel()]).reshape(normal.shape)
        return np.minimum((share * self.size).astype(int), self.size - 1)

    def spread_out(self, rows: int) -> dict[str, np.ndarray]:
        """So many evenly spaced draws, by parameter."""
        column = ((np.arange(rows) + 0.5) / rows * self.size).astype(int)
        return {name: self.deviates[i, column] for name, i in self.index.items()}

    def median(self, name: str) -> float:
        """The median of one parameter."""
        return float(np.median(self.deviates[self.index[name]]))

    def centred(self, names) -> Posterior:
        """The same draws with the medians of some parameters at zero, for typical values that a request sets."""
        rows = [self.index[name] for name in names if name in self.index]
        if not rows:
            return self
        moved = self.deviates.copy()
        moved[rows] -= np.median(moved[rows], axis=1, keepdims=True)
        return replace(self, deviates=moved)


def posterior(substance: Substance) -> tuple[Posterior | None, str]:
    """The calibration of a substance, if there is one and it is of these very data.

    One in the folder that `DETECTAPI_CALIBRATION` names comes before the shipped one.

    Parameters
    ----------
    substance : Substance

    Returns
    -------
    Posterior or None
    str
        ``current``, ``stale`` (the data have changed since: None) or ``none`` (never calibrated: None).

    Raises
    ------
    CatalogError
        `DETECTAPI_CALIBRATION` names no folder with a calibration, or a file of it is missing or damaged.
    """
    folder = own_folder()
    if folder is not None:
        learnt, state = _posterior(DATA, folder, substance.id, substance.numbers_sha256, own=True)
        if state != NONE:
            return learnt, state
    return shipped(substance)


def own_folder() -> Path | None:
    """The folder of the operator's own calibrations; None where they have none.

    Raises
    ------
    CatalogError
        `DETECTAPI_CALIBRATION` names no folder with a calibration.
    """
    for sentence in wrong_calibration():
        raise CatalogError(sentence)
    folder = setting("DETECTAPI_CALIBRATION")
    return None if folder is None else Path(folder)


def fitted_to(substance_id: str) -> str | None:
    """The digest of the observations that the operator's own calibration of a substance was fitted to."""
    folder = own_folder()
    if folder is None or not (folder / f"{substance_id}.json").is_file():
        return None
    with _named(folder / f"{substance_id}.json") as file:
        digest_of_own: str | None = _about(file).get("own", {}).get("sha256")
        return digest_of_own


def shipped(substance: Substance) -> tuple[Posterior | None, str]:
    """The same without the operator's own calibration."""
    return _posterior(DATA, DATA / "calibration", substance.id, substance.numbers_sha256)


@lru_cache(maxsize=64)
def _posterior(
    data: Path, folder: Path, substance_id: str, numbers: str, own: bool = False
) -> tuple[Posterior | None, str]:
    for file in sorted(folder.glob("*.json")):
        with _named(file):
            about = _about(file)
            if substance_id in about["substances"]:
                changed = about["substances"][substance_id] != numbers
                if changed or about["observations"] != digest(data, about["files"]):
                    return None, STALE
                return replace(read(file), own=own), CURRENT
    return None, NONE


def _about(file: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return about


@contextmanager
def _named(file: Path) -> Iterator[Path]:
    """Turn what goes wrong while a file of a calibration is read into an error that names it."""
    try:
        yield file
    except FileNotFoundError as error:
        raise CatalogError(f"The calibration is not whole: {file.name} is missing.") from error
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        EOFError,
        OSError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise CatalogError(f"{file.name} is no file of a calibration, or it is damaged.") from error


def read(file: Path) -> Posterior:
    """The draws of a calibration, from the file beside its ``.json`` file."""
    with _named(file.with_suffix(".npz")) as archive:
        raw = archive.read_bytes()
        with np.load(io.BytesIO(raw)) as stored:
            deviates = np.ascontiguousarray(stored["deviates"].T, dtype=float)
            names = [str(name) for name in stored["names"]]
    deviates.setflags(write=False)
    index = {name: i for i, name in enumerate(names)}
    return Posterior(file.stem, index, deviates, hashlib.sha256(raw).hexdigest())


def digest(data: Path, files) -> str:
    """The digest of the files of observations and of the population that a calibration used."""
    whole = hashlib.sha256()
    for name in sorted(files):
        path = data / name
        whole.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return whole.hexdigest()


def fitted_rows(substance_id: str) -> frozenset[str]:
    """Ids of the observations that a calibration was fitted to."""
    about = json.loads((DATA / "calibration" / f"{substance_id}.json").read_text(encoding="utf-8"))
    return frozenset(item["row"] for item in about["rows"])


def left_out(substance_id: str) -> dict[str, dict[str, np.ndarray]]:
    """Draws of the calibrations without the urine rows of one publication: by source, then by parameter."""
    with np.load(DATA / "calibration" / f"{substance_id}.npz") as stored:
        names = [str(name) for name in stored["names"]]
        return {
            key.removeprefix("without."): {n: stored[key][:, i].astype(float) for i, n in enumerate(names)}
            for key in stored.files
            if key.startswith("without.")
        }
