import numpy as np

from mlpkit.components.layers.category_start import CategoryStart


def test_reserved_rows_are_zero_and_the_others_normal():
    table = CategoryStart(1)((4000, 25)).numpy()
    assert (table[:2] == 0).all()
    np.testing.assert_allclose(table[2:].std(), 1 / 5, rtol=0.01)
    assert abs(table[2:].mean()) < 0.003


def test_seed_repeats():
    one, two, other = (CategoryStart(s)((9, 3)).numpy() for s in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    drawn = CategoryStart(None)
    assert not np.array_equal(drawn((9, 3)), drawn((9, 3)))
