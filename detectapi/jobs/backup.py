"""A backup of the jobs while they run: first the database, then the files.

A file is written before the database names it, so every part that the copied database names is among the copied files. Files that
were written in between are computed again after a restore, to the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

from detectapi.batch import storage
from detectapi.jobs import database
from detectapi.jobs.settings import Settings
from detectapi.settings import setting

DATABASE = "jobs.sqlite"
"""Name of the copy of the database, which is that of the database where nothing else is set."""


COUNTS = "cards.sqlite"
"""Name of the copy of the counts of cards."""


class Saved(NamedTuple):
    """What a backup holds: whether the database and the counts of cards are in it; number and size of the files. [bytes]"""

    database: bool
    counts: bool
    files: int
    size: int


def save(settings: Settings, folder: str) -> Saved:
    """Copy the database, if it is SQLite, the counts of cards, if kept, and the files of the jobs, if in a folder.

    Parameters
    ----------
    settings : Settings
    folder : str
        Of the backup; it is made, for this user alone.

    Raises
    ------
    FileExistsError
        The folder of the backup exists already.
    ValueError
        Neither is here: PostgreSQL and an object store have backups of their own. Or the folder of the backup is in that of the
        jobs, so that the next backup would hold this one.
    FileNotFoundError
        There is no database yet.
    """
    own_database = settings.database.startswith("sqlite")
    own_files = not storage.is_remote(settings.folder)
    if not own_database and not own_files:
        raise ValueError("The database is PostgreSQL and the files are at a URL: use the tools of both.")
    target = Path(folder)
    if own_files and target.resolve().is_relative_to(Path(settings.folder).resolve()):
        raise ValueError("A backup cannot be kept in the folder of the jobs.")
    if own_database and not database.exists(settings.database):
        raise FileNotFoundError("There is no database of jobs yet.")
    target.mkdir(mode=0o700, parents=True)
    if own_database:
        with database.connected(settings.database) as engine:
            database.copy(engine, target / DATABASE)
    counts = setting("DETECTAPI_CDS_FEEDBACK")
    has_counts = counts is not None and Path(counts).exists()
    if has_counts:
        _copy_counts(Path(counts), target / COUNTS)
    files, size = _copy_files(Path(settings.folder), target) if own_files else (0, 0)
    return Saved(own_database, has_counts, files, size)


def _copy_counts(source: Path, copy: Path) -> None:
    """Copy the counts of cards as they are at one moment."""
    copy.touch(mode=0o600, exist_ok=False)
    with contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as counts:
        counts.execute("VACUUM INTO ?", (str(copy),))


def _copy_files(source: Path, target: Path) -> tuple[int, int]:
    """Copy the files of jobs and the pepper; returns their number and size. [bytes]"""
    files = size = 0
    for place, _, names in os.walk(source):  # a folder that is removed meanwhile is passed over
        within = Path(place).relative_to(source)
        for name in sorted(names):
            if not _belongs(within / name):
                continue
            for folder in (*reversed(within.parents), within):
                (target / folder).mkdir(mode=0o700, exist_ok=True)
            copy = target / within / name
            with contextlib.suppress(FileNotFoundError):  # its job has just been deleted
                shutil.copy2(Path(place) / name, copy)
                os.chmod(copy, 0o600)
                files, size = files + 1, size + copy.stat().st_size
    return files, size


def _belongs(within: Path) -> bool:
    """Whether a file belongs to the backup: not what is half written, nor the live database."""
    if within.parts[0] == "incoming" or within.name.startswith((DATABASE, ".")):
        return False
    return within.suffix != ".lock"
