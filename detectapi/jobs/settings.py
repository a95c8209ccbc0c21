"""What the operator decides, from the environment. Without `DETECTAPI_JOBS` there are no jobs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Quota:
    """What the jobs of one key may take: rows a day, jobs at once, bytes kept."""

    rows: int = 5_000_000
    jobs: int = 10
    bytes: int = 5 * 2**30


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the jobs.

    Attributes
    ----------
    folder : str
        Place of rows and parts: a folder, or a URL that all machines of a cluster reach.
    database : str
        URL; SQLite in the folder by default.
    executor : str
        ``local`` or ``dask://host:port``.
    workers : int or None
        Processes of ``local``; as many as cores by default.
    anonymous : bool
        Whether callers without a key may have jobs.
    retention_s : float
        How long results are kept. [s]
    largest_upload : int
        Of a table that is sent. [bytes]
    chunk_rows : int
        Rows that are computed at a time; see docs/scale.md.
    lease_s : float
        Time after which the chunks of a worker that says nothing are another's. [s]
    quota : Quota
        Of keys that have none of their own.
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
    """Settings from variables that begin with ``DETECTAPI_``; None where jobs are not wanted.

    Raises
    ------
    ValueError
        A variable is not as it should be.
    """
    given = os.environ if environment is None else environment
    folder = given.get("DETECTAPI_JOBS", "").strip()
    if not folder:
        return None
    database = given.get("DETECTAPI_DATABASE", "").strip()
    if not database:
        if "://" in folder:
            raise ValueError("DETECTAPI_DATABASE is needed where DETECTAPI_JOBS is a URL")
        database = f"sqlite:///{os.path.join(os.path.abspath(folder), 'jobs.sqlite')}"
    executor = given.get("DETECTAPI_EXECUTOR", "local")
    if executor not in ("local", "inline") and not executor.startswith("dask://"):
        raise ValueError("DETECTAPI_EXECUTOR must be local or dask://host:port")
    usual = Quota()

    def number(name, default):
        return int(given.get(f"DETECTAPI_{name}", "") or default)

    return Settings(
        folder=folder if "://" in folder else os.path.abspath(folder),
        database=database,
        executor=executor,
        workers=number("BATCH_WORKERS", 0) or None,
        anonymous=given.get("DETECTAPI_ANONYMOUS_JOBS", "") == "1",
        retention_s=float(given.get("DETECTAPI_RETENTION_DAYS", "") or 7) * DAY_S,
        largest_upload=number("LARGEST_UPLOAD", 64 * 2**20),
        chunk_rows=number("CHUNK_ROWS", 1000),
        lease_s=float(given.get("DETECTAPI_LEASE_S", "") or 60.0),
        quota=Quota(
            number("QUOTA_ROWS", usual.rows), number("QUOTA_JOBS", usual.jobs), number("QUOTA_BYTES", usual.bytes)
        ),
    )
