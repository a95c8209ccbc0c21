import numpy as np
from every import every
from oracle import Train, as_arrays
from regimens import oral, population

from detectapi.exponentials import crossings, respond
from detectapi.exponentials import response as response_module
from detectapi.exponentials.draw_arrays import ascending_order, sum_rows


@every("n", [1, 2, 3, 8, 17, 1000, 5000])
@every("k", [1, 2, 7, 8, 9, 33])
def test_sums_are_made_row_after_row_however_many_columns(k, n):
    rng = np.random.default_rng(k)
    rows = rng.lognormal(0.0, 5.0, (k, n)) * rng.choice([-1.0, 1.0], (k, n))
    one_by_one = rows[0].copy()
    for row in rows[1:]:
        one_by_one += row
    for layout in (rows, np.asfortranarray(rows), np.repeat(rows, 2, axis=1)[:, ::2]):
        assert (sum_rows(layout) == one_by_one).all()


def test_ascending_sorts_each_column_and_carries_others_along():
    rows = np.array([[3.0, 1.0, 2.0], [1.0, 5.0, 2.0]])
    arrange, order = ascending_order(rows)
    assert arrange(rows).tolist() == [[1.0, 1.0, 2.0], [3.0, 5.0, 2.0]]
    assert arrange(-rows).tolist() == [[-1.0, -1.0, -2.0], [-3.0, -5.0, -2.0]]
    assert order.tolist() == [[1, 0, 0], [0, 1, 1]]


def test_results_do_not_depend_on_the_size_of_blocks(monkeypatch):
    trains = (Train(20.0, -40.0, 0.0, 0.5, 81), Train(5.0, -3.0), Train(1.0, -60.2))
    arrays = as_arrays(population(oral(trains=trains, void=6.0), 150, seed=2))
    times = np.array([0.0, 0.3, 2.0, 7.0, 90.0])

    def answers():
        response = respond(*arrays)
        return response.block, response.concentration(times), crossings(response, np.full(150, 0.05))

    whole, *expected = answers()
    monkeypatch.setattr(response_module, "INPUT_PHASE_NUMBERS", 1)
    few, *result = answers()
    assert (whole > 150, few) == (True, response_module.FEWEST_DRAWS_AT_ONCE)
    assert (result[0] == expected[0]).all()
    assert all((a == b).all() for a, b in zip(result[1], expected[1], strict=True))
