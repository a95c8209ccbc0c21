"""The renal clearance of an analyte.

The form of tubular reabsorption is chosen in `renal_clearance` and nowhere else: to try another form, change that function.
"""

from __future__ import annotations

from detectapi.model.arrays import Value

BLOOD_PH = 7.4
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
