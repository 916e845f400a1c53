import numpy as np

from mlpkit.components.initializers import SmallNormal


def test_mean_and_standard_deviation():
    w = SmallNormal(seed=1)((1000, 1000)).numpy()
    np.testing.assert_allclose(w.mean(), 0, atol=5e-5)
    np.testing.assert_allclose(w.std(), 0.01, rtol=5e-3)


def test_signals_vanish_as_the_docstring_says():
    h = np.random.default_rng(0).normal(size=(1000, 100))
    for layer in range(3):
        h = h @ SmallNormal(seed=layer)((100, 100)).numpy()
    np.testing.assert_allclose(h.std(), 0.1**3, rtol=0.1)


def test_a_seed_repeats_the_draw():
    one = SmallNormal(seed=3)((4, 4))
    np.testing.assert_array_equal(one, SmallNormal(seed=3)((4, 4)))
    assert not np.array_equal(one, SmallNormal(seed=4)((4, 4)))
