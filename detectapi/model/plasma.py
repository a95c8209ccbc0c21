"""Plasma concentration of an analyte after doses, along every way of its formation, kept for other voids of the same people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detectapi.exponentials import Response, mix, respond
from detectapi.model.arrays import Floats
from detectapi.model.columns import People
from detectapi.model.dosing import Dosing
from detectapi.model.kinetics import Kinetics
from detectapi.values.regimen import Regimen
from detectapi.values.substance import Substance

MOST_KEPT = 16
"""Responses that are kept: those of a few analytes after the uses of an account."""


class Plasma:
    """Responses of some people, whose kinetics and dosing are the same at every void.

    Parameters
    ----------
    substance : Substance
    kinetics : Kinetics
    dosing : Dosing
    """

    def __init__(self, substance: Substance, kinetics: Kinetics, dosing: Dosing) -> None:
        self.substance, self.kinetics, self.dosing = substance, kinetics, dosing
        self._kept: dict[tuple[str, int], tuple[Regimen, Response]] = {}

    def response(
        self, analyte: str, regimens: Sequence[Regimen], averaging_time: Floats, people: People, per_mg: bool
    ) -> Response:
        """The response of one person's draws is made once; at another void only its averaging time is another.

        Parameters
        ----------
        analyte : str
        regimens : sequence of Regimen
        averaging_time : array, shape (columns,)
            [h]
        people, per_mg
            As in `detectapi.model.simulation.Simulation.signal`.
        """
        if people is not None or per_mg or len(regimens) > 1:
            return self._made(analyte, regimens, averaging_time, people, per_mg)
        key = analyte, id(regimens[0])  # the regimen is kept with it, so that no other gets its id
        if key not in self._kept:
            if len(self._kept) == MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = regimens[0], self._made(analyte, regimens, averaging_time, people, per_mg)
        response = self._kept[key][1]
        if np.array_equal(response.averaging_time, averaging_time):
            return response
        return response.averaged_over(averaging_time)

    def _made(
        self, analyte: str, regimens: Sequence[Regimen], averaging_time: Floats, people: People, per_mg: bool
    ) -> Response:
        parts = [
            respond(
                self.kinetics.chain(lineage, people),
                self.dosing.doses(lineage, *regimens, people=people, per_mg=per_mg),
                averaging_time,
            )
            for lineage in self.substance.lineages(analyte)
        ]
        return parts[0] if len(parts) == 1 else mix(parts, [np.ones(len(averaging_time))] * len(parts))
