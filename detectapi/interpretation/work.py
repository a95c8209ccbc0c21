"""What an interpretation will cost, before it is computed; one that costs too much is refused with what fits."""

from __future__ import annotations

from collections.abc import Sequence

from detectapi.interpretation.accounts import Account
from detectapi.interpretation.tempering import ISLANDS
from detectapi.model.work import seconds, sizes_of
from detectapi.values.errors import InputError

MOST_SECONDS = 8.0
"""The dearest interpretation that is accepted, by the estimate of this module. [s of a processor]

Hard questions take about 0.5 to 1.2 times what is expected of them, on one core of a server of 2026. A request is ended after 10 s.
"""
MOVED, FEWEST_MOVED = 2400, 500
"""Draws that are moved to where the results have them: the first number, shared out among the specimens, or at least the second."""
ROUNDS = 15
"""How often these are simulated anew in a hard question of several specimens, in whole simulations of one account after another;
a question of a single specimen hardly ever is."""


def moved_draws(specimens: int) -> int:
    """How many draws are moved, at most."""
    return max(FEWEST_MOVED, min(MOVED // (2 * ISLANDS) * ISLANDS, MOVED // (specimens * ISLANDS) * ISLANDS))


def check_work(accounts: Sequence[Account], specimens: int, draws: int) -> None:
    """Refuse an interpretation that takes too long.

    Parameters
    ----------
    accounts : sequence of Account
    specimens : int
        Those that are interpreted.
    draws : int

    Raises
    ------
    InputError
        It says how many specimens would fit, or that there are too many doses for any number.
    """
    if specimens == 0:
        return
    of_one = sum(_of_one_specimen(account, draws, specimens) for account in accounts)
    if of_one * specimens <= MOST_SECONDS:
        return
    fits = int(MOST_SECONDS / of_one)
    if fits > 0:
        raise InputError(
            f"At most {fits} specimens with so many accounts, doses and analytes.",
            pointer="/specimens", code="too-much-work", allowed=[1, fits],
        )  # fmt: skip
    raise InputError(
        "Too many doses listed one by one, or too many accounts: leave some out, or use repeat for equal doses.",
        pointer="/accounts", code="too-much-work",
    )  # fmt: skip


def _of_one_specimen(account: Account, draws: int, specimens: int) -> float:
    """What one account costs in each specimen. [s of a processor]"""
    sizes = sizes_of(account.question)
    moved = ROUNDS * seconds(sizes, min(moved_draws(specimens), draws)) if specimens > 1 else 0.0
    return seconds(sizes, draws) + moved
