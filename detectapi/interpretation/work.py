"""What an interpretation will cost, before it is computed; one that costs too much is refused with what fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detectapi.interpretation.accounts import Account
from detectapi.interpretation.tempering import ISLANDS
from detectapi.model.limits import FEWEST_DRAWS
from detectapi.model.work import most_draws, seconds, sizes_of
from detectapi.values.errors import InputError

MOST_SECONDS = 8.0
"""The dearest interpretation that is accepted, by the estimate of this module. [s of a processor]

Hard questions take about 0.5 to 1.2 times what is expected of them, on one core of a server of 2026. A request is ended after 10 s.
"""
MOVED, FEWEST_MOVED = 2400, 500
"""Draws that are moved to where the results have them: the first number, shared out among the specimens, or at least the second."""
IN_TURN = 40 * ISLANDS
"""Draws for each specimen that is held against the earlier ones. Bands of a picture need fewer than ratios."""
ROUNDS = 15
"""How often these are simulated anew in a hard question of several specimens, in whole simulations of one account after another;
a question of a single specimen hardly ever is."""


OF_A_NODE = 5e-8
"""What a reading of a verdict costs for each node, cell of time and draw, where its parts or stages share a residual. [s]"""
UNDER_OTHERS = 8 * 400
"""Draws that are weighted anew under other assumptions, in all."""


def moved_draws(specimens: int) -> int:
    """How many draws are moved, at most."""
    return max(FEWEST_MOVED, min(MOVED // (2 * ISLANDS) * ISLANDS, MOVED // (specimens * ISLANDS) * ISLANDS))


class Nodes(NamedTuple):
    """How often the verdicts of one account are computed in a cell and draw: see `detectapi.interpretation.verdicts.nodes_of`.

    Attributes
    ----------
    specimen : int
        The most of any specimen.
    planned : int
        That of the planned test.
    """

    specimen: int
    planned: int


NO_NODES = Nodes(0, 0)


def check_work(accounts: Sequence[Account], specimens: int, draws: int, in_turn: int, nodes: Sequence[Nodes]) -> None:
    """Refuse an interpretation that takes too long.

    Parameters
    ----------
    accounts : sequence of Account
    specimens : int
        Those that are interpreted.
    draws : int
    in_turn : int
        Draws with which each specimen is held against the earlier ones; 0 where it is not.
    nodes : sequence of Nodes
        Of each account.

    Raises
    ------
    InputError
        It says how many specimens would fit, or how many draws with one; or that there are too many doses for any number.
    """

    def fits(specimens: int, draws: int = draws, nodes: Sequence[Nodes] = nodes) -> bool:
        each = zip(accounts, nodes, strict=True)
        return sum(_seconds(one, specimens, draws, in_turn, own) for one, own in each) <= MOST_SECONDS

    most = next((fewer for fewer in range(specimens, 0, -1) if fits(fewer)), 0)
    if most == specimens:
        return
    by_verdicts = fits(specimens, nodes=[NO_NODES] * len(accounts))
    among = "verdicts of tests in several parts or stages" if by_verdicts else "so many accounts, doses and analytes"
    instead = " Results of the confirmation in place of a verdict cost less." if by_verdicts else ""
    if most > 0:
        raise InputError(
            f"At most {most} {'specimen' if most == 1 else 'specimens'} with {among}.{instead}",
            pointer="/specimens", code="too-much-work", allowed=[1, most],
        )  # fmt: skip
    if fits(1, FEWEST_DRAWS):
        low = most_draws(lambda fewer: fits(1, fewer), draws)
        raise InputError(
            f"At most {low} draws with {among}.{instead}",
            pointer="/options/draws", code="too-much-work", allowed=[FEWEST_DRAWS, low],
        )  # fmt: skip
    if by_verdicts:
        raise InputError(
            f"Too much work with {among} and so many accounts and times of use: leave some out.{instead}",
            pointer="/specimens", code="too-much-work",
        )  # fmt: skip
    raise InputError(
        "Too many doses listed one by one, or too many accounts: leave some out, or use repeat for equal doses.",
        pointer="/accounts" if len(accounts) > 1 else "/accounts/0/doses", code="too-much-work",
    )  # fmt: skip


def _seconds(account: Account, specimens: int, draws: int, in_turn: int, nodes: Nodes) -> float:
    """What one account costs. [s of a processor]"""
    sizes = sizes_of(account.question)
    whole = specimens * seconds(sizes, draws)
    weighed = draws + UNDER_OTHERS
    if specimens > 1:
        moved = min(moved_draws(specimens), draws)
        whole += specimens * ROUNDS * seconds(sizes, moved)
        weighed += ROUNDS * moved
    # The planned test is read before and after the results.
    verdicts = specimens * weighed * nodes.specimen + 2 * draws * nodes.planned
    whole += verdicts * len(account.cells.time) * OF_A_NODE
    if in_turn and account.further is None:
        whole += specimens * (specimens - 1) / 2 * ROUNDS * seconds(sizes, in_turn)
    return whole
