"""The record of jobs on SQLite and on PostgreSQL: the same tests on both."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.migration import MigrationContext
from scenarios import FAST
from sqlalchemy import inspect

from detectapi.jobs import database, tables
from detectapi.jobs.keys import Keys
from detectapi.jobs.settings import Quota
from detectapi.jobs.store import Conflict, Store, new_id

OUTCOME = {"rows": 9, "bad": 1, "sha256": "0" * 64, "errors_sha256": "1" * 64, "bytes": 100}


class Clock:
    """A clock that goes when it is told to."""

    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def engine(database_url):
    engine = database.connect(database_url)
    database.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(engine, clock):
    return Store(engine, clock)


def accepted(store, owner="", **changes):
    values = {
        "id": new_id(),
        "owner": owner,
        "name": "",
        "source": {"grid": {"amount_mg": [1.0]}},
        "options": {**FAST.to_dict(), **changes},
        "about": {},
        "folder": "/nowhere",
    }
    return store.submit(values)[0]


def planned(store, chunks=3, **changes):
    job = accepted(store, **changes)
    assert store.claim("planner")["id"] == job
    assert store.plan(job, "planner", [(i * 10, i * 10 + 10) for i in range(chunks)], chunks * 10, 0)
    return job


def test_the_tables_are_those_of_the_migrations(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        from alembic.autogenerate import compare_metadata

        assert compare_metadata(context, tables.metadata) == []


def test_migrating_twice_and_at_once_is_the_same(engine, database_url):
    def migrate(_):
        own = database.connect(database_url)
        database.upgrade(own)
        own.dispose()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, range(3)))
    assert inspect(engine).has_table("job")


def test_a_job_from_beginning_to_end(store, clock):
    job = planned(store)
    leased = store.lease("w", 10)
    assert [chunk.idx for chunk in leased] == [0, 1, 2]
    assert store.job(job)["state"] == "running"
    assert leased[1].task["source"] == {"grid": {"amount_mg": [1.0]}, "start": 10, "stop": 20}
    for chunk in leased:
        store.done(job, chunk.idx, OUTCOME)
    assert store.settle(retention_s=5.0) == [(job, "partial")]
    result = store.job(job)
    assert (result["rows_done"], result["rows_bad"], result["chunks_done"]) == (30, 3, 3)
    assert store.expired() == []
    clock.now += 6
    assert [one["id"] for one in store.expired()] == [job]
    store.remove(job)
    assert store.job(job) is None


def test_a_state_that_is_an_end_never_changes(store):
    job = planned(store, chunks=1)
    (chunk,) = store.lease("w", 1)
    store.done(job, chunk.idx, {**OUTCOME, "bad": 0})
    store.settle()
    for change in (store.cancel, lambda job: store.fail(job, {"code": "x"}), lambda _: store.settle()):
        change(job)
        assert store.job(job)["state"] == "succeeded"
    assert store.lease("w", 5) == []


def test_a_chunk_is_recorded_once(store):
    job = planned(store, chunks=2)
    store.lease("w", 2)
    store.done(job, 0, OUTCOME)
    store.done(job, 0, {**OUTCOME, "sha256": "f" * 64})
    assert store.job(job)["chunks_done"] == 1
    assert store.parts(job)[0]["sha256"] == "0" * 64


def test_a_lease_that_lapsed_is_taken_over_and_a_renewed_one_is_not(store, clock):
    job = planned(store, chunks=2)
    store.lease("first", 2, lease_s=10)
    clock.now += 8
    store.renew("first", [(job, 1)], lease_s=10)
    assert store.lease("second", 2, lease_s=10) == []
    clock.now += 4
    assert [(chunk.idx, chunk.attempts) for chunk in store.lease("second", 2, lease_s=10)] == [(0, 2)]


def test_a_chunk_given_back_waits_its_time(store, clock):
    job = planned(store, chunks=1)
    store.lease("w", 1)
    store.give_back(job, 0, "w", 5.0, {"code": "storage", "detail": "full"})
    assert store.lease("w", 1) == []
    assert store.job(job)["problem"]["code"] == "storage"
    clock.now += 5
    assert len(store.lease("w", 1)) == 1
    store.done(job, 0, OUTCOME)
    assert store.job(job)["problem"] is None


def test_of_all_jobs_the_first_chunks_come_first(store, clock):
    large = planned(store, chunks=5)
    store.lease("w", 2)
    clock.now += 1
    small = planned(store, chunks=1)
    assert [(chunk.job, chunk.idx) for chunk in store.lease("w", 2)] == [(small, 0), (large, 2)]


def test_cancelling_ends_at_once_what_does_not_run_and_later_what_does(store, clock):
    job = planned(store)
    store.cancel(job)
    assert store.job(job)["state"] == "cancelled"
    job = planned(store)
    store.lease("w", 1)
    store.cancel(job)
    assert store.job(job)["state"] == "cancelling"
    assert store.settle() == []
    assert store.lease("v", 5) == []
    store.done(job, 0, OUTCOME)
    assert store.settle() == [(job, "cancelled")]


def test_with_on_error_fail_one_bad_row_ends_the_job(store):
    job = planned(store, on_error="fail")
    store.lease("w", 1)
    store.done(job, 0, OUTCOME)
    assert store.settle() == [(job, "failed")]
    assert store.job(job)["problem"]["code"] == "bad-rows"


def test_reading_the_rows_is_leased_too(store, clock):
    job = accepted(store)
    assert store.claim("first", lease_s=10)["id"] == job
    assert store.claim("second", lease_s=10) is None
    clock.now += 8
    assert store.keep(job, "first", lease_s=10)
    clock.now += 11
    assert store.claim("second", lease_s=10)["id"] == job
    assert not store.keep(job, "first")
    assert not store.plan(job, "first", [(0, 1)], 1, 0)


def test_the_same_submission_is_the_same_job(store, clock):
    values = {"owner": "k", "name": "", "source": {}, "options": FAST.to_dict(), "about": {}, "folder": "f"}
    first, new = store.submit({"id": "a", **values}, "token", "digest")
    assert (first, new) == ("a", True)
    assert store.submit({"id": "b", **values}, "token", "digest") == ("a", False)
    assert store.submit({"id": "c", **values, "owner": "other"}, "token", "digest") == ("c", True)
    with pytest.raises(Conflict):
        store.submit({"id": "d", **values}, "token", "another digest")
    clock.now += 25 * 3600
    assert store.submit({"id": "e", **values}, "token", "another digest") == ("e", True)


def test_submissions_at_once_make_one_job(store):
    values = {"owner": "k", "name": "", "source": {}, "options": FAST.to_dict(), "about": {}, "folder": "f"}
    with ThreadPoolExecutor(4) as pool:
        result = list(pool.map(lambda i: store.submit({"id": f"j{i}", **values}, "token", "digest"), range(8)))
    assert len({job for job, _ in result}) == 1
    assert sum(new for _, new in result) == 1


def test_no_chunk_is_leased_twice_by_many_at_once(store):
    job = planned(store, chunks=60)
    result, lock = [], threading.Lock()

    def work(name):
        while leased := store.lease(name, 3):
            with lock:
                result.extend(chunk.idx for chunk in leased)
            for chunk in leased:
                store.done(job, chunk.idx, OUTCOME)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    assert sorted(result) == list(range(60))
    assert store.job(job)["rows_done"] == 600


def test_an_owner_sees_only_their_own(store):
    job = accepted(store, owner="a")
    assert store.job(job, "a")["id"] == job
    assert store.job(job, "b") is None
    assert store.job(job, "") is None
    assert store.jobs("b") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_locked_is_waited_for(store, engine, monkeypatch):
    monkeypatch.setattr(database, "BUSY_S", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with engine.begin():
            held.set()
            done.wait(0.7)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    own = database.connect(str(engine.url))
    job = accepted(Store(own, store.clock))
    own.dispose()
    thread.join()
    assert store.job(job)["state"] == "accepted"


# -- keys ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys(engine, clock):
    return Keys(engine, b"pepper", Quota(100, 2, 1000), clock)


def test_a_key_is_known_until_it_is_revoked(keys):
    key = keys.issue("lab", ["batch:write", "batch:read"])
    caller = keys.caller(key)
    assert caller.scopes == {"batch:write", "batch:read"}
    assert caller.quota == Quota(100, 2, 1000)
    assert keys.revoke(caller.id)
    assert keys.caller(key) is None
    assert not keys.revoke(caller.id)


def test_nothing_that_is_stored_is_the_key(keys, engine):
    key = keys.issue("lab", ["batch:read"])
    with engine.begin() as connection:
        stored = repr(connection.execute(tables.api_key.select()).all())
    assert key.split("_", 3)[3] not in stored
    assert all("hash" not in row for row in keys.all())
    assert Keys(engine, b"other pepper", Quota()).caller(key) is None


def test_a_key_expires(keys, clock):
    key = keys.issue("lab", ["batch:read"], expires_s=10)
    assert keys.caller(key)
    clock.now += 10
    assert keys.caller(key) is None


def test_a_key_may_have_a_quota_of_its_own(keys):
    key = keys.issue("lab", ["batch:read"], quota=(7, None, 0))
    assert keys.caller(key).quota == Quota(7, 2, 0)


@pytest.mark.parametrize(
    "spoil", [lambda k: k[:-1], lambda k: k[:-1] + ("A" if k[-1] != "A" else "B"), lambda k: "", str.lower]
)
def test_what_is_not_quite_the_key_is_worth_nothing(keys, spoil):
    assert keys.caller(spoil(keys.issue("lab", ["batch:read"]))) is None


def test_unknown_scopes_are_refused(keys):
    for scopes in ([], ["everything"]):
        with pytest.raises(ValueError, match="scopes are"):
            keys.issue("lab", scopes)


def test_a_chunk_that_comes_after_the_end_changes_nothing(store):
    job = planned(store)
    store.lease("w", 2)
    store.fail(job, {"code": "ours", "detail": "it failed"})
    store.done(job, 0, OUTCOME)
    result = store.job(job)
    assert (result["state"], result["problem"]["code"], result["chunks_done"]) == ("failed", "ours", 0)
    assert store.parts(job) == []


def test_a_submission_whose_answer_was_lost_is_still_new(store):
    values = {
        "id": new_id(), "owner": "", "name": "", "source": {}, "options": FAST.to_dict(), "about": {}, "folder": "/nowhere",
    }  # fmt: skip
    assert store.submit(values, "token", "digest") == (values["id"], True)
    assert store.submit(values, "token", "digest") == (values["id"], True)
    assert store.submit({**values, "id": new_id()}, "token", "digest") == (values["id"], False)


def test_removing_a_job_frees_its_idempotency_key(store):
    job = store.submit(
        {
            "id": new_id(),
            "owner": "",
            "name": "",
            "source": {},
            "options": FAST.to_dict(),
            "about": {},
            "folder": "/nowhere",
        },
        "token",
        "digest",
    )[0]
    store.remove(job)
    assert store.job(job) is None
    with store.engine.connect() as connection:
        assert not connection.execute(tables.submission.select()).all()
