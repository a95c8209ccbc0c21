"""Kidney function and the renal clearance of an analyte.

The form of tubular reabsorption is chosen in `renal_clearance` and nowhere else: to try another form, change that function.
"""

from __future__ import annotations

import numpy as np

from detectapi.model.arrays import Value

BLOOD_PH = 7.4
CKD_EPI_PER_YEAR = 0.9938
"""Factor per year of age in the CKD-EPI 2021 equation."""
AGE_OF_POPULATION_GFR = 40.0
"""Age up to which the population's kidney function needs no correction. [years]"""
SENSITIVITY_PH = 6.0
"""The urine pH at which the sensitivity exponent changes nothing."""


def unionised_fraction(ph: Value, pka: Value, charge: str = "base") -> Value:
    """Fraction of a base or an acid that is not ionised at a pH.

    Parameters
    ----------
    ph, pka : float or array
        pH of the fluid and pKa of the (monoprotic) substance; of a neutral one the pKa does not matter.
    charge : {'base', 'acid', 'neutral'}

    Returns
    -------
    float or array
        ``1 / (1 + 10 ** (pka - ph))`` for a base, ``1 / (1 + 10 ** (ph - pka))`` for an acid, 1 for a neutral one. [-]
    """
    if charge == "neutral":
        return 1.0
    exponent = ph - pka if charge == "acid" else pka - ph
    fraction: Value = 1.0 / (1.0 + 10.0**exponent)
    return fraction


def renal_clearance(
    gfr: Value,
    flow: Value,
    ph: Value,
    fraction_unbound: Value,
    pka: Value,
    secretion: Value,
    permeability: Value,
    ph_sensitivity: Value = 1.0,
    charge: str = "base",
) -> Value:
    """Renal clearance with filtration, secretion and passive reabsorption in a well-stirred distal segment.

    Without permeability it is filtration plus secretion. With infinite permeability the un-ionised form has the same
    concentration in urine as unbound in plasma, and the clearance is proportional to the urine flow.

    Parameters
    ----------
    gfr : float or array
        Glomerular filtration rate of the person, not indexed. [mL/min]
    flow : float or array
        Urine flow. [mL/min]
    ph : float or array
        Urine pH.
    fraction_unbound : float or array
        Unbound fraction in plasma. [-]
    pka : float or array
        pKa of the (monoprotic) base or acid.
    secretion : float or array
        Secretory clearance at a GFR of 100 mL/min; scales with GFR. [mL/min]
    permeability : float or array
        Permeability-surface product of the distal segment. [mL/min]
    ph_sensitivity : float or array
        Exponent on the un-ionised fraction in urine relative to pH 6: 1 is pH partition in full, 0 no effect of pH.
    charge : {'base', 'acid', 'neutral'}
        A base goes back into blood from alkaline urine, an acid from acid urine, a neutral substance from any.

    Returns
    -------
    float or array
        Renal clearance. [mL/min]

    Notes
    -----
    ``CL_r = U (fu G + CL_sec G/100 + PS fu f_n(7.4)) / (U + PS f_n(pH))`` with
    ``f_n(pH) = f_n(6) (f_n(pH) / f_n(6)) ** sensitivity`` on the urine side.
    """
    at_reference = unionised_fraction(SENSITIVITY_PH, pka, charge)
    in_urine: Value = at_reference * (unionised_fraction(ph, pka, charge) / at_reference) ** ph_sensitivity
    into_tubule = fraction_unbound * gfr + secretion * gfr / 100.0
    back_flux = permeability * fraction_unbound * unionised_fraction(BLOOD_PH, pka, charge)
    return flow * (into_tubule + back_flux) / (flow + permeability * in_urine)


def gfr_from_creatinine(serum_creatinine: Value, age: Value, female: bool) -> Value:
    """Estimated GFR by the CKD-EPI 2021 creatinine equation, without a race term.

    Parameters
    ----------
    serum_creatinine : float or array
        [mg/dL]
    age : float or array
        [years]
    female : bool

    Returns
    -------
    float or array
        [mL/min/1.73 m2]

    References
    ----------
    inker2021
    """
    kappa, alpha, factor = (0.7, -0.241, 1.012) if female else (0.9, -0.302, 1.0)
    ratio = np.asarray(serum_creatinine, dtype=float) / kappa
    below, above = np.minimum(ratio, 1.0) ** alpha, np.maximum(ratio, 1.0) ** -1.2
    gfr: Value = 142.0 * below * above * np.power(CKD_EPI_PER_YEAR, age) * factor
    return gfr


def creatinine_clearance(serum_creatinine: Value, age: Value, weight: Value, female: bool) -> Value:
    """Creatinine clearance by Cockcroft and Gault.

    Parameters
    ----------
    serum_creatinine : float or array
        [mg/dL]
    age : float or array
        [years]
    weight : float or array
        [kg]
    female : bool

    Returns
    -------
    float or array
        Not indexed to body surface. [mL/min]

    References
    ----------
    cockcroft1976
    """
    return (140.0 - age) * weight / (72.0 * serum_creatinine) * (0.85 if female else 1.0)


def body_surface(weight: Value, height: Value) -> Value:
    """Body surface area after Du Bois and Du Bois.

    Parameters
    ----------
    weight : float or array
        [kg]
    height : float or array
        [cm]

    Returns
    -------
    float or array
        [m2]

    References
    ----------
    dubois1916
    """
    surface: Value = 0.007184 * np.power(weight, 0.425) * np.power(height, 0.725)
    return surface


def gfr_at_age(population_gfr: float, age: float) -> float:
    """The population's kidney function at an age: lowered from 40 years on, as in the CKD-EPI 2021 equation.

    Parameters
    ----------
    population_gfr : float
        Of adults up to 40 years. [mL/min/1.73 m2]
    age : float
        [years]

    Returns
    -------
    float
        [mL/min/1.73 m2]
    """
    return population_gfr * float(CKD_EPI_PER_YEAR ** max(age - AGE_OF_POPULATION_GFR, 0.0))
