"""scikit-learn's own checks. Nothing is expected to fail."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import mlpkit

pytestmark = pytest.mark.slow

# What scikit-learn's own MLP may fail too: check → reason
EXPECTED_TO_FAIL: dict[str, str] = {}


def estimators():
    # as many epochs as the accuracies that are asked for need, no more
    settings = {"hidden_layer_sizes": 32, "max_iter": 40, "learning_rate_init": 0.01}
    return [mlpkit.MLPClassifier(**settings), mlpkit.MLPRegressor(**settings)]


def failing(estimator):
    return EXPECTED_TO_FAIL


# a column that holds a dict is read as text, and said so
@pytest.mark.filterwarnings("ignore:X. column 'x0' holds dict, float")
@parametrize_with_checks(estimators(), expected_failed_checks=failing)
def test_scikit_learns_check(estimator, check):
    check(estimator)
