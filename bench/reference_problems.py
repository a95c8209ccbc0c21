"""Detection windows and hourly curves of two reference problems, beside an ODE solver and a matrix solution.

Ketamine with three peripheral compartments and a depot, norketamine, dehydronorketamine with one: 8 exponentials,
11 states with three accumulators of urine. Clearances, volumes and the absorption rate are log-normal with 30 % around
round numbers that are made for this comparison and stand for nobody. A: 50 mg swallowed once. B: 100 mg a day for 90
days. Windows are the first and last time at which a void of 4 h holds 1 ng/mL of each of the three analytes.

Peers: LSODA by numbalsoda (the window read off its hourly curve, log-linear in between) and the eigenvectors of each
person's rate matrix by `numpy.linalg.eig` on a grid of times. Both start where we do: from clearances and volumes.
"""

import sys

import numpy as np
from measure import medians, ms, table, verdict, yardstick
from numba import cfunc, njit
from numbalsoda import lsoda, lsoda_sig

from detectapi.exponentials import Absorption, Chain, Doses, crossings, disposition, respond

VOID, FLOW, CUTOFF = 4.0, 0.06, 1e-3  # [h, L/h, mg/L]
RENAL = (0.03, 0.05, 0.16)  # of each clearance
FORMED = (0.7, 0.4)
SWALLOWED = 0.2
# name: dose [mg], doses, hours after the last
PROBLEMS = {"A": (50.0, 1, 336), "B": (100.0, 90, 1440)}
PEOPLE, PEER_PEOPLE = 1000, {"A": 200, "B": 50}
RTOL, ATOL = 1e-8, 1e-11


def parameters(n, seed=1):
    """Clearances [L/h], volumes [L] and absorption rate [1/h] of n people. Columns are people."""
    typical = np.array([79.0, 20.0, 120.0, 40.0, 60.0, 190.0, 0.5, 100.0, 1.5, 60.0, 200.0, 40.0, 150.0, 1.0, 60.0])
    return typical[:, None] * np.exp(0.3 * np.random.default_rng(seed).standard_normal((len(typical), n)))


def cutoffs(p):
    """Plasma concentration that makes the cutoff in urine, for each analyte. [mg/L]"""
    return [CUTOFF * FLOW / (share * p[row]) for share, row in zip(RENAL, (0, 9, 11), strict=True)]


# -- ours -------------------------------------------------------------------------------------------------------------


def regular(dose, count):
    """Schedule of a daily dose, the last at time 0."""
    one = np.ones(1)
    return dose * one, -24.0 * (count - 1) * one, 0.0 * one, 24.0 * one, np.array([count])


def irregular(dose, count):
    """Schedule of single doses with random gaps of a day on average."""
    gaps = np.random.default_rng(3).exponential(24.0, count - 1)
    starts = -np.append(np.cumsum(gaps)[::-1], 0.0)
    one = np.ones(count)
    return dose * one, starts, 0.0 * one, 24.0 * one, one.astype(int)


def responses(p, schedule):
    """The three analytes' responses from raw parameters."""
    n = p.shape[1]
    none = np.empty((0, n))
    moieties = (
        disposition(p[0], p[1], p[2:7:2], p[3:8:2]),
        disposition(p[9], p[10], none, none),
        disposition(p[11], p[12], p[13:14], p[14:15]),
    )
    formation = (FORMED[0] * p[0], FORMED[1] * p[9])
    void = np.full(n, VOID)
    for depth in (1, 2, 3):
        delivered = np.zeros((depth, n))
        delivered[0] = SWALLOWED
        doses = Doses(*schedule, None, (Absorption(delivered, p[8]),))
        yield respond(Chain(moieties[:depth], formation[: depth - 1]), [doses], void)


def our_windows(p, schedule):
    """First and last crossings of the three analytes."""
    return [crossings(r, cutoff) for r, cutoff in zip(responses(p, schedule), cutoffs(p), strict=True)]


def our_curves(p, schedule, hours):
    """Hourly concentrations of the three analytes."""
    time = np.arange(hours + 1.0)
    return [response.concentration(time) for response in responses(p, schedule)]


# -- the ODE solver ---------------------------------------------------------------------------------------------------


@cfunc(lsoda_sig)
def slopes(t, u, du, p):
    """Amounts [mg]: depot, ketamine and its shells, norketamine, dehydronorketamine and its shell, three urines."""
    ketamine, norketamine, dehydro = u[1] / p[1], u[5] / p[10], u[6] / p[12]
    one, two, three, four = u[2] / p[3], u[3] / p[5], u[4] / p[7], u[7] / p[14]
    du[0] = -p[8] * u[0]
    out = p[2] * (ketamine - one) + p[4] * (ketamine - two) + p[6] * (ketamine - three)
    du[1] = 0.2 * p[8] * u[0] - p[0] * ketamine - out
    du[2] = p[2] * (ketamine - one)
    du[3] = p[4] * (ketamine - two)
    du[4] = p[6] * (ketamine - three)
    du[5] = 0.7 * p[0] * ketamine - p[9] * norketamine
    du[6] = 0.4 * p[9] * norketamine - p[11] * dehydro - p[13] * (dehydro - four)
    du[7] = p[13] * (dehydro - four)
    du[8] = 0.03 * p[0] * ketamine
    du[9] = 0.05 * p[9] * norketamine
    du[10] = 0.16 * p[11] * dehydro


SLOPES = slopes.address
HOURS_BEFORE = int(VOID)


@njit
def hourly_urine(address, people, dose, count, hours, rtol, atol):
    """Accumulated urine [mg], hourly from a void before the last dose on. Shape (people, times, 3)."""
    result = np.empty((len(people), HOURS_BEFORE + hours + 1, 3))
    day, before = np.array([0.0, 24.0]), np.arange(0.0, 24.0 + 1.0)
    after = np.arange(0.0, hours + 1.0)
    for i in range(len(people)):
        state, row = np.zeros(11), people[i]
        result[i, :HOURS_BEFORE] = 0.0
        for j in range(count - 1):
            state[0] += dose
            hourly = j == count - 2
            states, _ = lsoda(address, state, before if hourly else day, row, rtol, atol)
            if hourly:
                result[i, :HOURS_BEFORE] = states[-1 - HOURS_BEFORE : -1, 8:]
            state = states[-1].copy()
        state[0] += dose
        states, _ = lsoda(address, state, after, row, rtol, atol)
        result[i, HOURS_BEFORE:] = states[:, 8:]
    return result


def peer_windows(p, dose, count, hours):
    """Last crossing read off the solver's hourly curve, log-linear in between; 0 without any."""
    urine = hourly_urine(SLOPES, np.ascontiguousarray(p.T), dose, count, hours, RTOL, ATOL)
    concentration = (urine[:, HOURS_BEFORE:] - urine[:, :-HOURS_BEFORE]) / (VOID * FLOW)
    above = concentration >= CUTOFF
    last = concentration.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
    person, analyte = np.indices(last.shape)
    following = np.minimum(last + 1, concentration.shape[1] - 1)
    high, low = concentration[person, last, analyte], concentration[person, following, analyte]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = last + np.log(high / CUTOFF) / np.log(high / low)
    return np.where(above.any(axis=1), crossing, 0.0).T


# -- the matrix solution ----------------------------------------------------------------------------------------------


def peer_curves(p, dose, count, hours):
    """Hourly concentrations averaged over the void, from eigenvalues and eigenvectors of each rate matrix."""
    n = p.shape[1]
    matrix = np.zeros((n, 8, 8))
    cl, v, ka = p[0], p[1], p[8]
    matrix[:, 0, 0], matrix[:, 1, 0] = -ka, SWALLOWED * ka
    matrix[:, 1, 1] = -(cl + p[2] + p[4] + p[6]) / v
    for shell in range(3):
        q, volume = p[2 + 2 * shell], p[3 + 2 * shell]
        outer = 2 + shell
        matrix[:, outer, 1], matrix[:, 1, outer], matrix[:, outer, outer] = q / v, q / volume, -q / volume
    matrix[:, 5, 1], matrix[:, 5, 5] = FORMED[0] * cl / v, -p[9] / p[10]
    matrix[:, 6, 5], matrix[:, 6, 6] = FORMED[1] * p[9] / p[10], -(p[11] + p[13]) / p[12]
    matrix[:, 7, 6], matrix[:, 6, 7], matrix[:, 7, 7] = p[13] / p[12], p[13] / p[14], -p[13] / p[14]
    values, vectors = np.linalg.eig(matrix)
    start = np.zeros((n, 8, 1))
    start[:, 0] = dose
    weights = np.linalg.solve(vectors, start)[:, :, 0]
    older = weights * np.exp(24.0 * values) * np.expm1(24.0 * (count - 1) * values) / np.expm1(24.0 * values)
    read = vectors[:, [1, 5, 6], :] / p[[1, 10, 12]].T[:, :, None]
    # The integral of the concentration, up to a constant, before the last dose and from it on.
    early, late = np.arange(-VOID, 0.0), np.arange(hours + 1.0)
    growing = np.exp(values[:, :, None] * early) * (older / values)[:, :, None]
    lasting = np.exp(values[:, :, None] * late) * ((older + weights) / values)[:, :, None]
    offset = (read @ (weights / values)[:, :, None])[:, :, :1]
    integral = np.concatenate([read @ growing, read @ lasting - offset], axis=2)
    return (integral[:, :, HOURS_BEFORE:] - integral[:, :, :-HOURS_BEFORE]) / VOID


# -- what is checked, measured and said -------------------------------------------------------------------------------


def check(problem):
    """Assert that all solutions agree before any is timed; returns the worst differences."""
    dose, count, hours = PROBLEMS[problem]
    p = parameters(200)
    schedule = regular(dose, count)
    ours = our_windows(p, schedule)
    theirs = peer_windows(p[:, :40], dose, count, hours)
    shift = max(np.abs(w.last[:40] - t).max() for w, t in zip(ours, theirs, strict=True))
    # An hourly curve bends between its points; 0.02 h is what log-linear interpolation costs.
    assert shift < 0.05, shift
    residual = 0.0
    for response, cutoff, window in zip(responses(p, schedule), cutoffs(p), ours, strict=True):
        for i in range(p.shape[1]):
            residual = max(residual, abs(response.concentration(window.last[i : i + 1])[0, i] / cutoff[i] - 1.0))
    assert residual < 1e-9, residual
    curves, grid = our_curves(p, schedule, hours), peer_curves(p, dose, count, hours)
    error = 0.0
    for curve, matrix, cutoff in zip(curves, grid.transpose(1, 2, 0), cutoffs(p), strict=True):
        counts = curve >= cutoff / 10.0
        error = max(error, np.abs(curve[counts] / matrix.real[counts] - 1.0).max())
    assert error < 1e-6, error
    missed = 0
    fine = np.arange(0.0, 0.5 * hours, 0.05)
    for response, cutoff, window in zip(responses(p[:, :50], schedule), cutoffs(p[:, :50]), ours, strict=True):
        above = response.concentration(fine) >= cutoff
        outside = (fine[:, None] < window.first[:50]) | (fine[:, None] > window.last[:50])
        missed += int((above & outside).any(axis=0).sum() + ((window.last[:50] > 0.0) & ~above.any(axis=0)).sum())
    assert missed == 0, missed
    return shift, residual, error


def compare(problem):
    """Rows of the table for one problem."""
    dose, count, hours = PROBLEMS[problem]
    print(f"problem {problem}: checking", file=sys.stderr, flush=True)
    shift, residual, error = check(problem)
    p, few, schedule = parameters(PEOPLE), PEER_PEOPLE[problem], regular(dose, count)
    print(f"problem {problem}: measuring", file=sys.stderr, flush=True)
    times = medians(
        {
            "exp": yardstick(),
            "windows": lambda: our_windows(p, schedule),
            "lsoda": lambda: peer_windows(p[:, :few], dose, count, hours),
            "curves": lambda: our_curves(p, schedule, hours),
            "eig": lambda: peer_curves(p, dose, count, hours),
        }
    )
    lsoda_time = times["lsoda"] * PEOPLE / few
    bar = {"A": 40.0, "B": 1500.0}[problem]
    windows = times["windows"]
    yield f"{problem}: `np.exp` over 2e6 doubles", ms(times["exp"]), "", ""
    ratio = windows / times["exp"]
    yield f"{problem}: windows, 3 analytes", ms(windows), f"{ratio:.1f} x exp", verdict(ratio, 4.0, unit=" x")
    ratio = lsoda_time / windows
    name = f"{problem}: numbalsoda ({few} people, scaled)"
    yield name, ms(lsoda_time), f"{ratio:.0f} x", verdict(ratio, bar, False, " x")
    yield f"{problem}: hourly curves, 3 analytes", ms(times["curves"]), "", ""
    ratio = times["eig"] / times["curves"]
    yield f"{problem}: `np.linalg.eig` and a grid", ms(times["eig"]), f"{ratio:.1f} x", verdict(ratio, 3.0, False, " x")
    yield f"{problem}: last crossing, against numbalsoda's hourly curve", "", f"{shift:.1g} h", ""
    name = f"{problem}: concentration at the crossing over the cutoff - 1"
    yield name, "", f"{residual:.1g}", verdict(residual, 1e-9)
    yield f"{problem}: curves against the matrix solution, from cutoff/10", "", f"{error:.1g}", verdict(error, 1e-6)


def scaling():
    """Rows on how time grows with doses and draws."""
    print("scaling: measuring", file=sys.stderr, flush=True)
    p, two, ten = parameters(PEOPLE), parameters(2000), parameters(10_000)
    times = medians(
        {
            "one": lambda: our_windows(p, regular(100.0, 1)),
            "regular": lambda: our_windows(p, regular(100.0, 1000)),
            "irregular": lambda: our_windows(p, irregular(100.0, 1000)),
            "two": lambda: our_windows(two, regular(100.0, 1)),
            "ten": lambda: our_windows(ten, regular(100.0, 1)),
        }
    )
    yield "windows, one dose", ms(times["one"]), "", ""
    for name, bar in (("regular", 1.2), ("irregular", 4.0)):
        ratio = times[name] / times["one"]
        yield f"windows, 1,000 {name} doses", ms(times[name]), f"{ratio:.2f} x one", verdict(ratio, bar, unit=" x")
    ratio = times["ten"] / times["two"]
    yield "windows, 2,000 draws", ms(times["two"]), "", ""
    yield "windows, 10,000 draws", ms(times["ten"]), f"{ratio:.2f} x 2,000", verdict(ratio, 5.5, unit=" x")


def main():
    """Print the tables."""
    header = ("1,000 people, ms", "median", "ratio", "bar")
    print("## Reference problems\n")
    print(__doc__.partition("\n\n")[2].strip() + "\n")
    print(table(header, [row for problem in PROBLEMS for row in compare(problem)]))
    print("\n### How it grows\n")
    print(table(("3 analytes, ms", "median", "ratio", "bar"), list(scaling())))


if __name__ == "__main__":
    main()
