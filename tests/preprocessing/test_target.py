import numpy as np
import pytest

from mlpkit.preprocessing import TargetFit, TargetScaling


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_blocks_against_long_double(offset):
    y = np.random.default_rng(0).normal(size=(1000, 2)) * [1, 1e-3] + offset
    fit = TargetFit()
    for block in np.split(y, [0, 1, 2, 500, 501]):
        fit.add(block)
    exact = y.astype(np.longdouble)
    np.testing.assert_allclose(fit.result().mean, exact.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(fit.result().std, exact.std(axis=0), rtol=1e-13)


def test_one_block_is_the_scaling_of_an_array():
    y = np.random.default_rng(1).normal(3, 2, (77, 1))
    fit = TargetFit()
    fit.add(y)
    expected = TargetScaling.fit(y)
    np.testing.assert_allclose(fit.result().mean, expected.mean, rtol=1e-14)
    np.testing.assert_allclose(fit.result().std, expected.std, rtol=1e-14)


def test_a_constant_target_keeps_its_unit():
    fit = TargetFit()
    fit.add(np.full((3, 1), 7.0))
    fit.add(np.full((2, 1), 7.0))
    assert fit.result() == TargetScaling((7.0,), (1.0,))
