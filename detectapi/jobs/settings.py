"""Settings of the jobs, from the environment. Without `DETECTAPI_JOBS` the service offers no jobs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from detectapi.settings import SETTINGS, WrongSetting, setting

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one key: rows per day, unfinished jobs at once, stored bytes."""

    rows: int = SETTINGS["DETECTAPI_QUOTA_ROWS"].default
    jobs: int = SETTINGS["DETECTAPI_QUOTA_JOBS"].default
    bytes: int = SETTINGS["DETECTAPI_QUOTA_BYTES"].default


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the jobs.

    Attributes
    ----------
    folder : str
        Where rows and parts are stored: a folder, or a URL that all machines of a cluster can reach.
    database : str
        URL; SQLite in the folder by default.
    executor : str
        ``local`` or ``dask://host:port``.
    workers : int or None
        Processes of ``local``; one per core by default.
    anonymous : bool
        Whether callers without a key may create jobs.
    retention_s : float
        Time after which results are deleted. [s]
    largest_upload : int
        Size of the largest table that is accepted. [bytes]
    chunk_rows : int
        Rows of one chunk; see docs/scale.md.
    lease_s : float
        Time without a sign of life of a worker, after which another worker takes over its chunks. [s]
    quota : Quota
        The limits of keys that have none of their own.
    """

    folder: str
    database: str
    executor: str = "local"
    workers: int | None = None
    anonymous: bool = False
    retention_s: float = SETTINGS["DETECTAPI_RETENTION_DAYS"].default * DAY_S
    largest_upload: int = SETTINGS["DETECTAPI_LARGEST_UPLOAD"].default
    chunk_rows: int = SETTINGS["DETECTAPI_CHUNK_ROWS"].default
    lease_s: float = SETTINGS["DETECTAPI_LEASE_S"].default
    quota: Quota = Quota()


def from_environment(environment: Mapping[str, str] | None = None) -> Settings | None:
    """Settings from the variables that begin with ``DETECTAPI_``; None without `DETECTAPI_JOBS`.

    Raises
    ------
    WrongSetting
        A variable has a wrong value, or one that is needed is missing.
    """
    folder = setting("DETECTAPI_JOBS", environment)
    if folder is None:
        return None
    database = setting("DETECTAPI_DATABASE", environment)
    if database is None:
        if "://" in folder:
            raise WrongSetting("DETECTAPI_DATABASE is needed where DETECTAPI_JOBS is a URL")
        database = f"sqlite:///{os.path.join(os.path.abspath(folder), 'jobs.sqlite')}"

    def number(name):
        return setting(f"DETECTAPI_{name}", environment)

    return Settings(
        folder=folder if "://" in folder else os.path.abspath(folder),
        database=database,
        executor=setting("DETECTAPI_EXECUTOR", environment),
        workers=number("BATCH_WORKERS") or None,
        anonymous=setting("DETECTAPI_ANONYMOUS_JOBS", environment),
        retention_s=number("RETENTION_DAYS") * DAY_S,
        largest_upload=number("LARGEST_UPLOAD"),
        chunk_rows=number("CHUNK_ROWS"),
        lease_s=number("LEASE_S"),
        quota=Quota(number("QUOTA_ROWS"), number("QUOTA_JOBS"), number("QUOTA_BYTES")),
    )
