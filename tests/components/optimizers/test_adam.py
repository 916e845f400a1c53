import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import Adam
from mlpkit.components.schedules import OneCycle

pytestmark = pytest.mark.slow


def by_hand(weight, gradients, rates, betas, decay=0.0, epsilon=1e-8):
    """Algorithm 1 of the paper, with the products that a changing β₁ asks for."""
    mean, square, product_1, product_2, weights = 0.0, 0.0, 1.0, 1.0, []
    for gradient, rate, beta in zip(gradients, rates, betas, strict=True):
        mean = beta * mean + (1 - beta) * gradient
        square = 0.999 * square + 0.001 * gradient**2
        product_1, product_2 = product_1 * beta, product_2 * 0.999
        root = np.sqrt(square / (1 - product_2))
        weight = weight - rate * decay * weight
        weight = weight - rate * mean / (1 - product_1) / (root + epsilon)
        weights.append(weight)
    return np.array(weights)


@pytest.mark.parametrize("xla", [False, True])
def test_equals_the_paper(run, every_gradient, starts, xla):
    expected = by_hand(starts, every_gradient, [0.01] * 300, [0.9] * 300)
    ours = run(Adam(0.01), every_gradient, xla=xla)
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)


def test_weight_decay_is_decoupled(run, gradients, start):
    expected = by_hand(start, gradients("random"), [0.01] * 300, [0.9] * 300, 0.1)
    ours = run(Adam(0.01, weight_decay=0.1), gradients("random"))
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("xla", [False, True])
def test_a_cycle_moves_beta_1_and_its_correction(run, gradients, start, xla):
    cycle = OneCycle(0.05, total_steps=300)
    optimizer = Adam(cycle)
    ours = run(optimizer, gradients("random"), xla=xla)
    expected = by_hand(
        start, gradients("random"), cycle.curve(300), cycle.momentum_curve(300)
    )
    np.testing.assert_allclose(ours, expected, rtol=1e-8, atol=1e-12)
    assert float(optimizer.beta_1) == pytest.approx(0.95, rel=1e-9)


@pytest.mark.parametrize("kind", ["random", "sparse", "zero", "scales"])
def test_equals_keras(run, gradients, kind):
    # Numbers that float32 holds exactly: Keras rounds its hyperparameters to it.
    options = {"beta_1": 0.875, "beta_2": 1 - 2**-9, "epsilon": 2**-23}
    ours = Adam(2**-7, keras_compatible=True, weight_decay=0.125, **options)
    peer = keras.optimizers.Adam(2**-7, weight_decay=0.125, **options)
    ours, peer = run(ours, gradients(kind)), run(peer, gradients(kind))
    np.testing.assert_allclose(ours, peer, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize(("dtype", "digits"), [("bfloat16", 8), ("float16", 11)])
def test_narrow_weights_follow_float32_ones(run, gradients, dtype, digits, xla):
    # Steps of 0.0003 are far below bfloat16's spacing of 0.0156 at 2.
    steps = gradients("random") + 0.5
    wide = run(Adam(3e-4), steps, dtype="float32")
    narrow = run(Adam(3e-4), steps, dtype=dtype, xla=xla).astype(np.float32)
    np.testing.assert_allclose(narrow[-1], wide[-1], rtol=2.0**-digits, atol=1e-3)
    assert (np.abs(narrow[-1] - narrow[0]) > 0.02).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beta_1": 1.0}, r"Adam: beta_1 must be in \[0, 1\), got 1.0"),
        ({"beta_2": -0.1}, r"Adam: beta_2 must be in \[0, 1\), got -0.1"),
        ({"epsilon": 0}, r"Adam: epsilon must be in \(0, inf\), got 0"),
        ({"beta_1": "0.9"}, r"Adam: beta_1 must be in \[0, 1\), got '0.9'"),
        ({"beta_1": None}, r"Adam: beta_1 must be in \[0, 1\), got None"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Adam(**arguments)
