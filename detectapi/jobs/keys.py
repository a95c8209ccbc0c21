"""API keys: shown once, stored as a keyed hash, revoked for good.

A key is ``dk_live_<8 characters, public>_<43 characters, secret>``. The public part is the id of its row; the HMAC of the whole
key with the pepper of the server must equal the stored hash. A key has 256 random bits, so a fast hash is safe. With a slow one,
callers with wrong keys could keep the server busy.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import math
import os
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine, insert, select, update

from detectapi.jobs import database
from detectapi.jobs.scopes import SCOPES
from detectapi.jobs.settings import DAY_S, Quota, Settings
from detectapi.jobs.tables import api_key
from detectapi.settings import setting

FORM = re.compile(r"dk_live_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Caller(NamedTuple):
    """A caller: id of the key ("" is anonymous), scopes, quota."""

    id: str
    scopes: frozenset[str]
    quota: Quota


def pepper(settings: Settings) -> bytes:
    """The secret of the server, from ``DETECTAPI_KEY_PEPPER`` or a file in the folder of jobs, which is made if missing.

    Raises
    ------
    ValueError
        The jobs are not in a folder, and the variable is not set.
    """
    secret = setting("DETECTAPI_KEY_PEPPER")
    if secret is not None:
        return secret.encode()
    if "://" in settings.folder:
        raise ValueError("DETECTAPI_KEY_PEPPER is needed where DETECTAPI_JOBS is a URL")
    path = Path(settings.folder) / "pepper"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".pepper.{secrets.token_hex(8)}")
    if not path.exists():
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)))
        try:
            os.link(beside, path)  # if several processes start at once, the first one makes the file
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return path.read_bytes()


class Keys:
    """The keys of a server.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    secret : bytes
        The pepper.
    usual : Quota
        The limits of keys that have none of their own.
    clock : callable
        Seconds since the epoch.
    patience_s : float
        Time for which work is tried again while the database cannot be used. [s]
    """

    def __init__(
        self, engine: Engine, secret: bytes, usual: Quota, clock=time.time, patience_s: float = database.PATIENCE_S
    ):
        self.engine, self.secret, self.usual, self.clock = engine, secret, usual, clock
        self.patience_s = patience_s

    def _do(self, query, patience_s=None):
        engine = database.reading(self.engine) if query.is_select else self.engine

        def in_transaction():
            with engine.begin() as connection:
                result = connection.execute(query)
                return [dict(row) for row in result.mappings()] if result.returns_rows else result.rowcount

        return database.patiently(in_transaction, self.patience_s if patience_s is None else patience_s)

    def _hash(self, key: str) -> str:
        return hmac.new(self.secret, key.encode(), hashlib.sha256).hexdigest()

    def issue(
        self, owner: str, scopes: Iterable[str], expires_s: float | None = None, quota: tuple = (None, None, None)
    ) -> str:
        """Make a key. It is returned here and stored nowhere.

        Raises
        ------
        ValueError
            A scope does not exist, or the key would never expire though a time was asked for.
        """
        if expires_s is not None and not 0.0 < expires_s < math.inf:
            raise ValueError("a key expires after a time above 0")
        wanted = sorted(set(scopes))
        if not wanted or not set(wanted) <= SCOPES.keys():
            raise ValueError(f"scopes are: {', '.join(SCOPES)}")
        public = "".join(secrets.choice(ALPHABET) for _ in range(8))
        key = f"dk_live_{public}_{secrets.token_urlsafe(32)}"
        now = self.clock()
        values = {
            "id": public, "owner": owner, "hash": self._hash(key), "scopes": " ".join(wanted), "created": now,
            "expires": None if expires_s is None else now + expires_s,
            "quota_rows": quota[0], "quota_jobs": quota[1], "quota_bytes": quota[2],
        }  # fmt: skip
        self._do(insert(api_key).values(**values))
        return key

    def all(self) -> list[dict[str, Any]]:
        """All keys without their hashes, the oldest first."""
        return [
            {n: v for n, v in row.items() if n != "hash"}
            for row in self._do(select(api_key).order_by(api_key.c.created))
        ]

    def revoke(self, public: str) -> bool:
        """Make a key invalid; False if there is no valid key of this id."""
        query = update(api_key).where(api_key.c.id == public, api_key.c.revoked.is_(None)).values(revoked=self.clock())
        return self._do(query) == 1

    def caller(self, key: str) -> Caller | None:
        """The caller who has a key; None if the key is not valid."""
        match = FORM.fullmatch(key)
        rows = self._do(select(api_key).where(api_key.c.id == match[1])) if match else []
        # Compared also if there is no such row, so that an unknown id takes as long as a wrong secret.
        right = hmac.compare_digest(self._hash(key), rows[0]["hash"] if rows else "0" * 64)
        now = self.clock()
        if not rows or not right or rows[0]["revoked"] is not None or (rows[0]["expires"] or now + 1) <= now:
            return None
        row = rows[0]
        today = now - now % DAY_S
        if (row["last_used"] or 0.0) < today:
            with contextlib.suppress(*database.AWAY):  # the next call tries again
                self._do(update(api_key).where(api_key.c.id == row["id"]).values(last_used=today), 0.0)
        return Caller(row["id"], frozenset(row["scopes"].split()), self._quota(row))

    def quota_of(self, public: str) -> Quota:
        """The quota of a key, or the usual one of anonymous callers."""
        rows = self._do(select(api_key).where(api_key.c.id == public))
        return self._quota(rows[0]) if rows else self.usual

    def _quota(self, row: Mapping[str, Any]) -> Quota:
        """The limits of a key, the usual ones in place of those it does not have."""
        own = {name: row[f"quota_{name}"] for name in Quota.__slots__}
        return replace(self.usual, **{name: limit for name, limit in own.items() if limit is not None})
