"""The test of a question: the common ones side by side where it is not known, a sentence where it gives no window."""

from contextlib import suppress

from detectapi import service
from detectapi.telling import sentences
from detectapi.telling.common_tests import compare
from detectapi.telling.retelling import quoted
from detectapi.values.errors import InputError
from detectapi.web.page.choices import brands, choices


def side_by_side(asked, answer, voice):
    """The answers for the common tests, where a question names none.

    Parameters
    ----------
    asked : dict
        A request that could be answered.
    answer : dict
        The answer to it, which is for the usual test of the substance.
    voice : Voice

    Returns
    -------
    CommonTests or None
    """
    if "assay" in asked:
        return None
    plain = {name: value for name, value in asked.get("options", {}).items() if name != "include"}
    common = [item["id"] for item in choices()["assays"].values() if fits(item, used_in(answer))]
    others = []
    for id in common:
        with suppress(InputError):  # a test that cannot be computed is left out
            others += [service.answer({**asked, "options": plain, "assay": id})] if id != answer["assay"]["id"] else []
    return compare([answer, *others], voice) if others else None


def not_looking(answer, voice):
    """The panels that do not look for the substance of an answer.

    Returns
    -------
    dict or None
        ``said``, a sentence, and ``panels``, their names; None where all look for it.
    """
    used = used_in(answer)
    panels = [item for item in choices()["panels"] if not used & set(item["substances"])]
    if not panels:
        return None
    names = ", ".join(sentences.name(substance, voice) for substance in answer.get("uses") or used)
    return {
        "said": voice.say("Some panels do not look for %(substance)s at all", substance=names),
        "panels": [sentences.named_test(item, voice) for item in panels],
    }


def used_in(answer):
    """The ids of the substances that an answer is about."""
    return set(answer.get("uses") or [answer["substance"]])


def fits(item, used):
    """Whether a registered test is a common one for all substances that were used."""
    return item["common"] and item["test"] is not None and used <= set(item["substances"])


def without_window(asked, voice):
    """What is said of a test that gives no window: it does not look for the substance, or states no cutoff in urine.

    Parameters
    ----------
    asked : dict
        A request.
    voice : Voice

    Returns
    -------
    dict or None
        None where the test gives one, or is not known.
    """
    named = asked.get("assay") if isinstance(asked, dict) else None
    item = choices()["assays"].get(named) if isinstance(named, str) else None
    used = brands().get(asked.get("substance"), asked.get("substance")) if item else None
    if item is None or item["test"] is not None or used not in item["substances"]:
        return None
    substance = sentences.name(used, voice)
    return {
        "title": sentences.capital(substance),
        "test": voice.say("Test: %(test)s.", test=sentences.named_test(item, voice)),
        "headline": voice.say("For %(substance)s, this test gives no answer", substance=substance),
        "because": quoted(item["because"], voice),
        "limits": sentences.limits(voice),
    }
