"""`detectapi calibrate`: sample the posterior, also without each urine study, and write the result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import emcee
import numpy as np

from detectapi._version import __version__
from detectapi.evaluation.calibration import sampling
from detectapi.evaluation.calibration.likelihood import URINE, Likelihood
from detectapi.evaluation.validation import rules
from detectapi.knowledge import catalog, posterior
from detectapi.knowledge.catalog.population import FILES

WALKERS = 512
STEPS, BURN = 700, 500
LEFT_OUT_WALKERS, LEFT_OUT_STEPS, LEFT_OUT_BURN = 128, 200, 150
KEPT, KEPT_LEFT_OUT, CHECKED = 4000, 400, 8
SEED = 20261123


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
    draws = draws[sampling.in_order(draws)].astype(np.float32)

    without = {}
    for source in urine_sources(likelihood):
        say(f"without the urine rows of {source}")
        fewer = Likelihood(substance_id, names, without=source)
        begin = chains.thinned(plan.left_out_walkers)
        left = sampling.sample(fewer.log_posterior, begin, plan.left_out_steps, plan.left_out_burn, plan.seed)
        without[source] = left.thinned(KEPT_LEFT_OUT).astype(np.float32)

    checked = draws[np.linspace(0, KEPT - 1, CHECKED).astype(int)].astype(float)
    about = {
        "substances": {member: catalog.substance(member).numbers_sha256 for member in rules.family(substance_id)},
        "files": _files(likelihood),
        "observations": "",
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
    }  # fmt: skip
    about["observations"] = posterior.digest(posterior.DATA, about["files"])
    folder = data / "calibration"
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"names": np.array(names), "deviates": draws} | {f"without.{k}": v for k, v in without.items()}
    np.savez_compressed(folder / f"{substance_id}.npz", **arrays)
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{substance_id}.json").write_text(text, encoding="utf-8", newline="\n")
    return about


def urine_sources(likelihood) -> list[str]:
    """Publications with urine rows, in the order of the rows."""
    return list(dict.fromkeys(t.row.study.source for t in likelihood.terms if t.row.quantity in URINE))


def checked_draws(file: Path) -> np.ndarray:
    """The draws whose log posterior is in the ``.json`` file. A test recomputes it and fails if the model has changed."""
    with np.load(file) as stored:
        draws = stored["deviates"]
    return draws[np.linspace(0, len(draws) - 1, CHECKED).astype(int)].astype(float)


def _files(likelihood) -> list[str]:
    """The files of data that the likelihood is made from, beside those of the substances."""
    population = {f"physiology/{name}.toml" for name in FILES}
    return sorted({term.row.file for term in likelihood.terms} | population | {"validation.toml"})


def _every(steps, say):
    return lambda done: say(f"{done} steps") if done % steps == 0 else None
