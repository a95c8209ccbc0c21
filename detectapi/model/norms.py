"""What is usual in the population: the data of ``data/physiology``, ready to be asked."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from detectapi.model import body, excretion, kidney
from detectapi.model.arrays import Floats, Value
from detectapi.model.body import BodySize
from detectapi.values.physiology import PhysiologyData

Sex = str | None


class Norms:
    """What is usual at an age.

    An age may be a number or an array. ``unsurveyed`` is how far somebody counts as an adult of unknown age: 0 where the age was
    told, 1 where nothing suggests one, and in between where a body suggests one.

    Parameters
    ----------
    data : PhysiologyData

    Attributes
    ----------
    data : PhysiologyData
    number : dict of str to float
        Numbers that are the same in every draw, by name.
    """

    def __init__(self, data: PhysiologyData) -> None:
        self.data = data
        self.number = {name: measure.value for name, measure in data.quantities.items()}
        self._adults = {sex: body.size_of_adult(data.bodies, sex) for sex in (None, *body.SEXES)}
        self._children = {sex: body.size_at_age(data.bodies, body.CHILD_AGES, sex) for sex in body.SEXES}
        self._size_at = lru_cache(maxsize=1024)(lambda age, sex: body.size_at_age(data.bodies, age, sex))
        self.plausible_age = lru_cache(maxsize=4096)(self._plausible_age)

    # -- body ---------------------------------------------------------------------------------------------------------

    def size(self, age: Value, sex: Sex, unsurveyed: Value) -> BodySize:
        """Weight and height of people."""
        adult = self._adults[sex]
        if np.all(unsurveyed == 1.0):
            return adult
        size = self._size_at(age, sex) if isinstance(age, float) else body.size_at_age(self.data.bodies, age, sex)
        return size if np.all(unsurveyed == 0.0) else body.between(size, adult, unsurveyed)

    def _plausible_age(
        self, sex: Sex, weight: tuple[float, float] | None, height: tuple[float, float] | None
    ) -> tuple[float, float]:
        """The age that a body suggests: see `detectapi.model.body.plausible_age`."""
        sexes = (sex,) if sex else body.SEXES
        sizes = [self._children[one] for one in sexes], [self._adults[one] for one in sexes]
        return body.plausible_age(*sizes, self.number["body.child_share"], weight, height)

    # -- kidneys ------------------------------------------------------------------------------------------------------

    def usual_gfr(self, age: Value, unsurveyed: Value, weight: Value, surface: Value) -> Value:
        """Median indexed GFR. [mL/min/1.73 m2]"""
        number, unknown = self.number, self.data.parameters["gfr_ml_min_1_73m2"].value
        if np.all(unsurveyed == 1.0):
            return unknown
        adult: Value = unknown
        if not np.any(unsurveyed):
            names = ("gfr.young_adult", "gfr.fall", "gfr.falling_from")
            adult = kidney.usual_adult_gfr(age, *(number[name] for name in names))
        infant: Value = number["gfr.child"]
        if np.any(np.less(age, kidney.INFANT_TO_CHILD[1])):
            names = ("gfr.mature", "gfr.half_mature_at", "gfr.maturation_steepness")
            infant = kidney.indexed(kidney.rhodin_gfr(weight, age, *(number[name] for name in names)), surface)
        return kidney.usual_gfr(age, infant, number["gfr.child"], adult)

    def gfr_spread(self, age: Value, unsurveyed: Value) -> Value:
        """Standard deviation of the logarithm of GFR between people. [-]"""
        unknown = self.data.parameters["gfr_ml_min_1_73m2"].variability
        if np.all(unsurveyed == 1.0):
            return unknown
        names = [
            "gfr.infant_spread",
            "gfr.child_spread",
            "gfr.adult_spread",
            "gfr.spread_rise",
            "gfr.spread_rising_from",
        ]
        numbers = [self.number[name] for name in names]
        if np.any(unsurveyed):
            numbers[2] = unknown  # what adults of unknown age have, which a body that suggests an age fades into
        return kidney.usual_gfr_spread(age, *numbers)

    # -- urine --------------------------------------------------------------------------------------------------------

    def course(self, name: str, age: Value) -> Value:
        """A number that changes with age, in its unit."""
        return body.at_age(self.data.courses[name], age)

    def flow_spread(self, age: Value) -> Value:
        """Standard deviation of the logarithm of the usual urine flow between people. [-]"""
        child = float(np.sqrt(np.log1p(self.number["urine.child_flow_cv"] ** 2)))
        adult = self.data.parameters["urine_flow_ml_h"].variability
        return child + (adult - child) * kidney.grown(age)

    def creatinine_excretion(self, age: Value, unsurveyed: Value, sex: Sex, weight: Value) -> tuple[Value, Value]:
        """Creatinine excreted: the median [mg/day], and the standard deviation of its logarithm between people [-]."""
        exponent = self.number["creatinine.weight_exponent"]
        if sex is not None:
            rates = self._creatinine_rates(age, unsurveyed, sex)
            return excretion.creatinine_excretion(rates, weight, exponent), rates.spread
        one, other = (self._creatinine_rates(age, unsurveyed, each) for each in body.SEXES)
        return excretion.creatinine_of_either_sex(one, other, weight, exponent)

    def _creatinine_rates(self, age: Value, unsurveyed: Value, sex: str) -> excretion.CreatinineRates:
        rate = self.course(f"creatinine_excretion_mg_kg_d.{sex}", age)
        left = excretion.decline(
            self.adult_age(age, unsurveyed),
            self.number[f"creatinine.decline.{sex}"],
            self.number["creatinine.decline_from"],
        )
        spread = float(np.sqrt(np.log1p(self.number[f"creatinine.cv.{sex}"] ** 2)))
        return excretion.CreatinineRates(rate * left, spread, self.size(age, sex, unsurveyed).weight)

    def adult_age(self, age: Value, unsurveyed: Value) -> Value:
        """The age where it was told, and that of a usual adult as far as it was not. [years]"""
        usual = self.number["creatinine.age_of_adult"]
        return usual if np.all(unsurveyed == 1.0) else age + unsurveyed * (usual - age)

    def highest_osmolality(self, share: Value) -> Floats:
        """The most concentrated urine that kidneys make, by their GFR relative to healthy ones. [mOsm/kg]"""
        names = ("urine.highest_osmolality", "urine.highest_osmolality_failing", "urine.failing_share")
        return kidney.highest_osmolality(share, *(self.number[name] for name in names))

    def night(self, age: Value, share: Value) -> Floats:
        """Urine flow of the night relative to the usual flow, by age and by GFR relative to healthy kidneys. [-]"""
        number = self.number
        ages = number["night.young_until"], number["night.old_from"]
        shares = number["night.failing_share"], number["night.healthy_share"]
        return excretion.night_factor(age, share, number["night.flow"], ages, shares)
