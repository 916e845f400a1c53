import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.optimizers import Adam, AMSGrad


def test_equals_the_formula(run, every_gradient, starts):
    mean, square, largest, weight, expected = 0.0, 0.0, 0.0, starts, []
    for t, gradient in enumerate(every_gradient, start=1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        largest = np.maximum(largest, square)
        root = np.sqrt(largest / (1 - 0.99**t))
        weight = weight - 0.01 * mean / (1 - 0.9**t) / (root + 1e-8)
        expected.append(weight)
    ours = run(AMSGrad(0.01, beta_2=0.99), every_gradient)
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("kind", ["random", "sparse", "zero"])
def test_equals_keras(run, gradients, kind):
    # Numbers that float32 holds exactly: Keras rounds its hyperparameters to it.
    options = {"beta_1": 0.875, "beta_2": 1 - 2**-9, "epsilon": 2**-23}
    ours = AMSGrad(2**-7, keras_compatible=True, **options)
    peer = keras.optimizers.Adam(2**-7, amsgrad=True, **options)
    ours, peer = run(ours, gradients(kind)), run(peer, gradients(kind))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)


def test_it_converges_where_adam_does_not():
    # The counterexample of Reddi et al.: rare large gradients one way, frequent small
    # ones the other. On [−1, 1] the best point is −1; Adam walks to 1.
    def train(make):
        # Short memory of squares, so that they forget the rare gradient.
        optimizer = make(0.5, beta_1=0.0, beta_2=1 / (1 + 10**2))
        weight = keras.Variable([0.0])
        optimizer.build([weight])
        step = tf.function(optimizer.apply, autograph=False)
        for t in range(1, 400):
            optimizer.learning_rate = 0.5 / np.sqrt(t)
            step([tf.constant([10.0 if t % 3 == 1 else -4.0])])
            weight.assign(np.clip(weight.numpy(), -1.0, 1.0))
        return float(weight.numpy()[0])

    assert train(Adam) > 0.9
    assert train(AMSGrad) < -0.5
