import numpy as np

from mlpkit.evaluation import reliability
from mlpkit.evaluation.figures import calibration_curve


def found(shift=0.0):
    p = np.linspace(0.02, 0.9, 60)
    y = (np.arange(60) % 3 == 0).astype(int)
    p = np.clip(p + shift, 0, 1)
    return reliability("binary", y, np.stack([1 - p, p], 1), bins=10)


def test_points_are_the_bins():
    before = found()
    figure = calibration_curve.figure(before)
    filled = before.share > 0
    line = figure.axes[0].get_lines()[1]
    np.testing.assert_array_equal(line.get_xdata(), before.confidence[filled])
    np.testing.assert_array_equal(line.get_ydata(), before.frequency[filled])
    heights = [bar.get_height() for bar in figure.axes[1].patches]
    np.testing.assert_array_equal(heights, before.share)


def test_before_and_after():
    before, after = found(), found(0.1)
    figure = calibration_curve.figure(before, after)
    named = [t.get_text() for t in figure.legends[0].get_texts()]
    assert named == [
        f"as trained, error {before.error:.3f}",
        f"calibrated, error {after.error:.3f}",
    ]
    assert len(figure.axes[1].patches) == 20
