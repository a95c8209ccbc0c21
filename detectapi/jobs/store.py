"""The record of jobs: requests, chunks and their states. Every change is one transaction.

A chunk is leased to a worker for some time. A worker writes the whole part of a chunk to the disk before it records the chunk as
done, and a chunk is recorded once. So a worker that dies loses one chunk, and a chunk that two workers compute has the same bytes.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Engine, and_, delete, func, insert, literal, select, text, update

from detectapi.jobs import database, tables
from detectapi.jobs.records import decoded, task
from detectapi.jobs.settings import DAY_S

ACTIVE = ("accepted", "validating", "queued", "running", "cancelling")
SOME_BAD = {"code": "bad-rows", "detail": "Some rows cannot be answered, and on_error is fail."}
ALL_BAD = {"code": "bad-rows", "detail": "Not one row can be answered. The list of errors says what to mend."}
TERMINAL = ("succeeded", "partial", "failed", "cancelled")
LEASE_S = 60.0  # time for which a job or chunk is leased [s]
IDEMPOTENT_S = DAY_S  # time for which an Idempotency-Key is remembered [s]
MOST_ATTEMPTS = 20  # attempts to compute a chunk before its job fails
# A source can be a grid of a million values, too much for a status that clients ask for often.
_SHOWN = [column for column in tables.job.c if column.name != "source"]


class Leased(NamedTuple):
    """A chunk that this worker has a lease of."""

    job: str
    idx: int
    attempts: int
    task: dict[str, Any]


class Conflict(Exception):
    """An earlier request had the same Idempotency-Key and was another one."""


class Store:
    """Jobs and chunks in a database.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    clock : callable
        Seconds since the epoch.
    patience_s : float
        Time for which work is tried again while the database cannot be used. [s]
    """

    def __init__(self, engine: Engine, clock=time.time, patience_s: float = database.PATIENCE_S):
        self.engine = engine
        self.clock = clock
        self.patience_s = patience_s
        self._reading = database.reading(engine)

    def _do(self, work, engine=None):
        def in_transaction():
            with (engine or self.engine).begin() as connection:
                return work(connection)

        return database.patiently(in_transaction, self.patience_s)

    def _select(self, work):
        return self._do(work, self._reading)

    # -- jobs ---------------------------------------------------------------------------------------------------------

    def submit(
        self, values: Mapping[str, Any], token: str | None = None, digest: str = "", check=None
    ) -> tuple[str, bool]:
        """Accept a job.

        Parameters
        ----------
        values : dict
            ``id``, ``owner``, ``name``, ``source``, ``options``, ``about``, ``folder``, and ``rows_total`` and ``bytes`` if known.
        token, digest : str
            Idempotency-Key and digest of the request; a second request with the same two is the same job.
        check : callable, optional
            Called with the connection before anything is written; raises to refuse the job.

        Returns
        -------
        str, bool
            Id of the job, and whether it is new.

        Raises
        ------
        Conflict
        """
        now = self.clock()

        def work(connection):
            if connection.dialect.name == "postgresql":  # one at a time for each owner; SQLite has one writer anyway
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:owner))"), {"owner": values["owner"]})
            if token:
                old = tables.submission
                connection.execute(delete(old).where(old.c.created < now - IDEMPOTENT_S))
                earlier = connection.execute(
                    select(old.c.digest, old.c.job).where(old.c.owner == values["owner"], old.c.token == token)
                ).first()
                if earlier:
                    if earlier.digest != digest:
                        raise Conflict
                    # The same id: a first attempt of this call was recorded, but the connection broke before it was confirmed.
                    return earlier.job, earlier.job == values["id"]
            if check:
                check(connection)
            row = {**values, **{name: json.dumps(values[name]) for name in ("source", "options", "about")}}
            row = {"rows_done": 0, "rows_bad": 0, "chunks_done": 0, "bytes": 0, **row}
            connection.execute(insert(tables.job).values(state="accepted", created=now, **row))
            if token:
                connection.execute(
                    insert(tables.submission).values(
                        owner=values["owner"], token=token, digest=digest, job=values["id"], created=now
                    )
                )
            return values["id"], True

        return self._do(work)

    def job(self, job: str, owner: str | None = None, source: bool = False) -> dict[str, Any] | None:
        """A job as a dict with its JSON decoded; None if there is none, or if it belongs to another owner.

        The source is left out unless it is asked for.
        """
        query = select(*(tables.job.c if source else _SHOWN)).where(tables.job.c.id == job)
        row = self._select(lambda connection: connection.execute(query).mappings().first())
        return decoded(dict(row)) if row and owner in (None, row["owner"]) else None

    def jobs(self, owner: str, limit: int = 100) -> list[dict[str, Any]]:
        """The newest jobs of an owner."""
        query = select(*_SHOWN).where(tables.job.c.owner == owner).order_by(tables.job.c.created.desc()).limit(limit)
        return self._select(lambda c: [decoded(dict(row)) for row in c.execute(query).mappings()])

    def parts(self, job: str) -> list[dict[str, Any]]:
        """Finished chunks in order, with the hashes of their parts."""
        c = tables.chunk.c
        query = select(c.idx, c.rows, c.bad, c.sha256, c.errors_sha256, c.bytes).where(c.job == job, c.state == "done")
        return self._select(
            lambda connection: [dict(row) for row in connection.execute(query.order_by(c.idx)).mappings()]
        )

    # -- reading the rows of a job ------------------------------------------------------------------------------------

    def claim(self, worker: str, lease_s: float = LEASE_S, besides: Iterable[str] = ()) -> dict[str, Any] | None:
        """Lease a job whose rows no worker has read yet, of other owners than some; None if there is none."""
        now, j = self.clock(), tables.job.c
        free = (j.state == "accepted") | ((j.state == "validating") & (j.lease_until < now))
        free &= j.owner.not_in(list(besides))
        query = select(j.id).where(free).order_by(j.created).limit(1).with_for_update(skip_locked=True)

        def work(connection):
            job = connection.execute(query).scalar()
            if job:
                claimed = {"state": "validating", "worker": worker, "lease_until": now + lease_s}
                connection.execute(update(tables.job).where(j.id == job).values(**claimed))
            return job

        claimed = self._do(work)
        return self.job(claimed, source=True) if claimed else None

    def keep(self, job: str, worker: str, lease_s: float = LEASE_S) -> bool:
        """Renew the lease of a job whose rows are being read; False if this worker has lost it or the job has ended."""
        j = tables.job.c
        query = update(tables.job).where(j.id == job, j.worker == worker, j.state == "validating")
        return self._do(lambda c: c.execute(query.values(lease_until=self.clock() + lease_s)).rowcount) == 1

    def put_off(self, job: str, worker: str, wait_s: float, problem: Mapping[str, Any] | None) -> None:
        """Give back a job whose rows cannot be read now; a worker may claim it again after some time."""
        j = tables.job.c
        query = update(tables.job).where(j.id == job, j.worker == worker, j.state == "validating")
        self._do(
            lambda c: c.execute(query.values(lease_until=self.clock() + wait_s, problem=json.dumps(problem))) and None
        )

    def plan(self, job: str, worker: str, bounds: Iterable[tuple[int, int]], rows_total: int, size: int) -> bool:
        """Record the chunks of a job, which is then queued; False if this worker has lost its lease."""
        entries = [
            {"job": job, "idx": i, "state": "queued", "start": a, "stop": b, "attempts": 0, "not_before": 0.0}
            for i, (a, b) in enumerate(bounds)
        ]

        def work(connection):
            moved = _move(
                connection, job, ("validating",), "queued", worker=worker, rows_total=rows_total,
                chunks_total=len(entries), bytes=tables.job.c.bytes + size, problem=None,
            )  # fmt: skip
            if moved:
                for start in range(0, len(entries), 5000):
                    connection.execute(insert(tables.chunk), entries[start : start + 5000])
            return moved

        return self._do(work)

    # -- chunks -------------------------------------------------------------------------------------------------------

    def lease(self, worker: str, most: int, lease_s: float = LEASE_S) -> list[Leased]:
        """Lease chunks that no worker computes, in the order of their index, so that a small job does not wait for a large one."""
        now, c, j = self.clock(), tables.chunk.c, tables.job.c
        wanted = select(c.job, c.idx, c.attempts, c.start, c.stop, j.source, j.options, j.about, j.folder).join_from(
            tables.chunk, tables.job, c.job == j.id
        )
        lapsed = and_(c.state == "running", c.lease_until < now, j.state == "running")
        free = and_(c.state == "queued", c.not_before <= now, j.state.in_(("queued", "running")))

        def work(connection):
            leased: list[Leased] = []
            for which in (lapsed, free):
                if len(leased) >= most:
                    break
                query = wanted.where(which).order_by(c.idx, j.created).limit(most - len(leased))
                for row in connection.execute(query.with_for_update(skip_locked=True, of=tables.chunk)).all():
                    connection.execute(
                        update(tables.chunk)
                        .where(c.job == row.job, c.idx == row.idx)
                        .values(state="running", worker=worker, lease_until=now + lease_s, attempts=row.attempts + 1)
                    )
                    _move(connection, row.job, ("queued",), "running", started=now)
                    leased.append(Leased(row.job, row.idx, row.attempts + 1, task(row)))
            return leased

        return self._do(work)

    def renew(self, worker: str, chunks: Iterable[tuple[str, int]], lease_s: float = LEASE_S) -> None:
        """Renew the lease of chunks."""
        c = tables.chunk.c
        until = self.clock() + lease_s

        def work(connection):
            for job, idx in chunks:
                ours = and_(c.job == job, c.idx == idx, c.worker == worker, c.state == "running")
                connection.execute(update(tables.chunk).where(ours).values(lease_until=until))

        self._do(work)

    def done(self, job: str, idx: int, outcome: Mapping[str, Any]) -> None:
        """Record a chunk whose part is written. A second record, or one after the end of the job, changes nothing."""
        c, j = tables.chunk.c, tables.job.c

        def work(connection):
            active = select(j.id).where(j.id == job, j.state.in_(ACTIVE)).with_for_update()
            if not connection.execute(active).first():
                return
            first = connection.execute(
                update(tables.chunk)
                .where(c.job == job, c.idx == idx, c.state != "done")
                .values(state="done", lease_until=None, **outcome)
            ).rowcount
            if first:
                connection.execute(
                    update(tables.job).where(j.id == job).values(
                        rows_done=j.rows_done + outcome["rows"] + outcome["bad"], rows_bad=j.rows_bad + outcome["bad"],
                        chunks_done=j.chunks_done + 1, bytes=j.bytes + outcome["bytes"], problem=None,
                    )
                )  # fmt: skip

        self._do(work)

    def give_back(self, job: str, idx: int, worker: str, wait_s: float, problem: Mapping[str, Any] | None) -> None:
        """Queue a chunk again that cannot be computed now; a worker may lease it after some time."""
        c, j = tables.chunk.c, tables.job.c

        def work(connection):
            ours = and_(c.job == job, c.idx == idx, c.worker == worker, c.state == "running")
            values = {"state": "queued", "lease_until": None, "not_before": self.clock() + wait_s}
            connection.execute(update(tables.chunk).where(ours).values(**values))
            if problem:
                query = update(tables.job).where(j.id == job, j.state.in_(ACTIVE))
                connection.execute(query.values(problem=json.dumps(problem)))

        self._do(work)

    # -- the end of a job ---------------------------------------------------------------------------------------------

    def settle(self, retention_s: float | None = None) -> list[tuple[str, str]]:
        """End every job that has nothing left to compute; returns (job, state) of each."""
        now, c, j = self.clock(), tables.chunk.c, tables.job.c
        open_states = ("queued", "running", "cancelling")

        def work(connection):
            ended = []
            columns = (j.id, j.state, j.chunks_total, j.chunks_done, j.rows_total, j.rows_bad, j.options)
            for row in connection.execute(select(*columns).where(j.state.in_(open_states))).all():
                values = {}
                if row.state == "cancelling":
                    busy = select(func.count()).where(c.job == row.id, c.state == "running", c.lease_until >= now)
                    state = "cancelled" if not connection.execute(busy).scalar() else None
                elif row.rows_bad and json.loads(row.options)["on_error"] == "fail":
                    state, values = "failed", {"problem": json.dumps(SOME_BAD)}
                elif row.chunks_done == row.chunks_total and row.rows_bad and row.rows_bad == row.rows_total:
                    state, values = "failed", {"problem": json.dumps(ALL_BAD)}
                elif row.chunks_done == row.chunks_total:
                    state = "partial" if row.rows_bad else "succeeded"
                else:
                    continue
                if state and self._end(connection, row.id, (row.state,), state, retention_s, **values):
                    ended.append((row.id, state))
            return ended

        return self._do(work)

    def _end(self, connection, job, states, state, retention_s, **values):
        now = self.clock()
        expires = None if retention_s is None else now + retention_s
        return _move(connection, job, states, state, ended=now, expires=expires, lease_until=None, **values)

    def fail(self, job: str, problem: Mapping[str, Any], retention_s: float | None = None, cost: int = 0) -> None:
        """End a job as failed, and record why; it counts for so many rows against the quota of its owner."""
        written, old, now = json.dumps(problem), tables.spent, self.clock()
        owner = select(tables.job.c.owner, literal(cost), literal(now)).where(tables.job.c.id == job)

        def work(connection):
            if self._end(connection, job, ACTIVE, "failed", retention_s, problem=written) and cost:
                connection.execute(insert(old).from_select(["owner", "rows", "created"], owner))

        self._do(work)

    def cancel(self, job: str, retention_s: float | None = None) -> None:
        """Cancel a job: at once if no chunk runs, else when the running chunks are finished."""

        def work(connection):
            if not self._end(connection, job, ("accepted", "validating", "queued"), "cancelled", retention_s):
                _move(connection, job, ("running",), "cancelling")

        self._do(work)

    def reopen(self, job: str) -> None:
        """Continue a cancelled or failed job, and end every lease. Only for a store that no other worker uses."""
        c, j = tables.chunk.c, tables.job.c

        def work(connection):
            running = and_(c.job == job, c.state == "running")
            connection.execute(update(tables.chunk).where(running).values(state="queued", lease_until=None))
            connection.execute(
                update(tables.chunk).where(c.job == job, c.state == "queued").values(not_before=0.0, attempts=0)
            )
            planned = j.chunks_total.is_not(None)
            for where, state in ((planned, "queued"), (~planned, "accepted")):
                query = update(tables.job).where(j.id == job, j.state.not_in(("succeeded", "partial")), where)
                connection.execute(query.values(state=state, ended=None, problem=None, lease_until=None))

        self._do(work)

    def remove(self, job: str) -> None:
        """Remove a job and its Idempotency-Key. Its rows still count against the quota of its day."""
        j, old = tables.job.c, tables.spent
        rows = select(j.owner, j.rows_total, j.created).where(j.id == job, j.rows_total > 0)

        def work(connection):
            connection.execute(delete(old).where(old.c.created < self.clock() - DAY_S))
            connection.execute(insert(old).from_select(["owner", "rows", "created"], rows))
            for where in (tables.chunk.c.job == job, tables.submission.c.job == job, tables.job.c.id == job):
                connection.execute(delete(where.left.table).where(where))

        self._do(work)

    def expired(self) -> list[dict[str, Any]]:
        """Jobs whose retention has passed."""
        query = select(*_SHOWN).where(tables.job.c.expires < self.clock(), tables.job.c.state.in_(TERMINAL))
        return self._select(lambda c: [decoded(dict(row)) for row in c.execute(query).mappings()])


def new_id() -> str:
    """An id that cannot be guessed."""
    return f"job_{secrets.token_urlsafe(16)}"


def _move(connection, job: str, states, state: str, *, worker: str | None = None, **values) -> bool:
    """Change the state of a job if it is in one of some states, and if this worker reads it; returns whether it changed."""
    j = tables.job.c
    query = update(tables.job).where(j.id == job, j.state.in_(states))
    if worker is not None:
        query = query.where(j.worker == worker)
    return connection.execute(query.values(state=state, **values)).rowcount == 1
