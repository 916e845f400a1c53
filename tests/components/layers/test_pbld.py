import numpy as np
import pytest

from mlpkit.components.layers import PBLD

X = np.random.default_rng(0).uniform(-3, 3, size=(20, 4)).astype("float32")


def by_hand(layer, x, numeric):
    """RealMLP's formula in float64, one feature after the other."""
    frequency, phase, kernel, bias = (
        0.1 * w.astype("float64") for w in layer.get_weights()
    )
    x = x.astype("float64")
    parts = []
    for i in range(numeric):
        h = np.cos(2 * np.pi * x[:, i, None] * frequency[i] + phase[i])
        parts += [h @ kernel[i].T + bias[i], x[:, i, None]]
    return np.concatenate([*parts, x[:, numeric:]], axis=1)


@pytest.mark.parametrize("sigma", [0.1, 5.0])
@pytest.mark.parametrize("dim", [2, 4])
def test_equals_the_formula(sigma, dim):
    layer = PBLD(3, sigma=sigma, dim=dim, seed=1)
    y = layer(X)
    np.testing.assert_allclose(y, by_hand(layer, X, 3), rtol=1e-5, atol=2e-5)
    np.testing.assert_array_equal(y[:, dim - 1], X[:, 0])


def test_start():
    layer = PBLD(frequencies=16, sigma=0.3, seed=1)
    layer.build((None, 500))
    frequency, phase, kernel, bias = (0.1 * w for w in layer.get_weights())
    assert abs(frequency.std() - 0.3) < 0.01
    assert abs(phase).max() <= np.pi * (1 + 1e-6)
    assert abs(phase.std() - np.pi / 3**0.5) < 0.05
    for w in (kernel, bias):
        assert abs(w).max() <= 0.25 * (1 + 1e-6)
        assert abs(w.std() - 0.25 / 3**0.5) < 0.01
    assert [w.shape for w in layer.get_weights()] == [
        (500, 16),
        (500, 16),
        (500, 3, 16),
        (500, 3),
    ]


def test_needs_room_for_x_itself():
    with pytest.raises(
        ValueError, match="PBLD: dim must be >= 2, one of them x itself"
    ):
        PBLD(dim=1)
