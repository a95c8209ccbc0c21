"""What reproduces a result: versions, hash of the data, seed, digest of the request, and the command."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources
from typing import Any

from detectapi._version import __version__
from detectapi.batch.options import Options, number

LIMITS = "Estimates for information. Not laboratory results, and not evidence of use or non-use."


@cache
def model_sha256() -> str:
    """Hash of the version and of all data files: two results with the same hash come from the same model."""
    digest = hashlib.sha256(__version__.encode())
    for name, file in sorted(_data_files(resources.files("detectapi") / "data"), key=lambda pair: pair[0]):
        digest.update(f"\n{name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _data_files(folder, above=""):
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _data_files(entry, f"{name}/")
        elif name.endswith((".toml", ".json", ".npz")):
            yield name, entry


def describe(options: Options, content_sha256: str, source_name: str) -> dict[str, str]:
    """The description in the footer of a result, as texts. It does not depend on how or where the rows were computed.

    Parameters
    ----------
    options : Options
    content_sha256 : str
        Hash of the table or grid as it was sent.
    source_name : str
        Name of the file, without its folder.
    """
    decisive: dict[str, Any] = options.to_dict()
    decisive.pop("chunk_rows")
    if not options.serial:
        decisive.pop("serial")  # the digest is then the one from before there were such readings
    if options.formula_guard:
        decisive.pop("formula_guard")
    request = json.dumps([content_sha256, decisive], sort_keys=True)
    whole = of_options(options)
    limits = whole.pop("limits")
    return {
        **whole,
        "content_sha256": content_sha256,
        "request_sha256": hashlib.sha256(request.encode()).hexdigest(),
        "numpy": metadata.version("numpy"),
        "pyarrow": metadata.version("pyarrow"),
        "command": command(options, source_name),
        "limits": limits,
    }


def of_options(options: Options) -> dict[str, str]:
    """What can be said of a result whose rows came from memory: no file repeats it."""
    return {
        "version": __version__,
        "model_sha256": model_sha256(),
        "seed": str(options.seed),
        "draws": str(options.draws),
        "level": number(options.level),
        "sampling": options.sampling,
        "limits": LIMITS,
    }


def command(options: Options, source_name: str) -> str:
    """The command that makes the same result from the same file."""
    words = ["detectapi", "batch", source_name, "-o", "results.parquet"]
    words += ["--seed", str(options.seed), "--draws", str(options.draws), "--level", number(options.level)]
    words += ["--times", ",".join(map(number, options.times_h))]
    if options.sampling != "common":
        words += ["--sampling", options.sampling]
    if options.echo:
        words += ["--echo", ",".join(options.echo)]
    if options.serial:
        words.append("--serial")
    if not options.formula_guard:
        words.append("--no-formula-guard")
    if options.on_error != "skip":
        words += ["--on-error", options.on_error]
    return shlex.join(words)


def reproduce(about: Mapping[str, str]) -> dict[str, str]:
    """The description as the status of a job shows it."""
    return {name: text for name, text in about.items() if name != "limits"}
