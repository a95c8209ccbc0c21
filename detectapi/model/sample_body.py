"""The body of each person: age, weight, height and surface, as far as they are known, and as surveys have them beyond that."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detectapi.inputs.distribution import InputDistribution
from detectapi.inputs.known import KnownInputs
from detectapi.model import body
from detectapi.model.arrays import Value
from detectapi.model.kidney import grown
from detectapi.model.norms import Norms
from detectapi.model.sampler import Sampler

GROWN = 19.9
"""Where a body suggests this age or more, it is an adult's and nothing more is said of the age. [years]"""


class Body(NamedTuple):
    """The body of each person of the stream ``inputs``: each is one number or an array.

    Attributes
    ----------
    age : float or array
        `detectapi.model.body.GROWN_AGE` for an adult of unknown age. [years]
    unsurveyed : float or array
        How far somebody counts as an adult of unknown age; see `detectapi.model.norms.Norms`. [-]
    weight, height, surface : float or array
        [kg], [cm], [m2]
    """

    age: Value
    unsurveyed: Value
    weight: Value
    height: Value
    surface: Value


def with_age(known: KnownInputs, norms: Norms) -> KnownInputs:
    """What is known, with the age that weight and height suggest where it was not told and they suggest a child."""
    sizes = [known.distributions.get(name) for name in ("weight_kg", "height_cm")]
    if "age_y" in known.distributions or not any(sizes):
        return known
    weight, height = (None if one is None else (float(one.centre), float(one.spread)) for one in sizes)
    mean, spread = norms.plausible_age(known.sex, weight, height)
    if mean >= GROWN:
        return known
    by = " and ".join(word for word, one in zip(("weight", "height"), sizes, strict=True) if one is not None)
    return known.infer(
        InputDistribution(
            "age_y",
            mean,
            spread,
            "linear",
            0.0,
            body.GROWN_AGE,
            "derived",
            f"from {by}, as surveys have them by age; it enters body, kidneys and urine",
        )  # fmt: skip
    )


def sample_body(known: KnownInputs, norms: Norms, sampler: Sampler) -> Body:
    """The body of each person.

    Parameters
    ----------
    known : KnownInputs
        As `with_age` gives it.
    norms : Norms
    sampler : Sampler
    """
    age, unsurveyed = _age(known, sampler)
    size = norms.size(age, known.sex, unsurveyed)
    weight, height = _weight_and_height(known, size, sampler)
    return Body(age, unsurveyed, weight, height, body.body_surface(weight, height))


def _age(known: KnownInputs, sampler: Sampler) -> tuple[Value, Value]:
    if "age_y" not in known.distributions:
        return body.GROWN_AGE, 1.0
    age = sampler.told("age_y")
    return age, grown(age) if "age_y" in known.inferred else 0.0


def _weight_and_height(known: KnownInputs, size: body.BodySize, sampler: Sampler) -> tuple[Value, Value]:
    def spread(name: str, median: Value, deviation: Value) -> Value:
        return median * np.exp(deviation * sampler.of_person(name))

    tells_weight, tells_height = (name in known.distributions for name in ("weight_kg", "height_cm"))
    if tells_weight:
        weight = sampler.told("weight_kg")
    elif tells_height:
        weight = spread("weight_kg", *body.weight_at_height(size, sampler.told("height_cm")))
    else:
        weight = spread("weight_kg", size.weight, size.weight_spread)
    if tells_height:
        return weight, sampler.told("height_cm")
    return weight, spread("height_cm", *body.height_at_weight(size, weight))
