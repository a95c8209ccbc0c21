"""Simulated people whose use is known, and the laboratory reports of their specimens: cases to read backwards."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from detectapi import service
from detectapi.interpretation.accounts import Account, Simulated
from detectapi.interpretation.particles import Particles
from detectapi.interpretation.question import Interpretation, read
from detectapi.model.arrays import Floats
from detectapi.model.several_uses import SeveralUses
from detectapi.model.simulation import Simulation

LIMIT_NG_ML = 1.0
"""Below this a laboratory reports no value."""
IMPRECISION = 0.1


class Setting(NamedTuple):
    """What cases have in common.

    Attributes
    ----------
    name : str
    substance : str
    accounts : tuple of dict
        Of a request; the first is true, and where there are two, the second for half of the cases.
    collected : tuple of float
        Hours of the specimens on the clock of the doses. [h]
    analytes : tuple of str
    """

    name: str
    substance: str
    accounts: tuple[Mapping[str, Any], ...]
    collected: tuple[float, ...]
    analytes: tuple[str, ...]


class Twist(NamedTuple):
    """How the truth differs from what the answer assumes.

    Attributes
    ----------
    doses : float
        True amounts over those of the account.
    scatter : float
        Factor on the logarithm of every residual.
    creatinine : bool
        Whether it is reported.
    """

    doses: float = 1.0
    scatter: float = 1.0
    creatinine: bool = True


AS_ASSUMED = Twist()


class Case(NamedTuple):
    """One simulated person with the report.

    Attributes
    ----------
    question : Interpretation
    used : float
        When the use ended whose time is not known. [h on the clock of the doses]
    levels : list of dict
        Of each specimen, the concentration of each analyte. [ng/mL]
    creatinine : list of float
        Of each specimen. [mg/dL]
    """

    question: Interpretation
    used: float
    levels: list[dict[str, float]]
    creatinine: list[float]


def request_of(setting: Setting, specimens: Sequence[Mapping[str, Any]], draws: int, seed: int) -> dict[str, Any]:
    """A request of a setting."""
    request: dict[str, Any] = {
        "substance": setting.substance,
        "specimens": list(specimens),
        "accounts": [copy.deepcopy(dict(one)) for one in setting.accounts],
        "options": {"draws": draws, "seed": seed},
    }
    if len(setting.accounts) > 1:
        request["compare"] = [[setting.accounts[1]["id"], setting.accounts[0]["id"]]]
    return request


def question_of(request: Mapping[str, Any]) -> Interpretation:
    """A request as it is read."""
    return read(service.load(request, service.interpretation_form()))


class People:
    """Simulated people of whom one account is true. Person ``i`` is the same however many others there are.

    Parameters
    ----------
    setting : Setting
    count : int
    seed : int
    true : int
        Place of the account.
    twist : Twist
    draws : int
        With which the cases are answered.

    Attributes
    ----------
    used : array, shape (people,)
        When the use ended whose time is not known. [h on the clock of the doses]
    creatinine : list of array, shape (people,)
        In each specimen. [mg/dL]
    levels : list of dict of str to array, shape (people,)
        Concentration of each analyte in each specimen. [ng/mL]
    """

    def __init__(
        self, setting: Setting, count: int, seed: int, true: int = 0, twist: Twist = AS_ASSUMED, draws: int = 2000
    ) -> None:
        self.setting, self.seed, self.twist, self.draws = setting, seed, twist, draws
        blank = [
            {"collected_h": at, "results": [{"analyte": a, "below_ng_ml": LIMIT_NG_ML} for a in setting.analytes]}
            for at in setting.collected
        ]
        account = question_of(request_of(setting, blank, draws, seed)).accounts[true]
        simulated = Simulated(Particles(seed, count, account.question.posterior))
        self.used = _times(account, count, seed)
        self.creatinine: list[Floats] = []
        self.levels: list[dict[str, Floats]] = []
        for visit, at in enumerate(setting.collected):
            creatinine, measured = _specimens(setting, account, simulated, visit, at, self.used, twist)
            self.creatinine.append(creatinine)
            self.levels.append(measured)

    def case(self, number: int) -> Case:
        """The report of one person."""
        creatinine = [float(f"{one[number]:.3g}") for one in self.creatinine]
        levels = [{a: float(values[number]) for a, values in here.items()} for here in self.levels]
        specimens: list[dict[str, Any]] = []
        for at, amount, here in zip(self.setting.collected, creatinine, levels, strict=True):
            one: dict[str, Any] = {"collected_h": at, "results": [_result(a, value) for a, value in here.items()]}
            if self.twist.creatinine:
                one["urine_creatinine_mg_dl"] = amount
            specimens.append(one)
        question = question_of(request_of(self.setting, specimens, self.draws, self.seed + number))
        return Case(question, float(self.used[number]), levels, creatinine)


def _times(account: Account, count: int, seed: int) -> Floats:
    """When the use ended whose time is not known, by its prior: anywhere within the cells, not at their middle."""
    cells = account.cells
    if account.time_is_known:
        return np.full(count, cells.time[0])
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(9,)))
    whole = np.concatenate([[0.0], np.cumsum(np.exp(cells.log_mass))])
    return np.asarray(np.interp(rng.random(count) * whole[-1], whole, cells.edges))


def _specimens(
    setting: Setting, account: Account, simulated: Simulated, visit: int, at: float, used: Floats, twist: Twist
) -> tuple[Floats, dict[str, Floats]]:
    """Creatinine [mg/dL] and the reading of each analyte [ng/mL] in one specimen of each person."""
    question, particles = account.question, simulated.particles.at_visit(visit, with_residuals=True)
    there, _ = simulated.void(question, question.physiology, visit)
    if isinstance(there, SeveralUses):
        raise ValueError("cases are of one substance")
    scattered = there.at_another_void(particles, there.specimen)
    made = question.physiology.composition(there.person, there.specimen, particles, particles.selection())
    measured = {}
    for analyte in setting.analytes:
        plasma = _plasma(account, there, at, used, analyte) * twist.doses
        residual = (scattered.per_plasma(analyte) / there.per_plasma(analyte)) ** twist.scatter
        error = np.exp(math.sqrt(math.log1p(IMPRECISION**2)) * particles.normal("assay", analyte))
        measured[analyte] = np.asarray(plasma * there.per_plasma(analyte) * residual * error)
    return np.asarray(made.creatinine), measured


def _plasma(account: Account, there: Simulation, at: float, used: Floats, analyte: str) -> Floats:
    """Concentration in plasma averaged over the void, for the time of use of each person. Shape (people,). [umol/L]"""
    base = there.respond(analyte, [account.question.regimen])
    each = np.arange(len(used))
    if account.further is None:
        return np.asarray(base.concentration(np.maximum(at - used, 0.0))[each, each])
    earlier = base.concentration(np.array([at - account.ended.time[0]]))[0]
    further = there.respond(analyte, [account.further.regimen]).concentration(np.maximum(at - used, 0.0))[each, each]
    return np.asarray(earlier + np.where(at >= used, further, 0.0))


def _result(analyte: str, value: float) -> dict[str, Any]:
    if value < LIMIT_NG_ML:
        return {"analyte": analyte, "below_ng_ml": LIMIT_NG_ML}
    return {"analyte": analyte, "value_ng_ml": float(f"{value:.4g}")}
