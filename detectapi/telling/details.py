"""How an input of an answer is known, in a few words. `detectapi.model.inputs_used` decides which apply and their values."""

from __future__ import annotations

DETAILS = {
    "from-pattern": "from the pattern of use, %(pattern)s",
    "drawn": "drawn among people: %(shares)s",
    "scaled": "scaled",
    "set": "set",
    "surface": "from weight and height; an indexed GFR is de-indexed with it",
    "usual-at-age": "usual at this age",
    "usual-at-height": "usual at this height",
    "usual-at-weight": "usual at this weight",
    "usual-in-pregnancy": "usual in pregnancy",
    "hydration": "hydration level %(level)s",
    "stage": "CKD stage %(stage)s read as its range of eGFR",
    "true-gfr-by-creatinine": (
        "the true one by serum creatinine, age and sex by EKFC in children and CKD-EPI 2021 in adults, with what that may"
        " be off by"
    ),
    "true-gfr-by-method": "the true one by what was given (%(method)s), with what that may be off by",
}
"""The words of each; ``%(name)s`` are their values."""


def detail(code: str, **values) -> str:
    """How an input is known, as an answer holds it.

    Parameters
    ----------
    code : str
        One of `DETAILS`.
    **values
        What its words name.
    """
    return DETAILS[code] % values if values else DETAILS[code]
