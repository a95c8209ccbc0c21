"""Files of a job: in a local folder, or anywhere fsspec reaches (`s3://bucket/jobs`), which several machines share.

What is written is there whole or not at all: locally it is written beside, synced and renamed; object stores show a file only
when it is complete.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path


def is_remote(place: str) -> bool:
    """Whether a place is a URL rather than a local path."""
    return "://" in place


def join(*parts: str) -> str:
    """A place below another."""
    return "/".join([parts[0].rstrip("/"), *parts[1:]])


def part_place(folder: str, idx: int) -> str:
    """Where the part of a chunk is."""
    return f"{folder}/parts/{idx:06}.parquet"


def errors_place(folder: str, idx: int) -> str:
    """Where the bad rows of a chunk are."""
    return f"{folder}/parts/{idx:06}.errors.ndjson"


def input_place(folder: str, idx: int) -> str:
    """Where the rows of a chunk are."""
    return f"{folder}/rows/{idx:06}.ndjson"


def _filesystem(place: str):
    import fsspec

    return fsspec.core.url_to_fs(place)


def write(place: str, raw: bytes) -> str:
    """Write a file, whole or not at all.

    Returns
    -------
    str
        SHA-256 of the bytes, in hexadecimal.

    Raises
    ------
    OSError
        Nothing was written.
    """
    if is_remote(place):
        system, path = _filesystem(place)
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        with system.open(path, "wb") as file:
            file.write(raw)
    else:
        with replacing(place) as beside:
            Path(beside).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


@contextlib.contextmanager
def replacing(place: str):
    """A path beside a local place to write to; at the end it is synced and takes the place, after an error it is removed."""
    target = Path(place)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield str(beside)
        sync(beside)
        os.replace(beside, target)
        sync(target.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sync(path) -> None:
    """Return when a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def take(path: str, place: str) -> None:
    """Move a local file to a place."""
    if is_remote(place):
        system, target = _filesystem(place)
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        system.put_file(path, target)
        os.unlink(path)
    else:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        sync(path)
        os.replace(path, place)


@contextlib.contextmanager
def local_copy(place: str):
    """A local path with the content of a place."""
    if not is_remote(place):
        yield place
        return
    system, path = _filesystem(place)
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "copy")
        system.get_file(path, target)
        yield target


def read(place: str) -> bytes:
    """The bytes of a file.

    Raises
    ------
    FileNotFoundError
    """
    if is_remote(place):
        system, path = _filesystem(place)
        return system.cat_file(path)
    return Path(place).read_bytes()


def remove(place: str) -> None:
    """Remove a folder and what is in it; nothing happens where there is none."""
    if is_remote(place):
        system, path = _filesystem(place)
        with contextlib.suppress(FileNotFoundError):
            system.rm(path, recursive=True)
    else:
        shutil.rmtree(place, ignore_errors=True)


def older(place: str, age_s: float) -> list[str]:
    """Files and folders directly below a place that nobody has touched for some time.

    Of a place that does not say when its folders were touched, the folders whose files are all that old.
    """
    moment = time.time() - age_s
    if not is_remote(place):
        found = []
        with contextlib.suppress(FileNotFoundError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # somebody else cleared it just now
                    if entry.stat(follow_symlinks=False).st_mtime < moment:
                        found.append(entry.path)
        return found
    system, path = _filesystem(place)
    newest: dict[str, float] = {}
    for name, about in (system.find(path, detail=True) if system.exists(path) else {}).items():
        top = name[len(path) :].strip("/").partition("/")[0]
        touched = about.get("mtime") or about.get("LastModified") or about.get("created") or moment
        touched = touched.timestamp() if hasattr(touched, "timestamp") else float(touched)
        newest[top] = max(newest.get(top, 0.0), touched)
    return [join(place, top) for top, touched in newest.items() if touched < moment]


def size(place: str) -> int:
    """Bytes of all files of a folder."""
    if is_remote(place):
        system, path = _filesystem(place)
        return int(sum(system.sizes(system.find(path)))) if system.exists(path) else 0
    return sum(file.stat().st_size for file in Path(place).rglob("*") if file.is_file())
