"""The database: SQLite in WAL mode by default, PostgreSQL by URL; brought up to date by Alembic."""

from __future__ import annotations

import contextlib
import fcntl
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine, event, inspect
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

Result = TypeVar("Result")
DatabaseTrouble = SQLAlchemyError
BUSY_S = 10.0
PATIENCE_S = 120.0


def connect(url: str) -> Engine:
    """An engine for a URL such as ``sqlite:////data/jobs.sqlite`` or ``postgresql+psycopg://user@host/name``."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.partition("://")[2]
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=8)
    engine = create_engine(url, connect_args={"timeout": BUSY_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection, _record):
        connection.isolation_level = None  # transactions begin where we say
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection):
        # Taken at once: a read that turns into a write could find the database changed in between and fail.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version; safe when several processes start at once."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with _alone(engine), engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.in_transaction():
            connection.commit()


@contextlib.contextmanager
def _alone(engine: Engine):
    """Only one process at a time migrates."""
    if engine.dialect.name == "sqlite":
        if not engine.url.database or engine.url.database == ":memory:":
            yield
            return
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
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


def is_current(engine: Engine) -> bool:
    """Whether the tables are there."""
    return inspect(engine).has_table("submission")


def trouble(error: SQLAlchemyError) -> str:
    """What a database says of itself, in a line: without the statement and its values, or its address."""
    if not isinstance(error, DBAPIError):
        return "its address cannot be understood" if isinstance(error, ArgumentError) else type(error).__name__
    return str(error.orig).strip().partition("\n")[0].rstrip(".") or type(error.orig).__name__


def patiently(work: Callable[[], Result], patience_s: float = PATIENCE_S) -> Result:
    """Do some work on the database, again where it was locked or away for a moment.

    Raises
    ------
    OperationalError
        It stayed so for as long as `patience_s`.
    """
    end, pause = time.monotonic() + patience_s, 0.05
    while True:
        try:
            return work()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads retries
            pause = min(pause * 2, 2.0)
