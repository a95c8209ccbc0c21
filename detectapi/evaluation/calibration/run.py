"""`detectapi calibrate`: sample the posterior, also without each urine study, and write the result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import emcee
import numpy as np

from detectapi._version import __version__
from detectapi.evaluation.calibration import publications, ranks, sampling
from detectapi.evaluation.calibration.likelihood import URINE, Likelihood
from detectapi.evaluation.validation import rules
from detectapi.knowledge import catalog, posterior
from detectapi.knowledge.catalog.population import FILES
from detectapi.values.errors import CatalogError

WALKERS = 256
STEPS, BURN = 250, 150
LEFT_OUT_WALKERS, LEFT_OUT_STEPS, LEFT_OUT_BURN = 128, 60, 60
KEPT, KEPT_LEFT_OUT, CHECKED = 4000, 400, 8
SEED = 20261123
STEP = 1.0 / 1024.0
"""Draws are rounded to multiples of it, in standard deviations of the prior, which halves the size of the file."""
SAME = 2e-4
"""Log posteriors that differ by less are the same: they are written with six decimals, and the model is exact to about this."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The amount of work. The shipped calibration was made with the defaults."""

    walkers: int = WALKERS
    steps: int = STEPS
    burn: int = BURN
    left_out_walkers: int = LEFT_OUT_WALKERS
    left_out_steps: int = LEFT_OUT_STEPS
    left_out_burn: int = LEFT_OUT_BURN
    seed: int = SEED


def calibrate(substance_id: str, data: Path, plan: Plan = Plan(), say=None) -> dict[str, Any]:
    """Sample the posterior of a substance's typical values and write ``calibration/<id>.npz`` and ``.json``.

    Parameters
    ----------
    substance_id : str
    data : Path
        The folder of data to write to.
    plan : Plan
    say : callable, optional
        Called with words on the progress.

    Returns
    -------
    dict
        The content of the ``.json`` file.
    """
    say = say or (lambda words: None)
    names = tuple(rules.calibration(substance_id)["parameters"])
    likelihood = Likelihood(substance_id, names)
    say(f"{len(names)} typical values, {len(likelihood.terms)} rows")
    begin = sampling.start(likelihood.log_posterior, len(names), plan.walkers, plan.seed)
    chains = sampling.sample(likelihood.log_posterior, begin, plan.steps, plan.burn, plan.seed, _every(100, say))
    draws = chains.thinned(KEPT)
    draws = rounded(draws[sampling.in_order(draws)])

    without = {}
    for source in urine_sources(substance_id, likelihood):
        say(f"without the urine rows of {source}")
        fewer = Likelihood(substance_id, names, without=source)
        begin = chains.thinned(plan.left_out_walkers)
        left = sampling.sample(fewer.log_posterior, begin, plan.left_out_steps, plan.left_out_burn, plan.seed)
        without[source] = rounded(left.thinned(KEPT_LEFT_OUT))

    checked = draws[np.linspace(0, KEPT - 1, CHECKED).astype(int)].astype(float)
    about = {
        "substances": {}, "files": [], "observations": "",
        "rows": [{"row": term.row.id, "weight": round(term.weight, 4)} for term in likelihood.terms],
        "parameters": list(names),
        "method": {
            "sampler": f"emcee {emcee.__version__}", "detectapi": __version__, "seed": plan.seed,
            "walkers": plan.walkers,
            "steps": plan.steps, "burn": plan.burn, "draws": KEPT, "acceptance": round(chains.acceptance, 3),
        },
        "autocorrelation_time": [round(float(v), 1) for v in chains.autocorrelation_time()],
        "effective_size": [round(float(v)) for v in chains.effective_size()],
        "split_r_hat": [round(float(v), 3) for v in chains.split_r_hat()],
        "mean": [round(float(v), 3) for v in chains.flat.mean(axis=0)],
        "sd": [round(float(v), 3) for v in chains.flat.std(axis=0)],
        "check": [round(float(v), 6) for v in likelihood.log_posterior(checked)],
        "left_out": sorted(without),
        "publications": publications.scores(likelihood, draws.astype(float), plan.seed),
        "ranks": ranks.of_substance(substance_id, names),
    }  # fmt: skip
    _sign(about, substance_id, likelihood)
    folder = data / "calibration"
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"names": np.array(names), "deviates": draws} | {f"without.{k}": v for k, v in without.items()}
    np.savez_compressed(folder / f"{substance_id}.npz", **arrays)
    write(about, folder / f"{substance_id}.json")
    return about


def renew(substance_id: str, data: Path) -> dict[str, Any]:
    """Write the digests of a calibration anew where its data changed in nothing that it depends on.

    That is so after a change of words, or of rows that it does not use in a file that it uses. It is shown by the log posterior of
    the checked draws, which is the same as when the draws were made.

    Parameters
    ----------
    substance_id : str
    data : Path
        The folder of data.

    Returns
    -------
    dict
        The content of the ``.json`` file.

    Raises
    ------
    CatalogError
        The log posterior differs: the draws have to be made again.
    """
    file, about, likelihood = _made(substance_id, data)
    now = likelihood.log_posterior(checked_draws(file.with_suffix(".npz")))
    apart = float(np.abs(now - np.array(about["check"])).max())
    if apart > SAME:
        raise CatalogError(f"{file.name}: the log posterior of its draws moved by {apart:.2g}; run detectapi calibrate")
    _sign(about, substance_id, likelihood)
    write(about, file)
    return about


def rank(substance_id: str, data: Path) -> dict[str, Any]:
    """Keep the draws of a calibration; try its recipe on made-up studies, and score its publications, once more.

    Parameters
    ----------
    substance_id : str
    data : Path
        The folder of data.

    Returns
    -------
    dict
        The content of the ``.json`` file.
    """
    file, about, likelihood = _made(substance_id, data)
    with np.load(file.with_suffix(".npz")) as stored:
        draws = stored["deviates"].astype(float)
    about["publications"] = publications.scores(likelihood, draws, about["method"]["seed"])
    about["ranks"] = ranks.of_substance(substance_id, about["parameters"])
    write(about, file)
    return about


def _made(substance_id: str, data: Path) -> tuple[Path, dict[str, Any], Likelihood]:
    """A calibration that was made before: its ``.json`` file, what stands in it, and its likelihood today."""
    file = data / "calibration" / f"{substance_id}.json"
    about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return file, about, Likelihood(substance_id, about["parameters"])


def write(about: dict[str, Any], file: Path) -> None:
    """Write what a calibration says of itself."""
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def _sign(about: dict[str, Any], substance_id: str, likelihood: Likelihood) -> None:
    """Put the digests of the data at hand into the content of a ``.json`` file."""
    members = rules.family(substance_id)
    about["substances"] = {member: catalog.substance(member).numbers_sha256 for member in members}
    about["files"] = _files(substance_id, likelihood)
    about["observations"] = posterior.digest(posterior.DATA, about["files"])


def urine_sources(substance_id: str, likelihood: Likelihood) -> list[str]:
    """Publications with urine rows of the substance itself, in the order of the rows."""
    own = [term.row for term in likelihood.terms if term.row.study.substance in rules.family(substance_id)]
    return list(dict.fromkeys(row.study.source for row in own if row.quantity in URINE))


def checked_draws(file: Path) -> np.ndarray:
    """The draws whose log posterior is in the ``.json`` file. A test recomputes it and fails if the model has changed."""
    with np.load(file) as stored:
        draws = stored["deviates"]
    return draws[np.linspace(0, len(draws) - 1, CHECKED).astype(int)].astype(float)


def rounded(draws: np.ndarray) -> np.ndarray:
    """Draws as they are kept: multiples of `STEP`."""
    return (np.round(draws / STEP) * STEP).astype(np.float32)


def _files(substance_id: str, likelihood: Likelihood) -> list[str]:
    """The files of data that the likelihood is made from, beside those of the substances that it calibrates."""
    population = {f"physiology/{name}.toml" for name in FILES}
    others = {f"substances/{other}.toml" for other in rules.calibration(substance_id).get("studies_of", {})}
    rules_of_it = {"validation.toml", f"calibration/{substance_id}.toml"}
    return sorted({term.row.file for term in likelihood.terms} | population | others | rules_of_it)


def _every(steps, say):
    return lambda done: say(f"{done} steps") if done % steps == 0 else None
