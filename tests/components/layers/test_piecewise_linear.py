import json

import keras
import numpy as np
import pytest

from mlpkit.components.layers import PiecewiseLinear, quantile_bins

BINS = [[0.0, 0.1, 1.0, 4.0], [-1.0, 1.0], [2.0, 3.0, 7.0]]
X = np.random.default_rng(0).uniform(-4, 9, size=(60, 4)).astype("float32")


def by_hand(x, edges):
    """Components of one feature, bin by bin as the paper writes them."""
    last = len(edges) - 1
    columns = []
    for t in range(1, last + 1):
        p = (x.astype("float64") - edges[t - 1]) / (edges[t] - edges[t - 1])
        p = p if t == 1 else np.maximum(p, 0)
        columns.append(p if t == last else np.minimum(p, 1))
    return np.stack(columns, axis=1)


def encoded(layer, x):
    """``(rows, features, slots)``."""
    return np.moveaxis(np.asarray(layer.encode(x.T[:, None])), -1, 0)


@pytest.mark.parametrize("version", ["A", "B"])
def test_equals_the_formula(version):
    layer = PiecewiseLinear(BINS, dim=5, version=version, seed=1)
    layer.build(X.shape)
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    kernel, bias, *slope = (w.astype("float64") for w in layer.get_weights())
    parts = []
    for i, edges in enumerate(BINS):
        p = by_hand(X[:, i], edges)
        y = p @ kernel[i][:, : len(edges) - 1].T + bias[i]
        linear = slope[0][i] * X[:, i, None] if version == "B" else 0
        parts.append(np.maximum(y, 0) if version == "A" else y + linear)
    expected = np.concatenate([*parts, X[:, 3:]], axis=1)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5, atol=1e-4)


def test_sum_rule():
    layer = PiecewiseLinear(BINS, dim=1)
    layer.build((None, 3))
    p = encoded(layer, X[:, :3])
    for i, edges in enumerate(BINS):
        slots = len(edges) - 1
        assert (p[:, i, slots:] == 0).all()
        for x, row in zip(X[:, i], p[:, i, :slots], strict=True):
            t = int(np.clip(np.searchsorted(edges, x) - 1, 0, slots - 1))
            assert (row[:t] == 1).all()
            assert (row[t + 1 :] == 0).all()
            if edges[0] <= x <= edges[-1]:
                assert 0 <= row[t] <= 1
        if slots > 1:
            assert (p[X[:, i] < edges[0], i, 0] < 0).all()
        assert (p[X[:, i] > edges[-1], i, slots - 1] > 1).all()


def test_edges_are_met_exactly():
    # 0.1 is no float32: the edge is where float32 puts it
    layer = PiecewiseLinear([[0.0, 0.1, 0.3]], dim=1)
    layer.build((None, 1))
    at = encoded(layer, np.float32([[0.0], [0.1], [0.3]]))[:, 0]
    np.testing.assert_allclose(at, [[0, 0], [1, 0], [1, 1]], atol=1e-7)


def test_version_b_starts_as_a_linear_embedding():
    layer = PiecewiseLinear(BINS, dim=16, seed=1)
    y = layer(X).numpy()
    kernel, bias, slope = layer.get_weights()
    assert (kernel == 0).all()
    for w in (bias, slope):
        assert 0.15 < abs(w).max() <= 0.25
    np.testing.assert_allclose(y[:, :16], X[:, :1] * slope[0] + bias[0], rtol=1e-5)


def test_version_a_starts_uniform_by_the_slots():
    layer = PiecewiseLinear(BINS, dim=64, version="A", seed=1)
    layer.build(X.shape)
    for w in layer.get_weights():
        assert 0.55 < abs(w).max() <= 3**-0.5


def test_bins_are_saved_exactly(tmp_path):
    rng = np.random.default_rng(0)
    bins = quantile_bins(rng.lognormal(size=(500, 2)), 20)
    layer = PiecewiseLinear([[0.1, 1 / 3], *bins], dim=2, seed=1)
    config = json.loads(json.dumps(layer.get_config()))
    assert config["bins"] == [[0.1, 1 / 3], *bins]
    model = keras.Sequential([keras.Input((3,)), layer])
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    assert back.layers[0].bins == layer.bins
    np.testing.assert_array_equal(back(X[:, :3]), model(X[:, :3]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bins": []}, "bins must hold the edges of >= 1 feature, got none"),
        ({"bins": [[0, 1], [1.0]]}, r"bins\[1\] must be >= 2 finite edges .*\[1.0\]"),
        ({"bins": [[0.0, 0.0]]}, r"bins\[0\] must be .* ascend in float32"),
        ({"bins": [[1.0, 0.0]]}, r"bins\[0\] must be"),
        ({"bins": [[1.0, 1.0 + 1e-9]]}, r"bins\[0\] must be"),
        ({"bins": [[0.0, float("inf")]]}, r"bins\[0\] must be"),
        ({"bins": [[0.0, float("nan"), 1.0]]}, r"bins\[0\] must be"),
        ({"version": "C"}, "version must be 'A' or 'B', got 'C'"),
        ({"dim": 0}, "dim must be >= 1, got 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"PiecewiseLinear: {message}"):
        PiecewiseLinear(**{"bins": BINS, **arguments})
