import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from mlpkit.evaluation.figures import precision_recall

RNG = np.random.default_rng(0)


def test_area_of_the_drawn_steps_is_the_average_precision():
    p = RNG.uniform(size=300)
    y = (RNG.uniform(size=300) < p**2).astype(int)
    weight = RNG.uniform(size=300)
    figure = precision_recall.figure(
        "binary", y, np.stack([1 - p, p], 1), ["no", "yes"], sample_weight=weight
    )
    curve, base = figure.axes[0].get_lines()
    recall, precision = curve.get_xdata(), curve.get_ydata()
    expected = average_precision_score(y, p, sample_weight=weight)
    assert -(np.diff(recall) @ precision[:-1]) == pytest.approx(expected)
    assert base.get_ydata()[0] == pytest.approx(np.average(y, weights=weight))
    assert curve.get_drawstyle() == "steps-post"


def test_classes_have_no_common_base_line():
    y = RNG.integers(0, 3, 60)
    scores = RNG.dirichlet(np.ones(3), 60)
    figure = precision_recall.figure("multiclass", y, scores, [1, 2, 3])
    assert len(figure.axes[0].get_lines()) == 3
