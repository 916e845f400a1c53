import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import expected_calibration_error, reliability

RNG = np.random.default_rng(3)


def naive_error(p, happened, weight, bins):
    """Guo et al. 2017, equation 3, as a loop over (left, right] bins."""
    total = 0.0
    for left, right in zip(
        np.arange(bins) / bins, np.arange(1, bins + 1) / bins, strict=True
    ):
        inside = (p > left) & (p <= right)
        if left == 0:
            inside |= p == 0
        if weight[inside].sum():
            accuracy = np.average(happened[inside], weights=weight[inside])
            confidence = np.average(p[inside], weights=weight[inside])
            total += weight[inside].sum() / weight.sum() * abs(accuracy - confidence)
    return total


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("bins", [10, 15])
def test_error_against_a_loop(weighted, bins):
    scores = RNG.dirichlet(np.ones(4), 500)
    y = RNG.integers(0, 4, 500)
    weight = RNG.uniform(0, 3, 500) if weighted else None
    expected = naive_error(
        scores.max(1),
        scores.argmax(1) == y,
        np.ones(500) if weight is None else weight,
        bins,
    )
    found = expected_calibration_error(
        "multiclass", y, scores, bins=bins, sample_weight=weight
    )
    assert found == pytest.approx(expected, rel=1e-12)


def test_binary_bins_against_scikit_learn():
    p = RNG.uniform(size=400)
    y = (RNG.uniform(size=400) < p**2).astype(int)
    found = reliability("binary", y, np.stack([1 - p, p], 1), bins=10)
    frequency, confidence = calibration_curve(y, p, n_bins=10)
    np.testing.assert_allclose(found.frequency, frequency, rtol=1e-12)
    np.testing.assert_allclose(found.confidence, confidence, rtol=1e-12)
    assert found.share.sum() == pytest.approx(1)


def test_multilabel_pools_its_labels():
    p = RNG.uniform(size=(200, 3)).astype(np.float32)
    y = RNG.integers(0, 2, (200, 3))
    weight = RNG.uniform(size=200)
    found = expected_calibration_error("multilabel", y, p, sample_weight=weight)
    expected = naive_error(
        p.astype(np.float64).ravel(), y.ravel(), np.repeat(weight, 3), 15
    )
    assert found == pytest.approx(expected, rel=1e-12)


def test_ends_fall_into_the_outer_bins():
    found = reliability("binary", np.array([0, 1]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert found.error == 0
    assert found.share[[0, -1]].tolist() == [0.5, 0.5]
    assert np.isnan(found.confidence[1:-1]).all()


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"task": "regression"}, UsageError, "got 'regression'"),
        ({"bins": 0}, UsageError, "bins must be >= 1, got 0"),
        ({"scores": np.array([[2.0, -1.0]])}, DataError, "probabilities"),
        ({"y": np.array([2])}, DataError, "class indices"),
        ({"y": np.array([], int)}, DataError, "equally many rows"),
    ],
)
def test_bad_input(arguments, error, said):
    given = {"task": "binary", "y": np.array([1]), "scores": np.array([[0.5, 0.5]])}
    with pytest.raises(error, match=said):
        reliability(**{**given, **arguments})
