"""Some draws of a chain and of its paths are what was made for these draws alone."""

import numpy as np
import pytest
from oracle import as_arrays
from regimens import oral, population

from detectapi.exponentials import Absorption, Doses, respond
from detectapi.exponentials.chain import Source
from detectapi.exponentials.schedule import NO_DELAY

PEOPLE = population(oral(lag_time=0.5), 7, seed=4)


@pytest.mark.parametrize("draws", [np.array([5, 0, 2]), slice(2, 6)])
def test_picked_draws(draws):
    chain, groups, void = as_arrays(PEOPLE)
    path = groups[0].absorptions[0]
    some = np.arange(7)[draws]
    alone, alone_groups, _ = as_arrays([PEOPLE[i] for i in some])

    picked, picked_path = chain.pick(draws), path.pick(draws)

    assert [len(one) for one in picked] == [3, 2]
    for one, other in zip(picked.dispositions, alone.dispositions, strict=True):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))
    assert all((a == b).all() for a, b in zip(picked.formation, alone.formation, strict=True))
    assert (picked_path.delivered == alone_groups[0].absorptions[0].delivered).all()
    assert (picked_path.rate_constant == alone_groups[0].absorptions[0].rate_constant).all()
    assert (picked_path.lag_time, picked_path.release_duration) == (0.5, 0.0)


def test_picked_draws_of_a_direct_path_and_of_a_source():
    direct = Absorption(np.arange(6.0).reshape(2, 3), None, 0.25, 4.0)
    chain, _, _ = as_arrays(PEOPLE[:3])
    weighted = Source(chain, direct.delivered, np.array([1.0, 2.0, 3.0]), np.array([7.0, 8.0, 9.0]))
    plain = Source(chain, direct.delivered, None, None)

    assert direct.pick(np.array([2, 0])).delivered.tolist() == [[2.0, 0.0], [5.0, 3.0]]
    assert direct.pick(slice(1))[1:] == (None, 0.25, 4.0)
    assert weighted.pick(np.array([1])).rate.tolist() == [2.0]
    assert weighted.pick(np.array([1])).weight.tolist() == [8.0]
    assert weighted.pick(np.array([1])).delivered.tolist() == [[1.0], [4.0]]
    assert plain.pick(np.array([1]))[2:] == (None, None, NO_DELAY)


def test_picked_draws_keep_their_own_lag_and_release():
    path = Absorption(np.ones((1, 3)), None, np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.25, 4.0]))
    picked = path.pick(np.array([2, 0]))

    assert picked.lag_time.tolist() == [3.0, 1.0]
    assert picked.release_duration.tolist() == [4.0, 0.5]
    assert [part.tolist() for part in picked.delay] == [[7.0, 1.5], [4.0, 0.5]]
    assert path._replace(release_duration=0.0).delay.shift.tolist() == [1.0, 2.0, 3.0]
    assert path._replace(lag_time=0.5).delay.shift.tolist() == [0.5, 0.25, 4.0]


def test_whole_numbers_will_do_for_amounts_and_fractions():
    chain, groups, void = as_arrays(PEOPLE[:2])
    path = groups[0].absorptions[0]._replace(delivered=np.array([[1, 1], [0, 0], [0, 0]]))
    whole = Doses(*(np.array([n]) for n in (200, -24, 0, 12, 2)), None, (path,))
    times = [0.0, 5.0, 100.0]
    exact = whole._replace(absorptions=(path._replace(delivered=path.delivered.astype(float)),))
    assert (
        respond(chain, [whole], void).concentration(times) == respond(chain, [exact], void).concentration(times)
    ).all()
