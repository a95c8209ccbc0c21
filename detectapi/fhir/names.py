"""What a code or a text of a resource means here: a substance, an analyte, a route. Codes count before texts."""

import re
from functools import lru_cache

from detectapi.fhir.elements import codings, refuse, texts
from detectapi.knowledge import catalog, codes
from detectapi.values.errors import InputError

MOST_WORDS = 12
"""Words of a text that are looked at."""

WORD = re.compile(r"[\w()+,-]+")
OTHER_MATRIX = re.compile(r"\b(serum|plasma|blood|saliva|oral fluid|hair|meconium|breath|sweat)\b", re.IGNORECASE)
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
    named = {}
    for text in texts(concept):
        named |= named_in(text)
        if named:
            break
    if len(named) > 1:
        raise refuse("The text names several substances; send one medication for each.", "ambiguous", concept.path)
    if not named:
        return None, None
    remarks.add("matched-by-text", concept.path)
    return next(iter(named.values())), None


@lru_cache(maxsize=4096)
def named_in(text):
    """The substances that a text names: by id, the words that name each."""
    words = WORD.findall(text)[:MOST_WORDS]
    named = {}
    for size in (len(words), 3, 2, 1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            try:
                named.setdefault(catalog.resolve_substance(phrase), phrase)
            except InputError:
                continue
        if named:
            break
    return named


@lru_cache(maxsize=64)
def analytes():
    """Every analyte by its id, with the substances that make it."""
    makers = {}
    for substance in catalog.substances():
        for moiety in substance.moieties:
            if not moiety.no_analyte:
                makers.setdefault(moiety.id, []).append(substance)
    return makers


def analyte_named_in(text):
    """The one analyte that a text of an observation in urine names; None where it names none, or another specimen."""
    if OTHER_MATRIX.search(text):
        return None
    words = [word.lower().strip(",()") for word in WORD.findall(text)[:MOST_WORDS]]
    named = {
        moiety.id
        for name, makers in analytes().items()
        for moiety in makers[0].moieties
        if moiety.id == name and {moiety.id, moiety.name.lower(), *map(str.lower, moiety.abbreviations)} & set(words)
    }
    return named.pop() if len(named) == 1 else None


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
