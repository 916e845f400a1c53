"""Data for the estimators' tests, and which of scikit-learn's checks are slow."""

import numpy as np
import pandas as pd
import pytest

import mlpkit

QUICK_CHECKS = (
    "check_estimator_cloneable",
    "check_fit2d_1sample",
    "check_n_features_in_after_fitting",
    "check_sample_weight_equivalence_on_dense_data",
    "check_supervised_y_no_nan",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.name.startswith("test_scikit_learns_check[") and not any(
            check in item.name for check in QUICK_CHECKS
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def birds(penguins):
    """Features with texts and missing values, and species, as pandas has them."""
    frame = penguins.to_pandas()
    return frame.drop(columns="species"), frame["species"]


@pytest.fixture(scope="session")
def quick():
    """Settings under which small tables are learned in a fraction of a second."""
    return {"hidden_layer_sizes": 16, "max_iter": 30, "learning_rate_init": 0.02}


@pytest.fixture(scope="session")
def bird_classifier(birds, quick):
    """Fitted once, for tests that only ask it."""
    return mlpkit.MLPClassifier(**quick).fit(*birds)


@pytest.fixture
def line():
    """120 rows of x and y = 3 x_0 + 1 with an x_1 that says nothing."""
    x = np.random.default_rng(0).normal(size=(120, 2))
    return x, 3 * x[:, 0] + 1


@pytest.fixture
def mixed_frame():
    """60 rows of every kind of column."""
    x = np.linspace(-1, 1, 60)
    return pd.DataFrame(
        {
            "size": np.where(np.arange(60) % 7, x, np.nan),
            "count": np.arange(60) % 5,
            "colour": pd.Categorical(np.where(x > 0, "red", "blue")),
            "shape": np.where(np.arange(60) % 3, "round", None),
            "open": np.arange(60) % 2 == 0,
            "day": pd.date_range("2024-01-01", periods=60, freq="D"),
        }
    )
