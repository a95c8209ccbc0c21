"""The record of jobs: what was asked, which chunks are done, what came out. Every change is one transaction.

A chunk is leased to a worker for some time. Only a chunk that is recorded as done counts, and it is recorded once; its part was
whole on the disk before. So a worker that dies costs one chunk, and a chunk computed twice is the same twice.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Engine, and_, delete, func, insert, select, text, update

from detectapi.batch.options import Options
from detectapi.batch.storage import errors_place, input_place, part_place
from detectapi.jobs import database, tables
from detectapi.jobs.settings import DAY_S

ACTIVE = ("accepted", "validating", "queued", "running", "cancelling")
TERMINAL = ("succeeded", "partial", "failed", "cancelled")
LEASE_S = 60.0
IDEMPOTENT_S = DAY_S
MOST_ATTEMPTS = 20
# A grid may have a million values, and a status is asked for often.
_SHOWN = [column for column in tables.job.c if column.name != "source"]


class Leased(NamedTuple):
    """A chunk that is ours to compute for a while."""

    job: str
    idx: int
    attempts: int
    task: dict[str, Any]


class Conflict(Exception):
    """The same Idempotency-Key came with another request before."""


class Store:
    """Jobs and chunks in a database.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    clock : callable
        Seconds since the epoch.
    patience_s : float
        How long a database that is locked or away is waited for. [s]
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

    def _look(self, work):
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
            Idempotency key and digest of the request; the same twice is the same job.
        check : callable, optional
            Called with the connection before anything is written; may raise.

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
            if (
                connection.dialect.name == "postgresql"
            ):  # one owner's submissions one after the other; SQLite does so anyway
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:owner))"), {"owner": values["owner"]})
            if token:
                old = tables.submission
                connection.execute(delete(old).where(old.c.created < now - IDEMPOTENT_S))
                found = connection.execute(
                    select(old.c.digest, old.c.job).where(old.c.owner == values["owner"], old.c.token == token)
                ).first()
                if found:
                    if found.digest != digest:
                        raise Conflict
                    return found.job, found.job == values["id"]  # its own: recorded, but the answer was lost
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
        """A job as a dict, its JSON read (its source where wanted); None where there is none, or it is another owner's."""
        query = select(*(tables.job.c if source else _SHOWN)).where(tables.job.c.id == job)
        found = self._look(lambda connection: connection.execute(query).mappings().first())
        return _read(dict(found)) if found and owner in (None, found["owner"]) else None

    def jobs(self, owner: str, limit: int = 100) -> list[dict[str, Any]]:
        """The newest jobs of an owner."""
        query = select(*_SHOWN).where(tables.job.c.owner == owner).order_by(tables.job.c.created.desc()).limit(limit)
        return self._look(lambda c: [_read(dict(row)) for row in c.execute(query).mappings()])

    def parts(self, job: str) -> list[dict[str, Any]]:
        """Finished chunks in order, with the hashes of their parts."""
        c = tables.chunk.c
        query = select(c.idx, c.rows, c.bad, c.sha256, c.errors_sha256, c.bytes).where(c.job == job, c.state == "done")
        return self._look(
            lambda connection: [dict(row) for row in connection.execute(query.order_by(c.idx)).mappings()]
        )

    # -- reading the rows of a job ------------------------------------------------------------------------------------

    def claim(self, worker: str, lease_s: float = LEASE_S) -> dict[str, Any] | None:
        """A job whose rows nobody has read yet, ours to read for a while."""
        now, j = self.clock(), tables.job.c
        free = (j.state == "accepted") | ((j.state == "validating") & (j.lease_until < now))
        query = select(j.id).where(free).order_by(j.created).limit(1).with_for_update(skip_locked=True)

        def work(connection):
            found = connection.execute(query).scalar()
            if found:
                connection.execute(
                    update(tables.job)
                    .where(j.id == found)
                    .values(state="validating", worker=worker, lease_until=now + lease_s)
                )
            return found

        found = self._do(work)
        return self.job(found, source=True) if found else None

    def keep(self, job: str, worker: str, lease_s: float = LEASE_S) -> bool:
        """Go on reading the rows of a job; False when it is no longer ours or no longer wanted."""
        j = tables.job.c
        query = update(tables.job).where(j.id == job, j.worker == worker, j.state == "validating")
        return self._do(lambda c: c.execute(query.values(lease_until=self.clock() + lease_s)).rowcount) == 1

    def put_off(self, job: str, worker: str, wait_s: float, problem: Mapping[str, Any] | None) -> None:
        """The rows of a job could not be read now: anybody may try again after some time."""
        j = tables.job.c
        query = update(tables.job).where(j.id == job, j.worker == worker, j.state == "validating")
        self._do(
            lambda c: c.execute(query.values(lease_until=self.clock() + wait_s, problem=json.dumps(problem))) and None
        )

    def plan(self, job: str, worker: str, bounds: Iterable[tuple[int, int]], rows_total: int, size: int) -> bool:
        """Record the chunks of a job: it is queued then. False when it is no longer ours."""
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
        """Chunks that nobody computes: of all jobs the first ones first, so that a small job need not wait for a large one."""
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
                    leased.append(Leased(row.job, row.idx, row.attempts + 1, _task(row)))
            return leased

        return self._do(work)

    def renew(self, worker: str, chunks: Iterable[tuple[str, int]], lease_s: float = LEASE_S) -> None:
        """Go on computing chunks."""
        c = tables.chunk.c
        until = self.clock() + lease_s

        def work(connection):
            for job, idx in chunks:
                ours = and_(c.job == job, c.idx == idx, c.worker == worker, c.state == "running")
                connection.execute(update(tables.chunk).where(ours).values(lease_until=until))

        self._do(work)

    def done(self, job: str, idx: int, outcome: Mapping[str, Any]) -> None:
        """Record a chunk whose part is written. Once, and not after the end of its job: who comes later changes nothing."""
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
        """A chunk could not be computed now: it is queued again, not before some time has passed."""
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
        """End the jobs that are at their end; returns (job, state)."""
        now, c, j = self.clock(), tables.chunk.c, tables.job.c
        open_states = ("queued", "running", "cancelling")

        def work(connection):
            ended = []
            columns = (j.id, j.state, j.chunks_total, j.chunks_done, j.rows_bad, j.options)
            for row in connection.execute(select(*columns).where(j.state.in_(open_states))).all():
                if row.state == "cancelling":
                    busy = select(func.count()).where(c.job == row.id, c.state == "running", c.lease_until >= now)
                    state = "cancelled" if not connection.execute(busy).scalar() else None
                elif row.rows_bad and json.loads(row.options)["on_error"] == "fail":
                    state = "failed"
                elif row.chunks_done == row.chunks_total:
                    state = "partial" if row.rows_bad else "succeeded"
                else:
                    continue
                if state and self._end(connection, row.id, (row.state,), state, retention_s):
                    ended.append((row.id, state))
            return ended

        return self._do(work)

    def _end(self, connection, job, states, state, retention_s, **values):
        now = self.clock()
        expires = None if retention_s is None else now + retention_s
        if state == "failed" and "problem" not in values:
            values["problem"] = json.dumps(
                {"code": "bad-rows", "detail": "Some rows cannot be answered, and on_error is fail."}
            )
        return _move(connection, job, states, state, ended=now, expires=expires, lease_until=None, **values)

    def fail(self, job: str, problem: Mapping[str, Any], retention_s: float | None = None) -> None:
        """End a job that cannot be done, and say why."""
        written = json.dumps(problem)
        self._do(lambda c: self._end(c, job, ACTIVE, "failed", retention_s, problem=written))

    def cancel(self, job: str, retention_s: float | None = None) -> None:
        """Stop a job: at once where nothing runs, else when what runs has come to its end."""

        def work(connection):
            if not self._end(connection, job, ("accepted", "validating", "queued"), "cancelled", retention_s):
                _move(connection, job, ("running",), "cancelling")

        self._do(work)

    def reopen(self, job: str) -> None:
        """Let a stopped or failed job go on, and take back every lease. Only for a store of one's own, with no other worker."""
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
        """Forget a job, and that it was handed in; its rows count for its day all the same."""
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
        return self._look(lambda c: [_read(dict(row)) for row in c.execute(query).mappings()])


def new_id() -> str:
    """An id that cannot be guessed."""
    return f"job_{secrets.token_urlsafe(16)}"


def _task(row) -> dict[str, Any]:
    source = json.loads(row.source)
    if "grid" in source:
        rows = {"grid": source["grid"], "start": row.start, "stop": row.stop}
    else:
        rows = {"file": input_place(row.folder, row.idx)}
    return {
        "options": json.loads(row.options),
        "source": rows,
        **{name: text for name, text in json.loads(row.about).items() if name == "model_sha256"},
        "part": part_place(row.folder, row.idx),
        "errors": errors_place(row.folder, row.idx),
    }


def _move(connection, job: str, states, state: str, *, worker: str | None = None, **values) -> bool:
    """Change the state of a job if it is in one of some states (and read by this worker): a state that is an end never changes."""
    j = tables.job.c
    query = update(tables.job).where(j.id == job, j.state.in_(states))
    if worker is not None:
        query = query.where(j.worker == worker)
    return connection.execute(query.values(state=state, **values)).rowcount == 1


def _read(found: dict[str, Any]) -> dict[str, Any]:
    for name in ("source", "options", "about", "problem"):
        if found.get(name) is not None:
            found[name] = json.loads(found[name])
    found["options"] = Options.from_dict(found["options"])
    return found
