import numpy as np
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures import residuals

RNG = np.random.default_rng(0)


def test_bars_hold_all_weight():
    y, error, weight = RNG.normal(size=(3, 400))
    weight = np.abs(weight)
    axes = residuals.figure(y, y + error, "mpg", sample_weight=weight).axes[0]
    heights = np.array([bar.get_height() for bar in axes.patches])
    assert heights.sum() == pytest.approx(1)
    left = np.array([bar.get_x() for bar in axes.patches])
    edges = np.append(left, left[-1] + axes.patches[-1].get_width())
    expected, _ = np.histogram(error, edges, weights=weight / weight.sum())
    np.testing.assert_allclose(heights[1:-1], expected[1:-1], atol=1e-12)
    mean = np.average(error, weights=weight)
    std = np.sqrt(np.average((error - mean) ** 2, weights=weight))
    assert axes.get_title() == f"mean {mean:.3g}, standard deviation {std:.3g}"


def test_rows_far_out_do_not_stretch_the_axis():
    error = RNG.normal(size=1000)
    error[0] = 1e6
    axes = residuals.figure(np.zeros(1000), error).axes[0]
    assert axes.get_xlim()[1] < 10
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)
    assert "rows far out" in axes.get_title()


def test_perfect_answers():
    axes = residuals.figure(np.ones(5), np.ones(5)).axes[0]
    assert max(bar.get_height() for bar in axes.patches) == pytest.approx(1)


def test_bad_input():
    with pytest.raises(DataError, match="predicted must be finite"):
        residuals.figure(np.zeros(2), np.array([0, np.nan]))
