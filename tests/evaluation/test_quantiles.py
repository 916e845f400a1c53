import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import mean_pinball_loss

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import evaluate_quantiles, higher_is_better
from mlpkit.evaluation.quantiles import crossings, intervals, pinball_loss

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
RNG = np.random.default_rng(5)
Y = RNG.normal(size=300)
PREDICTED = np.sort(RNG.normal(size=(300, 5)), axis=1).astype(np.float32)


@pytest.mark.parametrize("weighted", [False, True])
def test_loss_against_scikit_learn(weighted):
    weight = RNG.uniform(size=300) if weighted else None
    found = pinball_loss(Y, PREDICTED, LEVELS, sample_weight=weight)
    expected = [
        mean_pinball_loss(
            Y, PREDICTED[:, i].astype(float), alpha=q, sample_weight=weight
        )
        for i, q in enumerate(LEVELS)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(
        found, pinball_loss(Y[:, None], PREDICTED, LEVELS, sample_weight=weight)
    )


def test_intervals_of_true_quantiles_hold_what_they_promise():
    y = RNG.normal(size=100_000)
    predicted = np.tile(norm.ppf(LEVELS), (y.size, 1))
    wide, narrow = intervals(y, predicted, LEVELS)
    assert (wide.lower, wide.upper, narrow.lower) == (0.05, 0.95, 0.25)
    assert wide.coverage == pytest.approx(0.9, abs=0.01)
    assert narrow.coverage == pytest.approx(0.5, abs=0.01)
    assert narrow.width == pytest.approx(2 * norm.ppf(0.75))


def test_weights_and_ends_count():
    y, predicted = np.array([1.0, 9.0]), np.array([[1.0, 2.0], [1.0, 2.0]])
    (found,) = intervals(y, predicted, (0.1, 0.9), sample_weight=np.array([3, 1]))
    assert found.coverage == 0.75
    assert found.nominal == pytest.approx(0.8)


def test_levels_without_a_counterpart_have_no_interval():
    assert intervals(Y, PREDICTED[:, :2], (0.1, 0.5)) == ()


def test_metrics():
    predicted = PREDICTED.copy()
    predicted[:30] = predicted[:30, ::-1]
    found = evaluate_quantiles(Y, predicted, LEVELS)
    names = "pinball coverage_90 width_90 coverage_50 width_50 crossing"
    assert list(found) == names.split()
    assert found["pinball"] == pytest.approx(pinball_loss(Y, predicted, LEVELS).mean())
    assert found["crossing"] == crossings(predicted).mean() == 0.1
    assert not higher_is_better("pinball")
    assert not higher_is_better("crossing")


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"quantiles": (0.5, 0.1)}, UsageError, r"ascend within \(0, 1\)"),
        ({"quantiles": (0.0, 0.5)}, UsageError, r"got \(0.0, 0.5\)"),
        ({"quantiles": (0.5,)}, DataError, r"predicted \(2, 1\)"),
        ({"y": np.zeros((2, 2))}, DataError, r"y must have shape \(2,\)"),
        ({"y": np.array([0, np.nan])}, DataError, "y must be finite.*row 1"),
        ({"sample_weight": np.array([-1, 1])}, DataError, "sample_weight"),
    ],
)
def test_bad_input(arguments, error, said):
    given = {"y": np.zeros(2), "predicted": np.zeros((2, 2)), "quantiles": (0.1, 0.9)}
    with pytest.raises(error, match=said):
        pinball_loss(**{**given, **arguments})
