"""Counts of what became of cards, in the SQLite file that `DETECTAPI_CDS_FEEDBACK` names. Without it nothing is kept."""

import os
import sqlite3
import sys
from contextlib import closing

from detectapi.settings import setting
from detectapi.web import logs

TABLE = (
    "CREATE TABLE IF NOT EXISTS feedback"
    " (service TEXT, outcome TEXT, day TEXT, number INTEGER, PRIMARY KEY (service, outcome, day))"
)
ADD = "INSERT INTO feedback VALUES (?, ?, ?, 1) ON CONFLICT (service, outcome, day) DO UPDATE SET number = number + 1"
PATIENCE_S = 2.0
"""Time to wait for another process that counts."""


def count(service_id, outcome, day):
    """Count one feedback. What cannot be counted is logged by its place and lost: a caller can do nothing about it."""
    path = setting("DETECTAPI_CDS_FEEDBACK")
    if not path:
        return
    try:
        _private(path)
        with closing(sqlite3.connect(path, timeout=PATIENCE_S)) as database, database:
            database.execute(TABLE)
            database.execute(ADD, (service_id, outcome, day))
    except (sqlite3.Error, OSError):
        logs.log_failure(sys.exc_info())


def _private(path):
    """Make the file, where it is not there, readable for its owner only."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
