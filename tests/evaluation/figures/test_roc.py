import numpy as np
from sklearn.metrics import roc_auc_score

from mlpkit.evaluation.figures import roc

RNG = np.random.default_rng(0)


def test_area_of_the_drawn_curve_is_the_metric():
    p = RNG.uniform(size=5000)
    y = (RNG.uniform(size=5000) < p).astype(int)
    weight = RNG.uniform(size=5000)
    figure = roc.figure(
        "binary", y, np.stack([1 - p, p], 1), ["no", "yes"], sample_weight=weight
    )
    curve = figure.axes[0].get_lines()[0]
    expected = roc_auc_score(y, p, sample_weight=weight)
    assert abs(np.trapezoid(curve.get_ydata(), curve.get_xdata()) - expected) < 1e-3
    assert len(curve.get_xdata()) < 500
    assert figure.legends[0].get_texts()[0].get_text() == f"yes, AUC {expected:.3f}"


def test_a_curve_for_each_label():
    y = RNG.integers(0, 2, (50, 3))
    figure = roc.figure("multilabel", y, RNG.uniform(size=(50, 3)), ["a", "b", "c"])
    assert len(figure.legends[0].get_texts()) == 3
    assert figure.axes[0].get_xlabel() == "false positive rate"
