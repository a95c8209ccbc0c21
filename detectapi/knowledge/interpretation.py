"""The rules of interpretation, read from ``data/interpretation.toml``: words for a ratio, caps, validity of specimens, notes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from detectapi.knowledge import DATA
from detectapi.values.errors import CatalogError


class Limit(NamedTuple):
    """A range of one measurement; an end that is None is open.

    Attributes
    ----------
    at_least, above, at_most, below : float or None
    """

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    @property
    def is_bounded_above(self) -> bool:
        """Whether it has an upper end."""
        return self.at_most is not None or self.below is not None

    def holds(self, value: float) -> bool:
        """Whether a value lies in it."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


class Validity(NamedTuple):
    """A rule by which a programme calls a specimen something.

    Attributes
    ----------
    word : str
    programme : str
    source : str
        Citekey.
    locator : str
    access : str
        How the rule is known: ``read`` or ``recalled``.
    limits : dict of str to Limit
        All must hold.
    """

    word: str
    programme: str
    source: str
    locator: str
    access: str
    limits: Mapping[str, Limit]


class Support(NamedTuple):
    """A row of the table of words.

    Attributes
    ----------
    word : str
    below : float
        The ratio from which on the next row holds; infinite in the last one.
    """

    word: str
    below: float


class Precondition(NamedTuple):
    """What has to be known beside the numbers, for some substances.

    Attributes
    ----------
    code, message : str
    when : str
        ``always``, ``screen``, ``stored`` or ``not-hydrolysed``.
    substances : tuple of str
    above : float
        With ``stored``: for more than so many days. [d]
    """

    code: str
    message: str
    when: str
    substances: tuple[str, ...]
    above: float = 0.0


class Medicine(NamedTuple):
    """A medicine after which false positives of a screen were more frequent.

    Attributes
    ----------
    name : str
    odds_ratio, low, high : float
        Odds of a false positive with the medicine over those without, and the 95 % interval.
    """

    name: str
    odds_ratio: float
    low: float
    high: float


class Interference(NamedTuple):
    """The medicines that a study of one screen names.

    Attributes
    ----------
    called : str
        What the screen is for.
    analytes : tuple of str
        A screen is meant that responds to one of them.
    kit, source : str
        The test, and the citekey of the study.
    medicines : tuple of Medicine
    """

    called: str
    analytes: tuple[str, ...]
    kit: str
    source: str
    medicines: tuple[Medicine, ...]


class NeverFormed(NamedTuple):
    """Analytes that some substances are known never to become. Of other pairs nothing is known where a tree does not have them.

    Attributes
    ----------
    substances, analytes : tuple of str
    source : str
        Citekey.
    """

    substances: tuple[str, ...]
    analytes: tuple[str, ...]
    source: str


class Rules(NamedTuple):
    """Everything in the file.

    Attributes
    ----------
    departure : float
        Share of specimens that depart from the model altogether.
    largest_ratio : dict of str to float
        The largest ratio that is shown, by evidence grade.
    unexplained : float
        Probability of a departure from which on a result is not explained by an account.
    scale : tuple of Support
        Ascending.
    scale_source : str
        Citekey.
    validity : tuple of Validity
        In the order in which they are tried.
    preconditions : tuple of Precondition
    interference : tuple of Interference
    never_formed : tuple of NeverFormed
    """

    departure: float
    largest_ratio: Mapping[str, float]
    unexplained: float
    scale: tuple[Support, ...]
    scale_source: str
    validity: tuple[Validity, ...]
    preconditions: tuple[Precondition, ...]
    interference: tuple[Interference, ...]
    never_formed: tuple[NeverFormed, ...]

    def is_never_formed(self, analyte: str, substances: Iterable[str]) -> bool:
        """Whether none of some substances ever becomes an analyte."""
        known = {substance for row in self.never_formed if analyte in row.analytes for substance in row.substances}
        return known.issuperset(substances)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules.

    Raises
    ------
    CatalogError
        The file has not the form that it must have.
    """
    root = tomllib.loads((DATA / "interpretation.toml").read_text(encoding="utf-8"))
    try:
        return _read(root)
    except (KeyError, TypeError) as error:
        raise CatalogError(f"interpretation.toml: {error}") from error


def _read(root: Mapping[str, Any]) -> Rules:
    scale = tuple(Support(row["word"], float(row.get("below", "inf"))) for row in root["scale"]["rows"])
    if [row.below for row in scale] != sorted(row.below for row in scale):
        raise CatalogError("interpretation.toml: the rows of the scale must ascend")
    validity = tuple(
        Validity(
            row["word"], row["programme"], row["source"], row["locator"], row["access"],
            {name: Limit(**limits) for name, limits in row["limits"].items()},
        )
        for row in root["validity"]
    )  # fmt: skip
    return Rules(
        root["departure"]["share"],
        root["largest_ratio"]["by_grade"],
        root["unexplained"]["departure"],
        scale,
        root["scale"]["source"],
        validity,
        tuple(
            Precondition(row["code"], row["message"], row["when"], tuple(row["substances"]), row.get("above", 0.0))
            for row in root["preconditions"]
        ),
        tuple(_interference(row) for row in root["interference"]),
        tuple(
            NeverFormed(tuple(row["substances"]), tuple(row["analytes"]), row["source"]) for row in root["never_formed"]
        ),
    )


def _interference(row: Mapping[str, Any]) -> Interference:
    medicines = tuple(Medicine(one["name"], one["odds_ratio"], one["low"], one["high"]) for one in row["medicines"])
    if any(not one.low <= one.odds_ratio <= one.high for one in medicines):
        raise CatalogError("interpretation.toml: an odds ratio lies outside its interval")
    return Interference(row["called"], tuple(row["analytes"]), row["kit"], row["source"], medicines)
