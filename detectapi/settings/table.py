"""Every setting of the operator: what it does, what it may be, and what holds where it is not set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from detectapi.settings.kinds import Hosts, Kind, Number, Origins, Rates, Switch, Text, Url, Whole, Word

SERVICE, JOBS = "service", "jobs"

MOST_PROXIES = 10
MOST_PROCESSES = 1024
DATABASES = ("sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg")
STORES = ("redis", "rediss", "redis+unix", "redis+sentinel", "redis+cluster", "memory")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting.

    Attributes
    ----------
    name : str
        Of the variable of the environment.
    kind : Kind
        What it may be.
    effect : str
        What it does, for the operator. Markdown.
    default : object
        What holds where it is not set.
    otherwise : str
        The default in words. Markdown.
    group : {'service', 'jobs'}
        Jobs: it has an effect only where jobs are offered.
    secret : bool
        Whether it is never shown.
    """

    name: str
    kind: Kind
    effect: str
    default: Any = None
    otherwise: str = "none"
    group: str = SERVICE
    secret: bool = False


_ALL = (
    Setting(
        "PORT", Whole(1, 65535), "port; if it is set, the service is open to the network", None,
        "8000 on the loopback address",
    ),
    Setting(
        "WEB_CONCURRENCY", Whole(1, 64), "worker processes for HTTP, under plain gunicorn; `serve` takes `--workers`", 2, "2"
    ),
    Setting("DETECTAPI_TRUSTED_HOSTS", Hosts(), "host names that are answered, with commas between", (), "all"),
    Setting(
        "DETECTAPI_TRUSTED_PROXIES", Whole(0, MOST_PROXIES),
        "number of proxies whose `X-Forwarded-…` headers are believed, see [Behind a proxy](#behind-a-proxy)", 0, "0",
    ),
    Setting(
        "DETECTAPI_CORS_ORIGINS", Origins(),
        "sites whose pages may call `/v1`, `/fhir` and `/cds-services` from a browser", (),
    ),
    Setting(
        "DETECTAPI_RECALLED_CODES", Switch(),
        "`1`: medical codes count too that were written from memory, see [FHIR and CDS Hooks](fhir.md#codes)", False,
        "only those that were looked up",
    ),
    Setting(
        "DETECTAPI_CDS_SHOW_RESTRICTED", Switch(),
        "`1`: cards are made of data too that are labelled as protected, see [Privacy](fhir.md#privacy)", False, "no such cards",
    ),
    Setting(
        "DETECTAPI_CDS_FEEDBACK", Text("a file"),
        "SQLite file that counts what became of cards, see [CDS Hooks](fhir.md#cds-hooks)", None, "nothing is kept",
    ),
    Setting(
        "DETECTAPI_METRICS", Switch(), "`1`: `/metrics` answers for Prometheus, see [Metrics](#metrics); needs the extra `metrics`",
        False, "no `/metrics`",
    ),
    Setting(
        "DETECTAPI_LIMITS", Rates(),
        "how often one address may ask, such as `120/minute; 2000/hour`, see [Limits](#limits); needs the extra `limits`", None,
        "no limit",
    ),
    Setting(
        "DETECTAPI_LIMITS_STORE", Url(STORES, "a URL such as redis://…"),
        "where several machines count together, such as `redis://cache:6379/0`", None, "each process counts for itself",
        secret=True,
    ),
    Setting("DETECTAPI_EMBED_ORIGINS", Origins(), "sites that may frame `/embed`", ()),
    Setting(
        "DETECTAPI_DATA", Text("a folder"), "folder with more substances, see [Adding a substance](adding-a-substance.md)"
    ),
    Setting(
        "DETECTAPI_CALIBRATION", Text("a folder"),
        "folder of a calibration by own observations, see [Your own data](tutorials/own-data.md)", None, "the shipped ones",
    ),
    Setting(
        "DETECTAPI_JOBS", Text("a folder or a URL"),
        "folder of rows and parts, or an fsspec URL that all machines reach", None, "no jobs", JOBS,
    ),
    Setting(
        "DETECTAPI_DATABASE", Url(DATABASES, "a URL such as sqlite:////… or postgresql://user@host/name"),
        "`sqlite:////…` or `postgresql://user@host/name`; run `detectapi db upgrade` first for PostgreSQL", None,
        "SQLite in the folder", JOBS, secret=True,
    ),
    Setting(
        "DETECTAPI_EXECUTOR", Word(("local", "inline"), ("dask://",)), "`local` or `dask://host:port`, see [Scale](scale.md)",
        "local", "`local`", JOBS,
    ),
    Setting(
        "DETECTAPI_BATCH_WORKERS", Whole(0, MOST_PROCESSES), "processes of `local`; 0 is as many as cores", 0,
        "as many as cores", JOBS,
    ),
    Setting("DETECTAPI_WORKER", Word(("beside", "apart")), "`apart`: `serve` starts no worker", "beside", "`beside`", JOBS),
    Setting(
        "DETECTAPI_KEY_PEPPER", Text("a secret text"), "secret under which keys are hashed", None, "a file in the folder",
        JOBS, secret=True,
    ),
    Setting(
        "DETECTAPI_ANONYMOUS_JOBS", Switch(), "`1`: callers without a key may have jobs, and share them", False,
        "keys only", JOBS,
    ),
    Setting("DETECTAPI_RETENTION_DAYS", Number(0.001, 3650), "days until a finished job is removed", 7.0, "7", JOBS),
    Setting("DETECTAPI_LARGEST_UPLOAD", Whole(1), "bytes of a table that is sent", 64 * 2**20, "64 MiB", JOBS),
    Setting("DETECTAPI_CHUNK_ROWS", Whole(1, 10**6), "rows computed at a time, see [Scale](scale.md)", 1000, "1000", JOBS),
    Setting(
        "DETECTAPI_LEASE_S", Number(0.1, 86_400), "seconds without a sign of life before another worker takes over", 60.0,
        "60", JOBS,
    ),
    Setting(
        "DETECTAPI_QUOTA_ROWS", Whole(0), "rows a day of a key without its own quota", 5_000_000, "5,000,000", JOBS
    ),
    Setting("DETECTAPI_QUOTA_JOBS", Whole(0), "unfinished jobs at once of such a key", 10, "10", JOBS),
    Setting("DETECTAPI_QUOTA_BYTES", Whole(0), "stored bytes of such a key", 5 * 2**30, "5 GiB", JOBS),
)  # fmt: skip

SETTINGS: Mapping[str, Setting] = MappingProxyType({one.name: one for one in _ALL})
"""By name, in the order in which operators read them."""
