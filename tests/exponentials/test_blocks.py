"""Blocks of draws, and a calculation that is ended between two of them."""

import pytest

from detectapi.exponentials.blocks import between_blocks, blocks, check_between


class Enough(Exception):
    """Raised by a check."""


def test_blocks_together_are_all_draws_once():
    for count, size in ((0, 3), (1, 3), (3, 3), (10, 3), (10, 100)):
        draws = [draw for some in blocks(count, size) for draw in range(count)[some]]

        assert draws == list(range(count)), (count, size)
        assert all(some.stop <= count for some in blocks(count, size)), (count, size)


def test_a_check_is_called_before_each_block_and_what_it_raises_ends_the_work():
    begun = []

    def check():
        if len(begun) == 2:
            raise Enough

    def work():
        for some in blocks(10, 2):
            begun.append(some)

    with pytest.raises(Enough), check_between(check):
        work()
    assert begun == [slice(0, 2), slice(2, 4)]


def test_a_check_holds_within_its_block_only():
    calls = []
    with check_between(lambda: calls.append("outer")):
        with check_between(lambda: calls.append("inner")):
            between_blocks()
        between_blocks()
    between_blocks()

    assert calls == ["inner", "outer"]
