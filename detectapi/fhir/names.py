"""What a code or a text of a resource means here: a substance, an analyte, a route. Codes count before texts."""

import re
from functools import lru_cache

from detectapi.fhir.elements import codings, refuse, texts
from detectapi.knowledge import catalog, codes
from detectapi.knowledge.catalog.registries import plain
from detectapi.values.errors import InputError
from detectapi.values.substance import Substance

MOST_WORDS = 12
"""Words of a text that are looked at."""

WORD = re.compile(r"[\w()+-]+")
NOT_ONE = re.compile(
    r"\b(serum|plasma|blood|saliva|oral fluid|hair|meconium|breath|sweat|metabolites|ratio|cutoff)\b", re.IGNORECASE
)
"""Words of results that are of another specimen, or of no single analyte."""

ROUTE_ENDINGS = re.compile(r"\s*(\(qualifier value\)|\broute\b|\buse\b|\badministration\b)", re.IGNORECASE)


def code_of(concept, kinds, recalled=False):
    """The first coding of a concept that is known here with one of some kinds; None where none is.

    Parameters
    ----------
    concept : Place
    kinds : iterable of str
    recalled : bool
        Whether codes that were written from memory are used.
    """
    known = codes.codes()
    for key in codings(concept):
        code = known.get(key)
        if code and code.kind in kinds and (code.is_active or (recalled and code.unused is None)):
            return code
    return None


def substance_of(concept, remarks, recalled=False):
    """The substance that a medication is, with the row of its code; (None, None) where the catalogue has none.

    Returns
    -------
    str or None
        A word that the question may have: the id of the substance, or a brand of it.
    Code or None

    Raises
    ------
    InputError
        The text names two substances.
    """
    code = code_of(concept, ("ingredient", "product"), recalled)
    if code:
        return code.of, code
    every = (named_in(text, substance_names()) for text in texts(concept))
    named: dict[str, str] = next(filter(None, every), {})
    if len(named) > 1:
        raise refuse("The text names several substances; send one medication for each.", "ambiguous", concept.path)
    if not named:
        return None, None
    remarks.add("matched-by-text", concept.path)
    return next(iter(named.values())), None


def named_in(text, names):
    """What a text names by its longest phrases: by id, the words that name each.

    Parameters
    ----------
    text : str
    names : dict of str to str
        By plain name, the id.
    """
    words = WORD.findall(text)[:MOST_WORDS]
    for size in (len(words), 3, 2, 1):
        phrases = [" ".join(words[start : start + size]) for start in range(len(words) - size + 1)]
        named = {names[plain(phrase)]: phrase for phrase in phrases if plain(phrase) in names}
        if named:
            return named
    return {}


def substance_names():
    """The substances by every name that they have."""
    return _substance_names(catalog.ids())


@lru_cache(maxsize=4)
def _substance_names(ids):
    return {
        plain(name): known.id
        for known in map(catalog.substance, ids)
        for name in (known.id, known.name, *known.aliases, *(brand.name for brand in known.brands))
    }


def analytes():
    """Every analyte by its id, with the substances that make it."""
    return _analytes(catalog.ids())


@lru_cache(maxsize=4)
def _analytes(ids):
    makers: dict[str, list[Substance]] = {}
    for substance in map(catalog.substance, ids):
        for moiety in substance.moieties:
            if not moiety.no_analyte:
                makers.setdefault(moiety.id, []).append(substance)
    return makers


@lru_cache(maxsize=4)
def _analyte_names(ids):
    return {
        plain(name): moiety.id
        for moiety_id, makers in _analytes(ids).items()
        for moiety in makers[0].moieties
        if moiety.id == moiety_id
        for name in (moiety.id, moiety.name, *moiety.abbreviations)
    }


def analyte_named_in(text):
    """The one analyte that a text of an observation in urine names; None where it names none, or another specimen."""
    if NOT_ONE.search(text):
        return None
    named = named_in(text, _analyte_names(catalog.ids()))
    return next(iter(named)) if len(named) == 1 else None


def route_of(concept, substance_word):
    """The route of a substance that a concept names.

    Raises
    ------
    InputError
        None that the substance has data for.
    """
    substance = catalog.substance(substance_word)
    for text in (*texts(concept), *(code for _, code in codings(concept))):
        for word in (text, ROUTE_ENDINGS.sub("", text).strip()):
            try:
                return catalog.resolve_route(substance, word).id
            except InputError:
                continue
    raise refuse("The substance has no data for this route.", "unknown-route", concept.path, list(substance.routes))
