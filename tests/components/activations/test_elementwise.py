import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.activations import ACTIVATIONS
from mlpkit.components.activations.elementwise import Elementwise

HALF_A_UNIT = {"float16": 2.0**-11, "bfloat16": 2.0**-8}
SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126}


def test_is_abstract():
    with pytest.raises(NotImplementedError):
        Elementwise().curve(0)


@pytest.mark.parametrize("dtype", HALF_A_UNIT)
@pytest.mark.parametrize(
    "name", sorted(n for n, c in ACTIVATIONS.items() if c.widen and n != "elu")
)
def test_half_precision_is_rounded_once(name, dtype):
    x = tf.cast(np.linspace(-9, 9, 3601)[None], dtype)
    y = tf.cast(ACTIVATIONS[name](dtype=dtype)(x), "float64").numpy()
    expected = ACTIVATIONS[name](dtype="float64")(tf.cast(x, "float64")).numpy()
    normal = np.abs(expected) > SMALLEST_NORMAL[dtype]
    error = np.abs(y - expected)[normal] / np.abs(expected)[normal]
    assert error.max() <= 1.02 * HALF_A_UNIT[dtype]


def test_takes_integers():
    y = ACTIVATIONS["mish"]()(tf.constant([[1, 2]]))
    assert y.dtype == "float32"
