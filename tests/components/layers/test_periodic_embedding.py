import numpy as np
import pytest

from mlpkit.components.layers import PeriodicEmbedding

X = np.random.default_rng(0).uniform(-3, 3, size=(20, 4)).astype("float32")


@pytest.mark.parametrize("activation", ["relu", None])
def test_equals_the_formula(activation):
    layer = PeriodicEmbedding(
        3, dim=5, frequencies=7, sigma=0.5, activation=activation, seed=1
    )
    y = layer(X)
    c, kernel, bias = (w.astype("float64") for w in layer.get_weights())
    parts = []
    for i in range(3):
        angle = 2 * np.pi * X[:, i, None].astype("float64") * c[i]
        waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
        parts.append(waves @ kernel[i].T + bias[i])
    embedded = np.concatenate(parts, axis=1)
    if activation:
        embedded = np.maximum(embedded, 0)
    expected = np.concatenate([embedded, X[:, 3:]], axis=1)
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=5e-6)


def test_frequencies_start_as_a_normal_cut_at_three_sigma():
    layer = PeriodicEmbedding(sigma=2.0, frequencies=100, seed=1)
    layer.build((None, 1000))
    c = layer.get_weights()[0].ravel() / 2
    assert 2.9 < abs(c).max() <= 3
    # variance of N(0, 1) within ±3: 1 - 6 φ(3) / (2 Φ(3) - 1) = 0.97334
    np.testing.assert_allclose(c.var(), 0.97334, rtol=0.02)
    np.testing.assert_allclose(np.quantile(c, 0.8413), 0.998, atol=0.02)


def test_weights_start_uniform():
    layer = PeriodicEmbedding(dim=10, frequencies=8, seed=1)
    layer.build((None, 100))
    _, kernel, bias = layer.get_weights()
    for w in (kernel, bias):
        assert 0.24 < abs(w).max() <= 0.25
        assert abs(w.mean()) < 0.02


def test_unknown_activation():
    with pytest.raises(ValueError, match="nonsense"):
        PeriodicEmbedding(activation="nonsense")
