"""The tables of the database of jobs and keys."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(8), primary_key=True),  # the public part of the key
    Column("owner", String(200), nullable=False),
    Column("hash", String(64), nullable=False),  # HMAC-SHA-256 of the whole key with the pepper of the server
    Column("scopes", String(200), nullable=False),  # separated by spaces
    Column("created", Float, nullable=False),
    Column("expires", Float),
    Column("revoked", Float),
    Column("last_used", Float),  # midnight of that day
    Column("quota_rows", BigInteger),
    Column("quota_jobs", Integer),
    Column("quota_bytes", BigInteger),
)

job = Table(
    "job",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("owner", String(8), nullable=False),  # id of the key; "" is anonymous
    Column("name", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("expires", Float),
    Column("source", Text, nullable=False),  # JSON: {"file", "format"} or {"grid"}
    Column("options", Text, nullable=False),  # JSON of batch.options.Options
    Column("about", Text, nullable=False),  # JSON: what reproduces the result
    Column("folder", Text, nullable=False),  # where its rows and parts are stored
    Column("rows_total", BigInteger),
    Column("rows_done", BigInteger, nullable=False, default=0),
    Column("rows_bad", BigInteger, nullable=False, default=0),
    Column("chunks_total", Integer),
    Column("chunks_done", Integer, nullable=False, default=0),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("problem", Text),  # JSON: why it failed, or what it waits for
    Column("worker", String(80)),  # the worker that reads its rows
    Column("lease_until", Float),
)
Index("job_by_owner", job.c.owner, job.c.created)
Index("job_by_state", job.c.state)

chunk = Table(
    "chunk",
    metadata,
    Column("job", String(40), ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("idx", Integer, primary_key=True),
    Column("state", String(8), nullable=False),  # queued, running, done
    Column("start", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("worker", String(80)),
    Column("lease_until", Float),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("rows", Integer),
    Column("bad", Integer),
    Column("sha256", String(64)),
    Column("errors_sha256", String(64)),
    Column("bytes", BigInteger),
)
Index("chunk_by_state", chunk.c.state, chunk.c.idx)

submission = Table(
    "submission",
    metadata,
    Column("owner", String(8), nullable=False),
    Column("token", String(200), nullable=False),  # the Idempotency-Key
    Column("digest", String(64), nullable=False),
    Column("job", String(40), nullable=False),
    Column("created", Float, nullable=False),
    UniqueConstraint("owner", "token", name="submission_once"),
)

spent = Table(
    "spent",
    metadata,
    Column("owner", String(8), nullable=False),
    Column("rows", BigInteger, nullable=False),  # rows of a deleted job; they count against the quota of its day
    Column("created", Float, nullable=False),
)
Index("spent_by_owner", spent.c.owner, spent.c.created)
