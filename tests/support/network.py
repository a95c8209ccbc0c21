"""The slow, obvious truth of a whole substance: every compartment of every moiety a state, marched by matrix exponentials.

Unlike `oracle`, a moiety may have several parents, a test may read several moieties at once, and an input may be any line in
time. Parameters are taken from a simulation's population one by one; how they are put together is written down here again and
shares no code with `detectapi.model` and `detectapi.exponentials`.
"""

import math

import numpy as np
from oracle import exponential


def individual(simulation, draw):
    """A function that gives a parameter of one draw by its name, and a default where the file has none."""

    def get(name, default=None):
        if name not in simulation.population.parameters:
            return default
        return float(simulation.columns.wide(simulation.population(name))[draw])

    return get


def renal(moiety, get, gfr, flow, ph, sensitivity, tubules=(1.0, 1.0)):
    """Renal clearance of a moiety by hand; `tubules` are factors on secretion and on reabsorption. [L/h]"""

    def unionised(at):
        if moiety.charge == "neutral":
            return 1.0
        exponent = get(f"{moiety.id}.pka") - at
        return 1.0 / (1.0 + 10.0 ** (exponent if moiety.charge == "base" else -exponent))

    unbound, secretion = get(f"{moiety.id}.fraction_unbound"), get(f"{moiety.id}.secretion_clearance", 0.0)
    into = unbound * gfr + secretion * tubules[0] * gfr / 100.0
    if not moiety.reabsorbed:
        return into * 0.06
    surface = get(f"{moiety.id}.permeability_surface") * tubules[1]
    in_urine = unionised(6.0) * (unionised(ph) / unionised(6.0)) ** sensitivity
    back = surface * unbound * unionised(7.4)
    return flow * (into + back) / (flow + surface * in_urine) * 0.06


class Network:
    """One draw of a simulation.

    Parameters
    ----------
    simulation : Simulation
        Of one question.
    draw : int
    component : Component
        What the test reads.
    """

    def __init__(self, simulation, draw, component):
        self.simulation, self.draw = simulation, draw
        self.get = individual(simulation, draw)
        self.substance = simulation.question.substance
        person, specimen = simulation.person, simulation.specimen
        names = ("gfr", "flow", "ph", "secretion", "permeability", "nonrenal")
        wide = {name: np.broadcast_to(getattr(person, name), person.gfr.shape) for name in names}
        self.person = {name: float(np.ravel(values)[draw]) for name, values in wide.items()}
        self.flow, self.ph, self.void = (
            float(np.ravel(getattr(specimen, name))[draw]) for name in ("flow", "ph", "void_interval")
        )
        self.sensitivity = self.get("renal.ph_sensitivity", 1.0)
        self.moieties = [moiety for moiety in self.substance.moieties if not moiety.carrier]
        self.states = []
        for moiety in self.moieties:
            self.states += [(moiety.id, i) for i in range(moiety.peripherals + 1)]
        self.inputs = []  # (begin, end, rate at begin, rate at end, vector), or (begin, None, amount, None, vector)
        self.depots = []
        self._doses()
        self._matrix()
        self.readout = self._reads(component)
        self._cache = {}
        self._march()

    # -- the person -----------------------------------------------------------------------------------------------------

    def nonrenal(self, moiety):
        """Clearance that is not renal. [L/h]"""
        parameters = self.simulation.population.parameters

        def typical(name, default=None):
            return parameters[name].value if name in parameters else default

        reference = renal(moiety, typical, 110.0, 62.4 / 60.0, 6.0, 1.0)
        share = max(1.0 - reference / typical(f"{moiety.id}.clearance"), 0.0)
        own = self.get(f"{moiety.id}.nonrenal_factor", 1.0) * self.person["nonrenal"]
        return self.get(f"{moiety.id}.clearance") * share * own

    def renal(self, moiety, flow, ph):
        """Renal clearance. [L/h]"""
        tubules = self.person["secretion"], self.person["permeability"]
        own = renal(moiety, self.get, self.person["gfr"], flow, ph, self.sensitivity, tubules)
        return own * self.get(f"{moiety.id}.renal_factor", 1.0)

    def formed(self, parent):
        """Share of a parent's non-renal clearance that each of its metabolites gets."""
        shares = {}
        for moiety in self.moieties:
            if parent.id in moiety.parents:
                end = "" if len(moiety.parents) == 1 else f"_from_{parent.id}"
                shares[moiety.id] = self.get(f"{moiety.id}.formation_fraction{end}")
        whole = max(1.0, sum(shares.values()))
        return {name: share / whole for name, share in shares.items()}

    # -- compartments ---------------------------------------------------------------------------------------------------

    def _matrix(self):
        index = {state: i for i, state in enumerate(self.states)}
        size = len(self.states)
        matrix = np.zeros((size, size), dtype=np.longdouble)
        for moiety in self.moieties:
            centre = index[moiety.id, 0]
            volume = self.get(f"{moiety.id}.central_volume")
            nonrenal = self.nonrenal(moiety)
            total = nonrenal + self.renal(moiety, self.person["flow"], self.person["ph"])
            matrix[centre, centre] -= np.longdouble(total) / volume
            for name, share in self.formed(moiety).items():
                matrix[index[name, 0], centre] += np.longdouble(share * nonrenal) / volume
            for i in range(1, moiety.peripherals + 1):
                flow = self.get(f"{moiety.id}.intercompartmental_clearance_{i}")
                outer_volume = self.get(f"{moiety.id}.peripheral_volume_{i}")
                if outer_volume is None:
                    outer_volume = flow * self.get(f"{moiety.id}.release_half_life_{i}") / math.log(2.0)
                outer = index[moiety.id, i]
                matrix[centre, centre] -= np.longdouble(flow) / volume
                matrix[outer, centre] += np.longdouble(flow) / volume
                matrix[outer, outer] -= np.longdouble(flow) / outer_volume
                matrix[centre, outer] += np.longdouble(flow) / outer_volume
        for depot, rate, vector in self.depots:
            matrix[depot, depot] -= np.longdouble(rate)
            matrix[:, depot] += np.longdouble(rate) * np.array(self._vector(vector), dtype=np.longdouble)
        self.matrix = matrix

    def _vector(self, shares):
        index = {state: i for i, state in enumerate(self.states)}
        vector = np.zeros(len(self.states))
        for name, share in shares.items():
            vector[index[name, 0]] = share
        return vector

    # -- doses ----------------------------------------------------------------------------------------------------------

    def amount(self, train):
        """Of each dose of a train. [mg]"""
        amount = train.amount
        value = amount.centre
        if not amount.exact:
            numbers = self.simulation.deviates.normal("inputs", f"amount{train.pointer}")
            chosen = self.simulation.selection.inputs[self.draw]
            spread = math.log(amount.high / amount.low) / (2.0 * 1.6448536269514722)
            value *= math.exp(spread * float(np.ravel(numbers)[chosen]))
        if amount.per_kg:
            value *= float(
                np.ravel(self.simulation.columns.wide(self.simulation.person.covariates["weight_kg"]))[self.draw]
            )
        return value

    def _doses(self):
        molar = 1000.0 / self.substance.root.molar_mass.value
        self._one_after_the_other(molar)
        for train in self.simulation.question.regimen.trains:
            (form,) = self.substance.routes[train.route].forms
            if any(path.kind == "capacity-limited" for path in form.paths):
                continue
            shares = {(p.prefix, m): self.get(f"{p.prefix}.fraction_{m}") for p in form.paths for m in p.delivers}
            whole = max(1.0, sum(share for share in shares.values() if share is not None))
            for path in form.paths:
                vector = {m: shares[path.prefix, m] / whole for m in path.delivers}
                rate = self.get(f"{path.prefix}.absorption_rate_constant")
                if rate is not None:
                    self.states.append(("depot", len(self.depots)))
                    self.depots.append((len(self.states) - 1, rate, vector))
                lag = self.get(f"{path.prefix}.lag_time", 0.0)
                length = max(train.duration, self.get(f"{path.prefix}.release_duration", 0.0))
                for j in range(train.count):
                    begin = train.start + j * train.every + lag
                    amount = self.amount(train) * molar
                    into = len(self.states) - 1 if rate is not None else vector
                    if length > 0.0:
                        self.inputs.append((begin, begin + length, amount / length, amount / length, into))
                    else:
                        self.inputs.append((begin, None, amount, None, into))

    def _one_after_the_other(self, molar):
        """Doses that are eliminated at a constant rate: each waits whole for the one before it, then goes at that rate."""
        free = -np.inf
        doses = [
            (train.start + j * train.every, self.amount(train) * molar, train.route)
            for train in self.simulation.question.regimen.trains
            for j in range(train.count)
        ]
        for start, amount, route in sorted(doses):
            (form,) = self.substance.routes[route].forms
            for path in (path for path in form.paths if path.kind == "capacity-limited"):
                rate = self.get(f"{path.prefix}.elimination_rate") * molar
                shares = {m: self.get(f"{path.prefix}.formation_rate_{m}") for m in path.delivers}
                lag = self.get(f"{path.prefix}.lag_time", 0.0)
                turn = max(start, free)
                free = turn + amount / rate
                if turn > start:
                    self.inputs.append((start + lag, turn + lag, amount, amount, shares))
                self.inputs.append((turn + lag, free + lag, amount, 0.0, shares))

    def _into(self, into):
        if isinstance(into, int):
            vector = np.zeros(len(self.states))
            vector[into] = 1.0
            return vector
        return self._vector(into)

    # -- the specimen ---------------------------------------------------------------------------------------------------

    def _reads(self, component):
        """Weight of each state in what the test reads. [ng/mL per umol]"""
        freed = float(np.ravel(self.simulation.columns.wide(self.simulation.hydrolysis_yield()))[self.draw])
        index = {state: i for i, state in enumerate(self.states)}
        weights = np.zeros(len(self.states))
        for name, weight in component.weights.items():
            moiety, share = self.substance.moiety(name), weight
            if name in component.added:
                free = self.substance.moiety(moiety.conjugate_of)
                share = component.weights[free.id] * free.molar_mass.value / moiety.molar_mass.value * freed
            elif moiety.total:
                share = weight * freed
            residual = self.get(f"{moiety.conjugate_of or name}.residual_factor")
            per_plasma = (
                self.renal(moiety, self.flow, self.ph) / (self.flow * 0.06) * moiety.molar_mass.value * residual
            )
            weights[index[name, 0]] += share * per_plasma / self.get(f"{name}.central_volume")
        return weights

    def _step(self, span, rates):
        """Propagator of (states, 1, time since the beginning of the step, integral of the reading)."""
        key = (float(span), rates)
        if key not in self._cache:
            size = len(self.states)
            full = np.zeros((size + 3, size + 3), dtype=np.longdouble)
            full[:size, :size] = self.matrix
            for at_begin, slope, into in rates:
                vector = np.array(self._into(dict(into) if isinstance(into, tuple) else into), dtype=np.longdouble)
                full[:size, size] += vector * at_begin
                full[:size, size + 1] += vector * slope
            full[size + 1, size] = 1.0
            full[size + 2, :size] = self.readout
            self._cache[key] = exponential(full * np.longdouble(span))
        return self._cache[key]

    def _rates(self, begin, end):
        result, middle = [], 0.5 * (begin + end)
        for start, stop, first, last, into in self.inputs:
            if stop is not None and start < middle < stop:
                slope = (last - first) / (stop - start)
                key = tuple(into.items()) if isinstance(into, dict) else into
                result.append((first + slope * (begin - start), slope, key))
        return tuple(result)

    def _jump(self, state, time):
        for start, stop, amount, _, into in self.inputs:
            if stop is None and start == time:
                state[: len(self.states)] += self._into(into) * amount
        return state

    def _march(self):
        self.corners = sorted({t for start, stop, *_ in self.inputs for t in (start, stop) if t is not None})
        size, self.known = len(self.states), []
        state = np.zeros(size + 3, dtype=np.longdouble)
        for i, time in enumerate(self.corners):
            if i:
                state = self._over(state, self.corners[i - 1], time)
            state = self._jump(state.copy(), time)
            self.known.append(state)

    def _over(self, state, begin, end):
        size = len(self.states)
        state = state.copy()
        state[size], state[size + 1] = 1.0, 0.0
        return self._step(end - begin, self._rates(begin, end)) @ state

    def reading(self, time):
        """What the test reads without its own error in a specimen that is given at a time. [ng/mL]"""
        size, begin = len(self.states), time - self.void
        i = int(np.searchsorted(self.corners, begin, side="right")) - 1
        state = np.zeros(size + 3, dtype=np.longdouble) if i < 0 else self.known[i]
        if i >= 0 and begin > self.corners[i]:
            state = self._over(state, self.corners[i], begin)
        state = state.copy()
        state[size + 2] = 0.0
        now = begin
        for corner in [c for c in self.corners if begin < c < time] + [time]:
            state = self._jump(self._over(state, now, corner).copy(), corner)
            now = corner
        return float(state[size + 2] / self.void)

    def last_crossing(self, cutoff, until, step=0.25):
        """Last time at which the reading is at or above a cutoff, to 1e-6 h; 0 where it never is. [h after the last dose]"""
        times = np.arange(0.0, until, step)
        above = np.array([self.reading(t) >= cutoff for t in times])
        if not above.any():
            return 0.0
        low = times[np.flatnonzero(above)[-1]]
        high = low + step
        while high - low > 1e-6:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.reading(middle) >= cutoff else (low, middle)
        return low
