import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit import fit
from mlpkit.components.activations import Threshold
from mlpkit.components.losses import PerceptronCriterion

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
TRUTH = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0]}
Z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0], "float32")


@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("end", ["linear", "threshold", "sigmoid"])
@pytest.mark.parametrize("jit", [False, True])
def test_value_and_derivative_by_the_net_input(y, end, jit):
    units = {"linear": lambda z: z, "threshold": Threshold(), "sigmoid": tf.sigmoid}
    if end == "sigmoid":
        units["sigmoid"] = keras.layers.Activation("sigmoid")

    @tf.function(jit_compile=jit)
    def value_and_slope(z):
        with tf.GradientTape() as tape:
            tape.watch(z)
            loss = PerceptronCriterion(reduction=None)(
                tf.fill((5,), y), units[end](z[:, None])
            )
        return loss, tape.gradient(loss, z)

    value, slope = value_and_slope(tf.constant(Z))
    t = 2 * y - 1
    np.testing.assert_array_equal(value, np.maximum(0, -t * Z))
    at_zero = [-1.0] if y else [0.0]
    expected = np.concatenate(
        [np.where(t * Z[:2] < 0, -t, 0), at_zero, np.where(t * Z[3:] < 0, -t, 0)]
    )
    np.testing.assert_array_equal(slope, expected)


def test_half_precision_keeps_the_net_input():
    unit = Threshold(dtype="float16")
    assert PerceptronCriterion()([1.0], unit(np.array([[-3.5]]))) == 3.5


def test_members_and_units():
    z = np.array([[[-1.0, 2.0]], [[3.0, -4.0]]], "float32")
    loss = PerceptronCriterion(reduction=None)(np.array([[1.0, 0.0]]), z)
    np.testing.assert_array_equal(loss, [[1.5], [0.0]])


@pytest.mark.parametrize(
    ("y", "z"), [(-1.0, 1.0), (0.5, 1.0), (0, np.nan), (1, np.nan)]
)
def test_labels_that_are_none_and_nan_give_nan(y, z):
    assert np.isnan(PerceptronCriterion()([y], np.array([[z]], "float32")))


def perceptron(start="zeros"):
    dense = keras.layers.Dense(1, kernel_initializer=start)
    model = keras.Sequential([keras.Input((2,)), dense, Threshold()])
    model.compile(keras.optimizers.SGD(1.0), PerceptronCriterion())
    return model


def trained(name, start="zeros"):
    model, y = perceptron(start), np.array(TRUTH[name], "float32")
    fit(model, CORNERS, y, batch_size=1, epochs=30)
    return model, model.predict_on_batch(CORNERS)[:, 0] == y


def test_a_step_is_rosenblatts():
    model = perceptron()
    fit(model, CORNERS[3:], np.ones(1, "float32"), batch_size=1, epochs=1)
    np.testing.assert_array_equal(model.get_weights()[0], CORNERS[3:].T)
    np.testing.assert_array_equal(model.get_weights()[1], [1])


@pytest.mark.parametrize("name", ["and", "or"])
@pytest.mark.parametrize("start", ["zeros", "random"])
def test_learns_what_a_line_separates(name, start):
    if start == "random":
        start = keras.initializers.RandomNormal(stddev=1.0, seed=3)
    model, right = trained(name, start)
    assert right.all()
    before = model.get_weights()
    fit(model, CORNERS, np.array(TRUTH[name], "float32"), batch_size=1, epochs=3)
    # no mistake, no step
    assert all(map(np.array_equal, before, model.get_weights()))


def test_does_not_learn_xor():
    _, right = trained("xor")
    assert not right.all()
