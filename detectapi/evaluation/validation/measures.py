"""Measures: the quantity that a study measured, computed for each of its simulated people, in canonical units.

A measure takes a `Trial` and a row and returns an array of shape (size,), or (m, size) for several times.
"""

from __future__ import annotations

import numpy as np

LOOK_H = 24.0
"""Time for which plasma is followed if a study does not report it. [h]"""

URINE = (
    "detection_time", "first_negative", "urine_ratio", "urinary_fraction", "renal_clearance", "renal_fraction",
    "positive_specimens", "urine_peak",
)  # fmt: skip
"""Quantities of urine."""

COLLECTED_H = 240.0
"""Time for which urine is collected if a study does not report it: until nothing more is excreted. [h]"""

FALLEN = 0.2
LATER = 4
"""A slope is computed where concentrations have fallen by a fifth, after so many doublings of time at most."""

GRID_POINTS = 41
QUIET = 6
"""A study is over after so many visits at which nobody was positive."""

VISITS = 400
"""Number of specimens after which a simulated study ends."""

NOT_SIMULATED = {
    "fraction_unbound": "a parameter of the model, not something it predicts",
    "fraction_metabolised": "a parameter of the model, not something it predicts",
    "total_recovery": "conjugates and other metabolites are not in the model",
    "positive_specimens": "no time of the specimens",
    "urine_concentration": "no time of the specimens",
    "urine_peak_time": "how often urine was taken around the peak was not seen",
    "urine_plasma_ratio": "no time of the specimens",
    "half_life_per_ph": "a slope over the pH of the urine of a few people, which was not seen; the"
    " half-lives at acid and alkaline pH stand for it",
    "daily_amount": "what people take, an input",
    "volume_steady_state": "depends on how plasma was sampled and modelled, which was not seen",
    "volume_per_kg": "depends on how plasma was sampled and modelled, which was not seen",
    "mean_residence_time": "depends on how plasma was sampled, which was not seen",
    "tmax": "the time of the peak moves no window",
}
"""Quantities without a measure, with the reason."""


def auc(trial, row):
    """Area under the plasma curve to infinity, summed over the analytes of the row. [ng*h/mL]"""
    return sum(trial.auc(a) * trial.mass[a] for a in row.analytes)


def auc_ratio(trial, row):
    """Ratio of areas, of mass or of moles. [-]"""
    return _ratio(trial, row, {a: trial.auc(a) for a in (*row.analytes, row.relative_to)})


def bioavailability(trial, row):
    """Fraction of the dose that reaches the circulation unchanged. [-]"""
    if row.analytes != (trial.question.substance.root.id,):
        return None
    return trial.entering(row.analytes[0]) / trial.dose()


def clearance(trial, row):
    """Total clearance. That of a metabolite is apparent in most papers and is not compared. [L/h]"""
    return trial.total_clearance(row.analytes[0]) if row.analytes == (trial.question.substance.root.id,) else None


def clearance_per_kg(trial, row):
    """Total clearance by body weight. [L/h/kg]"""
    total = clearance(trial, row)
    return None if total is None else total / trial.simulation.person.covariates["weight_kg"]


def renal_clearance(trial, row):
    """Renal clearance at the usual urine. [mL/min]"""
    return trial.renal_clearance(row.analytes[0]) / 0.06


def renal_fraction(trial, row):
    """Renal share of the total clearance at the usual urine. [-]"""
    return trial.renal_clearance(row.analytes[0]) / trial.total_clearance(row.analytes[0])


def cmax(trial, row):
    """The highest concentration on a fine grid. [ng/mL]"""
    return sum(_plasma(trial, a).max(axis=0) * trial.mass[a] for a in row.analytes)


def half_life(trial, row):
    """Half-life from the slope over the second half of the time for which plasma was followed. [h]"""
    end = _followed(trial)
    begin = 0.5 * (trial.dose_duration + end)
    hours = np.zeros(trial.size)
    for _ in range(LATER):  # a metabolite that still forms does not fall yet: it is followed for twice as long
        first, last = trial.plasma(row.analytes[0], [begin, end])
        fall = np.log(first / last)
        hours = np.where(hours > 0.0, hours, np.where(fall > FALLEN, (end - begin) * np.log(2.0) / fall, 0.0))
        if (hours > 0.0).all():
            break
        begin, end = end, 2.0 * end
    return np.where(hours > 0.0, hours, (end - begin) * np.log(2.0) / FALLEN)


def plasma_concentration(trial, row):
    """Concentration at the sampling times, or at the end of the last dose if none is reported. [ng/mL]"""
    return _at_times(trial, row, by_mass=True)


def plasma_molarity(trial, row):
    """Concentration at the times of the row. [umol/L]"""
    return _at_times(trial, row, by_mass=False)


def plasma_ratio(trial, row):
    """Ratio of concentrations at the sampling time. [-]"""
    time = _times(trial, row)[-1:]
    return _ratio(trial, row, {a: trial.plasma(a, time)[0] for a in (*row.analytes, row.relative_to)})


def urinary_fraction(trial, row):
    """Fraction of the dose in the collected urine, summed over the analytes of the row. [-]"""
    sampling = trial.study.sampling
    until = (sampling.until_h if sampling else None) or COLLECTED_H
    grid = np.concatenate([[0.0], np.geomspace(0.05, until, GRID_POINTS)])
    excreted = 0.0
    for analyte in row.analytes:
        curve = trial.plasma(analyte, grid)
        excreted = excreted + trial.renal_clearance(analyte) * np.trapezoid(curve, grid, axis=0)
    return excreted / trial.dose()


def urine_ratio(trial, row):
    """Ratio in a specimen in the middle of the sampling, or ratios of all positive specimens. Shape (visits, size)."""
    names, sampling = (*row.analytes, row.relative_to), trial.study.sampling
    if (
        sampling.clock == "first-dose-start"
    ):  # during the infusion, which is long compared with a void: plasma times clearance
        begin, end = sampling.from_h or 0.0, sampling.until_h or trial.dose_duration
        time = begin + (end - begin) * 0.5
        there = {a: trial.plasma(a, [time])[0] * trial.simulation.per_plasma(a) for a in names}
        return _ratio(trial, row, there, measured=True)[None]
    ratios = []
    for visit, time in _visits(trial):
        readings = trial.specimen(names, time, visit, row.hydrolysed)
        positive = np.logical_and.reduce([readings[a] >= row.cutoff_ng_ml for a in names])
        if visit > 4 and not positive.any():
            break
        ratios.append(np.where(positive, _ratio(trial, row, readings, measured=True), np.nan))
    return np.array(ratios)


def detection_time(trial, row):
    """Time of the last specimen at or above the cutoff, with the sampling of the study from a random start. [h]"""
    last, end = np.zeros(trial.size), trial.study.sampling.until_h
    quiet = 0
    for visit, time in _visits(trial):
        positive = _positive(trial, row, time, visit)
        if end is not None:
            positive &= time <= end
        last = np.where(positive, time, last)
        quiet = 0 if positive.any() else quiet + 1
        if quiet >= QUIET:
            break
    return last


def first_negative(trial, row):
    """Time of the first specimen below the cutoff after one at or above it; 0 where none is positive. [h]

    A person whose last specimen of the follow-up is positive, with no negative one before, counts with the end of the follow-up.
    """
    end = trial.study.sampling.until_h
    seen, first, quiet = np.zeros(trial.size, dtype=bool), np.zeros(trial.size), 0
    for visit, time in _visits(trial):
        within = time <= end if end is not None else np.ones(trial.size, dtype=bool)
        positive = _positive(trial, row, time, visit)
        first = np.where(within & seen & ~positive & (first == 0.0), time, first)
        seen |= positive & within
        quiet = 0 if positive.any() else quiet + 1
        if quiet >= QUIET or not within.any():
            break
    return np.where(seen & (first == 0.0), end or time, first)


def positive_share(trial, row):
    """Share of a person's specimens at the times of the study that are positive; else 1 if one at a random time of it is, or 0."""
    sampling = trial.study.sampling
    if sampling is not None and sampling.times_h:
        return np.mean([_positive(trial, row, *one) for one in _specimens(trial)], axis=0)
    time = trial.phase() * ((sampling.until_h if sampling else None) or LOOK_H)
    return _positive(trial, row, time, 1).astype(float)


def urine_peak(trial, row):
    """The highest concentration in a person's specimens at the times of the study, summed over the analytes. [ng/mL]"""
    highest = np.zeros(trial.size)
    for time, visit in _specimens(trial):
        readings = trial.specimen(row.analytes, time, visit, row.hydrolysed)
        highest = np.maximum(highest, sum(readings[a] for a in row.analytes))
    return highest


MEASURES = {
    measure.__name__: measure
    for measure in (
        auc, auc_ratio, bioavailability, clearance, clearance_per_kg, renal_clearance, renal_fraction, cmax, half_life,
        plasma_concentration, plasma_molarity, plasma_ratio, urinary_fraction, urine_ratio, positive_share,
        detection_time, first_negative, urine_peak,
    )
}  # fmt: skip


def _followed(trial) -> float:
    """Time until which plasma was followed, from the start of the first dose. [h]"""
    sampling = trial.study.sampling
    if sampling is not None and sampling.matrix == "plasma":
        if sampling.until_h:
            return sampling.until_h
        if sampling.times_h:
            return sampling.times_h[-1]
    return trial.dose_duration + LOOK_H


def _times(trial, row):
    if row.time_h:
        return np.array(row.time_h)
    sampling = trial.study.sampling
    if sampling is None or not (sampling.times_h or sampling.until_h):
        return np.array([trial.dose_duration])
    return np.array(sampling.times_h or (sampling.until_h,))


def _at_times(trial, row, by_mass):
    time = _times(trial, row)
    curves = sum(trial.plasma(a, time) * (trial.mass[a] if by_mass else 1.0) for a in row.analytes)
    return curves if row.time_h else curves[-1]


def _plasma(trial, analyte):
    end = max(trial.dose_duration, 0.02) * 1.0001
    grid = np.concatenate([[end], end + np.geomspace(0.03, LOOK_H, GRID_POINTS)])
    return trial.plasma(analyte, grid)


def _ratio(trial, row, amounts, measured=False):
    """Ratio of the analytes of a row to another; amounts in plasma are molar, measured ones are masses."""
    weight = {a: 1.0 if measured == (row.ratio_of == "mass") else trial.mass[a] for a in amounts}
    if measured and row.ratio_of == "moles":
        weight = {a: 1.0 / trial.mass[a] for a in amounts}
    top = sum(amounts[a] * weight[a] for a in row.analytes)
    return top / (amounts[row.relative_to] * weight[row.relative_to])


def _positive(trial, row, time, visit):
    """Whether the specimen of each person at a time is positive by the rule of the row. Shape (size,)."""
    readings = trial.specimen(row.analytes, time, visit, row.hydrolysed)
    hits = [readings[a] >= row.cutoff_ng_ml * trial.departure for a in row.analytes]
    return np.logical_and.reduce(hits) if row.rule == "all" else np.logical_or.reduce(hits)


def scheduled(sampling) -> bool:
    """Whether it is known when each specimen was taken."""
    return bool(sampling) and bool(sampling.times_h or (sampling.every_h and sampling.until_h))


def _specimens(trial):
    """The time of each specimen of a schedule, and its number. [h after the last dose]"""
    sampling = trial.study.sampling
    if not sampling.times_h:
        for visit, time in _visits(trial):
            if (time > sampling.until_h).all():
                return
            yield np.minimum(time, sampling.until_h), visit
    before = trial.dose_duration if sampling.clock == "first-dose-start" else 0.0
    for visit, time in enumerate(sampling.times_h):
        yield np.full(trial.size, max(time - before, 0.0)), visit + 1


def _visits(trial):
    """Each visit, with the time at which each person gives a specimen. [h after the last dose]"""
    every, begin = trial.study.sampling.every_h or LOOK_H, trial.study.sampling.from_h or 0.0
    phase = trial.phase()
    for visit in range(VISITS):
        yield visit + 1, begin + (visit + phase) * every
