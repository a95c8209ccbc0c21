"""Scripts and styles of others are the files that their authors published."""

import gzip
import hashlib
import re
import tomllib

import pytest
from architecture import ROOT

STATIC = ROOT / "detectapi" / "web" / "static"
FILES = tomllib.loads((STATIC / "vendored.toml").read_text(encoding="utf-8"))["file"]
LONGEST_BY_HAND = 500
"""Characters of a line; scripts of others are shortened to few long lines."""


@pytest.mark.parametrize("entry", FILES, ids=[entry["file"] for entry in FILES])
def test_a_file_of_others_has_its_recorded_checksum(entry):
    raw = (STATIC / entry["file"]).read_bytes()
    content = gzip.decompress(raw) if entry["file"].endswith(".gz") else raw

    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", entry["integrity"])


def test_every_script_and_style_is_recorded_or_written_by_hand():
    recorded = {entry["file"] for entry in FILES}
    for path in STATIC.rglob("*"):
        name = path.relative_to(STATIC).as_posix()
        if not path.is_file() or not re.search(r"\.(js|css)(\.gz)?$", name) or name in recorded:
            continue
        assert not re.search(r"\.(min\.|gz$)", name), name
        longest = max(len(line) for line in path.read_text(encoding="utf-8").splitlines())
        assert longest <= LONGEST_BY_HAND, name


def test_the_readmes_name_the_recorded_versions():
    for entry in FILES:
        readme = (STATIC / entry["file"]).with_name("README.md").read_text(encoding="utf-8")

        assert entry["package"].rpartition("@")[2] in readme, entry["file"]
