import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkit.components.layers import OrderedQuantiles

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)


def test_first_value_and_cumulative_softplus_of_each_target():
    z = RNG.normal(size=(2, 7, 6)) * 3
    y = OrderedQuantiles(3, dtype="float64")(z)
    split = z.reshape(2, 7, 2, 3)
    steps = np.logaddexp(0, split[..., 1:])
    expected = split[..., :1] + np.cumsum(
        np.concatenate([np.zeros((2, 7, 2, 1)), steps], -1), -1
    )
    np.testing.assert_allclose(y, expected.reshape(2, 7, 6), rtol=1e-12)


def test_one_quantile_is_the_identity():
    z = RNG.normal(size=(7, 2)).astype("float32")
    np.testing.assert_array_equal(OrderedQuantiles(1)(z), z)


@settings(deadline=None)
@given(  # but for subnormal numbers, which TensorFlow takes for 0
    st.lists(
        st.floats(-1e6, 1e6, width=32, allow_subnormal=False), min_size=9, max_size=9
    )
)
def test_never_cross(z):
    y = OrderedQuantiles(9)(np.array([z], "float32"))
    assert (np.diff(y) >= 0).all()


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_never_cross_compiled(dtype):
    # steps as small as the rounding of the first value
    z = RNG.uniform(-20, -8, size=(500, 99)).astype("float32")
    z[:, 0] = RNG.normal(size=500) * 100
    y = tf.function(OrderedQuantiles(99, dtype=dtype), jit_compile=True)(z)
    assert (np.diff(tf.cast(y, "float32")) >= 0).all()


def test_bad_arguments():
    with pytest.raises(ValueError, match="num_quantiles must be >= 1, got 0"):
        OrderedQuantiles(0)
    with pytest.raises(ValueError, match=r"must have 3 columns .* shape \(None, 4\)"):
        OrderedQuantiles(3).build((None, 4))
