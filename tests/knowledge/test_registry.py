"""A registry in several files that is read piece by piece, also by several threads at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from detectapi.knowledge.catalog.registry import Registry
from detectapi.values.errors import CatalogError

THREADS = 8


def entries(root):
    return {name: name.upper() for name in root.texts("names")}


def files(folder, *contents):
    written = []
    for i, names in enumerate(contents):
        written.append(folder / f"{i}.toml")
        written[-1].write_text(f"schema_version = 1\nnames = {names}\n", encoding="utf-8")
    return written


def test_threads_that_ask_for_the_same_entry_at_once_all_get_it_and_the_file_is_read_once(tmp_path):
    together, reads = threading.Barrier(THREADS), []

    def slowly(root):
        reads.append(root.file)
        time.sleep(0.05)
        return entries(root)

    registry = Registry(files(tmp_path, ["red", "blue"]), slowly)

    def ask(name):
        together.wait(10)
        return registry[name]

    with ThreadPoolExecutor(THREADS) as pool:
        asked = list(pool.map(ask, ["red", "blue"] * (THREADS // 2)))

    assert asked == ["RED", "BLUE"] * (THREADS // 2)
    assert reads == ["0.toml"]


def test_only_a_file_in_which_the_id_stands_is_read(tmp_path):
    reads = []
    registry = Registry(files(tmp_path, ["red"], ["blue"]), lambda root: reads.append(root.file) or entries(root))

    assert registry["blue"] == "BLUE"
    assert reads == ["1.toml"]
    assert list(registry) == ["red", "blue"]
    with pytest.raises(KeyError):
        registry["green"]


def test_an_id_that_two_files_have_is_refused(tmp_path):
    with pytest.raises(CatalogError, match="red: exists already"):
        list(Registry(files(tmp_path, ["red"], ["blue", "red"]), entries))


class FilledMeanwhile(dict):
    """Entries by file, of a registry whose files another thread reads right after they were gone through."""

    def values(self):
        seen = list(super().values())
        self.update(self.later)
        return seen


def test_an_entry_is_there_too_whose_file_another_thread_reads_at_the_same_time(tmp_path):
    (file,) = files(tmp_path, ["red"])
    registry = Registry([file], entries)
    registry._entries = FilledMeanwhile()
    registry._entries.later = {file: {"red": "RED"}}

    assert registry["red"] == "RED"
