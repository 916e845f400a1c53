import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkit.components.activations import Threshold

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
TRUTH = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_is_one_above_zero_only(x):
    assert float(Threshold(dtype="float64")(np.array([[x]]))[0, 0]) == (x > 0)


def test_derivative_is_one_everywhere(value_and_slope):
    x = np.array([[-1e308, -1.0, 0.0, 1.0, 1e308]])
    np.testing.assert_array_equal(
        value_and_slope(Threshold(dtype="float64"), x)[1], np.ones((1, 5))
    )


def test_nan_stays_nan():
    assert np.isnan(Threshold()(np.array([[np.nan]])))


def perceptron(seed):
    start = keras.initializers.RandomNormal(seed=seed)
    dense = keras.layers.Dense(1, kernel_initializer=start)
    model = keras.Sequential([keras.Input((2,)), dense, Threshold()])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=False)
    return model


def test_gradient_descent_makes_rosenblatts_step():
    model = perceptron(seed=3)
    x, y = CORNERS[1:2], np.array([[1.0]], "float32")
    kernel, bias = model.get_weights()
    error = y - (x @ kernel + bias > 0)
    model.train_on_batch(x, y)
    # the mean squared error has twice the gradient of (ŷ - y)²/2
    np.testing.assert_allclose(
        model.get_weights()[0], kernel + 0.2 * error * x.T, rtol=1e-6
    )
    np.testing.assert_allclose(model.get_weights()[1], bias + 0.2 * error[0], rtol=1e-6)


@pytest.mark.parametrize("name", ["and", "or"])
def test_learns_what_a_line_separates(name):
    model, y = perceptron(seed=1), np.array(TRUTH[name], "float32")[:, None]
    for _ in range(100):
        model.train_on_batch(CORNERS, y)
    np.testing.assert_array_equal(model.predict_on_batch(CORNERS), y)


def test_does_not_learn_xor():
    model, y = perceptron(seed=1), np.array(TRUTH["xor"], "float32")[:, None]
    for _ in range(100):
        model.train_on_batch(CORNERS, y)
        assert (model.predict_on_batch(CORNERS) != y).any()


@given(*[st.integers(-(10**6), 10**6)] * 3)
def test_no_line_gives_xor(a, b, c):
    # c <= 0, b + c > 0 and a + c > 0 give a + b + c > -c >= 0, and XOR wants <= 0
    outputs = CORNERS.astype("int64") @ [a, b] + c > 0
    assert outputs.tolist() != [bool(v) for v in TRUTH["xor"]]
