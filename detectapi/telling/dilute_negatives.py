"""What a dilute negative weighs, in words."""

from __future__ import annotations

from detectapi.telling import chances
from detectapi.telling.voice import ENGLISH


def dilute_negative(account: str, negative, voice=ENGLISH) -> str:
    """How much less a dilute negative weighs: the chance of a negative at this dilution and at the usual one.

    Parameters
    ----------
    account : str
        As it is named in sentences.
    negative : dict
        As one of `dilute_negatives` of an account in an answer.
    voice : Voice
    """
    here, usual = negative["probability_negative"], negative["probability_negative_usually"]
    values = {
        "account": account, "specimen": negative["specimen"],
        "here": chances.in_100(here, voice), "usual": chances.in_100(usual, voice),
    }  # fmt: skip
    if here <= usual or values["here"] == values["usual"]:
        return voice.say(
            "If %(account)s is true, a specimen as dilute as specimen %(specimen)s is negative in %(here)s cases, and one of usual"
            " dilution in %(usual)s. So this negative weighs as much as a usual one.", **values,
        )  # fmt: skip
    return voice.say(
        "If %(account)s is true, a specimen as dilute as specimen %(specimen)s is negative in %(here)s cases, and one of usual"
        " dilution in %(usual)s. So this negative weighs less than a usual one.", **values,
    )  # fmt: skip
