import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error

from mlpkit.components.metrics import MemberRootMeanSquaredError

RNG = np.random.default_rng(0)
Y = RNG.normal(size=(30, 2)).astype("float32")
OUTPUTS = RNG.normal(size=(3, 30, 2)).astype("float32")
WEIGHT = RNG.uniform(size=30).astype("float32")


def by_sklearn(y, outputs):
    # over all targets at once, as Keras does; not the mean of their roots
    wide = np.repeat(WEIGHT, y.shape[1])
    return root_mean_squared_error(y.ravel(), outputs.ravel(), sample_weight=wide)


def test_several_targets():
    metric = MemberRootMeanSquaredError(members=3)
    expected = [by_sklearn(Y, o) for o in OUTPUTS]
    np.testing.assert_allclose(metric(Y, OUTPUTS, WEIGHT), expected, rtol=1e-5)
    one = MemberRootMeanSquaredError()(Y, OUTPUTS[1], WEIGHT)
    np.testing.assert_allclose(one, expected[1], rtol=1e-5)


@pytest.mark.parametrize("y", [Y[:, 0], Y[:, :1], np.stack([Y[:, 0]] * 3)])
def test_one_target(y):
    outputs = OUTPUTS[..., :1]
    expected = [by_sklearn(Y[:, :1], o) for o in outputs]
    metric = MemberRootMeanSquaredError(members=3)
    np.testing.assert_allclose(metric(y, outputs, WEIGHT), expected, rtol=1e-5)
