"""The database of jobs and keys: SQLite in WAL mode by default, PostgreSQL by URL. Alembic upgrades its tables."""

from __future__ import annotations

import contextlib
import fcntl
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

Result = TypeVar("Result")
DatabaseTrouble = SQLAlchemyError
BUSY_S = 10.0
"""Time that one attempt waits for a lock or a connection. [s]"""
PATIENCE_S = 120.0
"""Time for which work is tried again while the database cannot be used. [s]"""
AWAY = (OperationalError, InterfaceError, PoolTimeout)
"""The exceptions of a database that is locked, full or cannot be reached."""
FAILURES = (DBAPIError, PoolTimeout)
"""All exceptions that a database raises in place of a result."""
OLDER = {"0.1": "0002"}
"""Older versions of the program, and the revision of the tables of each."""


def connect(url: str, busy_s: float | None = None) -> Engine:
    """An engine for a URL such as ``sqlite:////data/jobs.sqlite`` or ``postgresql+psycopg://user@host/name``.

    Parameters
    ----------
    url : str
    busy_s : float, optional
        Time that one attempt waits for a lock or a connection; `BUSY_S` by default. [s]
    """
    busy_s = BUSY_S if busy_s is None else busy_s
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    # Without this the message of an exception quotes the values of a statement, which are what a caller sent.
    common = {"hide_parameters": True}
    if not url.startswith("sqlite"):
        arguments = {"connect_timeout": max(2, round(busy_s))}  # libpq takes no less
        return create_engine(
            url, connect_args=arguments, pool_pre_ping=True, pool_size=4, max_overflow=8, pool_timeout=busy_s, **common
        )
    engine = create_engine(url, connect_args={"timeout": busy_s, "check_same_thread": False}, **common)

    @event.listens_for(engine, "connect")
    def prepare(connection, _record):
        connection.isolation_level = None  # `begin` below starts transactions, not the driver
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection):
        # IMMEDIATE locks for writing at once: a transaction that reads first and then writes fails if another process has
        # written in between. A transaction that only reads does not wait for writers.
        options = connection.get_execution_options()
        if not options.get("without_transaction"):
            connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")

    return engine


@contextlib.contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine for a URL, whose connections are closed at the end."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """Whether the file of a SQLite database is there."""
    path = make_url(url).database
    return path is not None and Path(path).exists()


def copy(engine: Engine, path: Path) -> None:
    """Copy a SQLite database as it is at one moment to a new file; other processes may write meanwhile.

    Raises
    ------
    FileExistsError
        There is such a file.
    """
    path.touch(mode=0o600, exist_ok=False)  # VACUUM fills an empty file and keeps its mode
    with _without_transaction(engine).connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(path),))


def empty_log(engine: Engine) -> None:
    """Empty the write-ahead log of SQLite, which keeps what has been deleted until then; nothing to do elsewhere.

    While another process reads, the log stays; a later call empties it.
    """
    if engine.dialect.name == "sqlite":
        with _without_transaction(engine).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read."""
    return engine.execution_options(reading=True)


def _without_transaction(engine: Engine) -> Engine:
    """The same engine of SQLite for what cannot be done in a transaction."""
    return engine.execution_options(without_transaction=True)


def upgrade(engine: Engine) -> None:
    """Upgrade the tables to this version. Several processes may do so at once."""
    _migrate(engine, "upgrade", "head")


def downgrade(engine: Engine, version: str) -> None:
    """Change the tables back to those of an older version of the program.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    version : str
        A key of `OLDER`, or a version that begins with one: ``0.1.0``.

    Raises
    ------
    ValueError
        There is no such older version.
    """
    wanted = ".".join(version.split(".")[:2])
    if wanted not in OLDER:
        raise ValueError(f"older versions with tables of their own are: {', '.join(OLDER)}")
    _migrate(engine, "downgrade", OLDER[wanted])


def _migrate(engine: Engine, direction: str, revision: str) -> None:
    from alembic import command

    config = _config()
    with _alone(engine), engine.connect() as connection:
        config.attributes["connection"] = connection
        getattr(command, direction)(config, revision)
        if connection.in_transaction():
            connection.commit()


def _config():
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@contextlib.contextmanager
def _alone(engine: Engine):
    """Hold a lock, so that one process at a time upgrades."""
    if engine.dialect.name == "sqlite":
        if not engine.url.database or engine.url.database == ":memory:":
            yield
            return
        # What people asked is not for other users of this machine. SQLite gives its log the mode of the file.
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in (engine.url.database, f"{engine.url.database}.lock"):
            Path(file).touch(mode=0o600)
        with open(f"{engine.url.database}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    else:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_lock(7305411)")
            try:
                yield
            finally:
                connection.exec_driver_sql("SELECT pg_advisory_unlock(7305411)")


@cache
def head() -> str:
    """The version of the tables that this program needs."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(_config()).get_current_head())


def is_current(engine: Engine) -> bool:
    """Whether the tables exist and are of this version.

    Raises
    ------
    AWAY
        The database is locked, full or cannot be reached.
    """
    try:
        with reading(engine).begin() as connection:
            versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    except AWAY as error:
        if "no such table" in str(error.__cause__):
            return False
        raise
    except DBAPIError:
        return False
    return versions == [head()]


def trouble(error: SQLAlchemyError) -> str:
    """The message of a database in one line, without the statement, its values or the address of the database."""
    if not isinstance(error, DBAPIError):
        return "its address cannot be read" if isinstance(error, ArgumentError) else type(error).__name__
    return str(error.orig).strip().partition("\n")[0].rstrip(".") or type(error.orig).__name__


def patiently(work: Callable[[], Result], patience_s: float = PATIENCE_S) -> Result:
    """Do some work on the database, and try again while the database cannot be used.

    Raises
    ------
    AWAY
        The database could not be used for `patience_s`.
    """
    end, pause = time.monotonic() + patience_s, 0.05
    while True:
        try:
            return work()
        except AWAY:
            if time.monotonic() > end:
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - so that processes do not retry all at once
            pause = min(pause * 2, 2.0)
