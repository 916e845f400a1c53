import numpy as np
import pytest

from mlpkit.training.order import epoch_order, row_order


def test_order_is_a_new_permutation_each_epoch_and_the_same_for_a_seed():
    first, second = (row_order(10, seed=1, epoch=e).tolist() for e in (0, 1))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert row_order(10, seed=1, epoch=1).tolist() == second
    assert row_order(10, seed=2, epoch=0).tolist() != first


@pytest.mark.parametrize("length", [3, 10, 25])
def test_epochs_of_any_length_go_through_every_row_equally_often(length):
    epochs = [
        epoch_order(10, seed=4, epoch=e, rows_per_epoch=length) for e in range(10)
    ]
    assert all(len(e) == length for e in epochs)
    counts = np.bincount(np.concatenate(epochs), minlength=10)
    assert (counts == length).all()
