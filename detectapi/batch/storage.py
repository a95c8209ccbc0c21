"""Files of a job: in a local folder, or at a URL that fsspec can reach (`s3://bucket/jobs`) and several machines share.

A file exists whole or not at all. A local file is written under another name, synced and renamed; an object store shows a file
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
    """Whether a place is a URL, not a local path."""
    return "://" in place


def join(*parts: str) -> str:
    """A place within another."""
    return "/".join([parts[0].rstrip("/"), *parts[1:]])


def part_place(folder: str, idx: int) -> str:
    """The place of the part of a chunk."""
    return f"{folder}/parts/{idx:06}.parquet"


def errors_place(folder: str, idx: int) -> str:
    """The place of the bad rows of a chunk."""
    return f"{folder}/parts/{idx:06}.errors.ndjson"


def input_place(folder: str, idx: int) -> str:
    """The place of the rows of a chunk."""
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
    """A path to write to, which replaces a local file at the end; after an error it is removed and the file stays."""
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
    """Wait until a file or folder is on the disk."""
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
    """Remove a folder and its content, if it exists."""
    if is_remote(place):
        system, path = _filesystem(place)
        with contextlib.suppress(FileNotFoundError):
            system.rm(path, recursive=True)
    else:
        shutil.rmtree(place, ignore_errors=True)


def older(place: str, age_s: float) -> list[str]:
    """Files and folders directly in a place that have not changed for some time. [s]

    Where a store has no times of folders, a folder is as old as its newest file.
    """
    moment = time.time() - age_s
    if not is_remote(place):
        old = []
        with contextlib.suppress(FileNotFoundError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # another process has just removed it
                    if entry.stat(follow_symlinks=False).st_mtime < moment:
                        old.append(entry.path)
        return old
    system, path = _filesystem(place)
    newest: dict[str, float] = {}
    for name, about in (system.find(path, detail=True) if system.exists(path) else {}).items():
        top = name[len(path) :].strip("/").partition("/")[0]
        changed = about.get("mtime") or about.get("LastModified") or about.get("created") or moment
        changed = changed.timestamp() if hasattr(changed, "timestamp") else float(changed)
        newest[top] = max(newest.get(top, 0.0), changed)
    return [join(place, top) for top, changed in newest.items() if changed < moment]


def size(place: str) -> int:
    """The size of all files of a folder. [bytes]"""
    if is_remote(place):
        system, path = _filesystem(place)
        return int(sum(system.sizes(system.find(path)))) if system.exists(path) else 0
    return sum(file.stat().st_size for file in Path(place).rglob("*") if file.is_file())
