import numpy as np
import pytest

from mlpkit.components.layers import PiecewiseLinear, quantile_bins

X = np.random.default_rng(0).lognormal(size=(1000, 2))


def test_bins_hold_equally_many_rows():
    for column, edges in zip(X.T, quantile_bins(X, 10), strict=True):
        assert len(edges) == 11
        counts, _ = np.histogram(column, edges)
        assert (abs(counts - 100) <= 2).all()
        assert edges[0] == np.float32(column.min())


def test_equal_quantiles_are_merged():
    x = np.array([0.0] * 71 + [1.0] * 20 + [2.0] * 10)[:, None]
    assert quantile_bins(x, 10) == [[0.0, 1.0, 2.0]]


@pytest.mark.parametrize("value", [0.0, -3.0, 1e8, 1e-30, -1e30])
def test_a_column_of_one_value_gets_a_bin_that_the_layer_takes(value):
    (edges,) = quantile_bins(np.full((5, 1), value))
    low = float(np.float32(value))
    assert edges == [low, low + max(1.0, abs(low))]
    PiecewiseLinear([edges])


def test_values_that_float32_does_not_tell_apart_are_one():
    x = 1 + np.arange(10)[:, None] * 1e-10
    assert quantile_bins(x, 5) == [[1.0, 2.0]]


def test_edges_are_plain_numbers():
    assert all(type(e) is float for edges in quantile_bins(X, 3) for e in edges)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": X[0]}, r"x must be \(rows >= 1, features\), got shape \(2,\)"),
        ({"x": X[:0]}, r"x must be \(rows >= 1, features\), got shape \(0, 2\)"),
        ({"bins": 0}, "bins must be >= 1, got 0"),
        (
            {"x": np.array([[0, 1], [2, np.nan]])},
            "x must be finite, got nan in row 1, column 1",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"quantile_bins: {message}"):
        quantile_bins(**{"x": X, **arguments})
