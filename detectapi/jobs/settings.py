"""Settings of the operator, from the environment. Without `DETECTAPI_JOBS` the service offers no jobs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one key: rows per day, unfinished jobs at once, stored bytes."""

    rows: int = 5_000_000
    jobs: int = 10
    bytes: int = 5 * 2**30


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
    retention_s: float = 7 * DAY_S
    largest_upload: int = 64 * 2**20
    chunk_rows: int = 1000
    lease_s: float = 60.0
    quota: Quota = Quota()


def from_environment(environment: Mapping[str, str] | None = None) -> Settings | None:
    """Settings from the variables that begin with ``DETECTAPI_``; None without `DETECTAPI_JOBS`.

    Raises
    ------
    ValueError
        A variable has a wrong value, or one that is needed is missing.
    """
    variables = os.environ if environment is None else environment
    folder = variables.get("DETECTAPI_JOBS", "").strip()
    if not folder:
        return None
    database = variables.get("DETECTAPI_DATABASE", "").strip()
    if not database:
        if "://" in folder:
            raise ValueError("DETECTAPI_DATABASE is needed where DETECTAPI_JOBS is a URL")
        database = f"sqlite:///{os.path.join(os.path.abspath(folder), 'jobs.sqlite')}"
    executor = variables.get("DETECTAPI_EXECUTOR", "local")
    if executor not in ("local", "inline") and not executor.startswith("dask://"):
        raise ValueError("DETECTAPI_EXECUTOR must be local or dask://host:port")
    usual = Quota()

    def number(name, default):
        return int(variables.get(f"DETECTAPI_{name}", "") or default)

    return Settings(
        folder=folder if "://" in folder else os.path.abspath(folder),
        database=database,
        executor=executor,
        workers=number("BATCH_WORKERS", 0) or None,
        anonymous=variables.get("DETECTAPI_ANONYMOUS_JOBS", "") == "1",
        retention_s=float(variables.get("DETECTAPI_RETENTION_DAYS", "") or 7) * DAY_S,
        largest_upload=number("LARGEST_UPLOAD", 64 * 2**20),
        chunk_rows=number("CHUNK_ROWS", 1000),
        lease_s=float(variables.get("DETECTAPI_LEASE_S", "") or 60.0),
        quota=Quota(
            number("QUOTA_ROWS", usual.rows), number("QUOTA_JOBS", usual.jobs), number("QUOTA_BYTES", usual.bytes)
        ),
    )
