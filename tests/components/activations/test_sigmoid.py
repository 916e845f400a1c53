import keras
import numpy as np

from mlpkit.components.activations import Sigmoid


def test_formula_derivative_and_torch(check_curve):
    check_curve(Sigmoid(dtype="float64"), lambda x: 1 / (1 + np.exp(-x)), "sigmoid")


def test_a_loss_still_finds_the_logits():
    # Keras' cross-entropy goes back to x where it can: log(sigmoid(-200)) is -inf
    y = Sigmoid()(np.array([[-200.0]]))
    loss = keras.losses.BinaryCrossentropy()(np.array([[1.0]]), y)
    np.testing.assert_allclose(loss, 200.0)
