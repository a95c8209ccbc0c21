import numpy as np
import pytest

from detectapi.model.draws import PEOPLE_PER_ROW, STREAMS, Draws, MedianDraw, layout


@pytest.mark.parametrize(
    ("asked", "made", "batches"),
    [
        (1, 100, 2), (100, 100, 2), (101, 150, 3), (500, 500, 10), (501, 750, 5), (1000, 1000, 10), (1001, 1250, 5),
        (2000, 2000, 10), (20_000, 20_000, 10),
    ],
)  # fmt: skip
def test_layout_has_at_least_the_draws_asked_for_in_batches_of_equal_size(asked, made, batches):
    plan = layout(asked)

    assert (made, batches) == (plan.draws, plan.batches)
    assert plan.groups % plan.batches == 0


def test_two_rows_of_a_group_share_people_but_not_knowledge():
    selection = layout(200).all()
    people = selection.people.reshape(-1, 2, PEOPLE_PER_ROW)
    knowledge = selection.knowledge.reshape(-1, 2, PEOPLE_PER_ROW)

    assert np.array_equal(people[:, 0], people[:, 1])
    assert np.all(knowledge[:, 0] != knowledge[:, 1])
    assert len(np.unique(people[:, 0])) == people[:, 0].size


def test_same_seed_same_numbers_other_seed_other_numbers():
    plan = layout(500)
    first, again, other = (Draws(seed, plan).normal("people", "x") for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_numbers_of_a_name_do_not_depend_on_what_else_is_asked():
    plan = layout(500)
    alone, among = Draws(7, plan), Draws(7, plan)
    among.prepare("people", ["a", "x", "b"])

    assert np.array_equal(alone.normal("people", "x"), among.normal("people", "x"))


def test_streams_and_names_are_unrelated():
    draws = Draws(3, layout(2000))
    numbers = np.array([draws.normal("people", "x"), draws.normal("people", "y"), draws.normal("specimen", "x")])

    # 1000 numbers: correlations have a standard deviation of 0.03.
    assert np.abs(np.corrcoef(numbers) - np.eye(3)).max() < 0.13


def test_every_batch_is_stratified():
    plan = layout(2000)
    numbers = Draws(5, plan).normal("people", "x").reshape(plan.batches, -1)
    size = numbers.shape[1]
    from scipy.special import ndtr

    strata = np.sort(np.floor(ndtr(numbers) * size), axis=1)

    assert np.array_equal(strata, np.tile(np.arange(size), (plan.batches, 1)))


@pytest.mark.parametrize("stream", STREAMS)
def test_numbers_are_standard_normal(stream):
    numbers = Draws(11, layout(20_000)).normal(stream, "x")

    # Stratified, so much closer than 1/sqrt(n).
    assert abs(numbers.mean()) < 0.01
    assert abs(numbers.std() - 1.0) < 0.02


def test_the_median_draw_has_no_deviation():
    draw = MedianDraw()

    assert draw.normal("people", "x") == 0.0
    assert len(draw.selection().people) == 1
