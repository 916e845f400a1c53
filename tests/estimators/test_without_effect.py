"""What is set and ignored is told, and nothing else."""

import warnings

import numpy as np
import pytest

import mlpkit

pytestmark = pytest.mark.slow

X = np.random.default_rng(0).normal(size=(60, 2))
Y = (X[:, 0] > 0).astype(int)


def fitted(rows=60, **params):
    repeats = rows // 60
    model = mlpkit.MLPClassifier(**{"hidden_layer_sizes": (), "max_iter": 1, **params})
    return model.fit(np.tile(X, (repeats, 1)), np.tile(Y, repeats))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"tol": 1e-2}, "tol=0.01 has no effect: .* set n_iter_no_change"),
        ({"validation_fraction": 0.3}, "no rows are held out; set early_stop"),
        (
            {"validation_fraction": 0.3, "early_stopping": False, "rows": 120},
            "validation_fraction=0.3 has no effect: no rows are held out;",
        ),
        (
            {"tol": 0.5, "recipe": "lecture", "hidden_layer_sizes": 4, "rows": 120},
            "tol=0.5 has no effect: nothing waits",  # it has no patience
        ),
    ],
)
def test_what_is_ignored_is_told(params, said):
    with pytest.warns(UserWarning, match=f"MLPClassifier: .*{said}"):
        fitted(**params)


@pytest.mark.parametrize(
    "params",
    [
        {"tol": 1e-4, "validation_fraction": 0.1},  # scikit-learn's defaults
        {"tol": 1e-2, "n_iter_no_change": 5},
        {"tol": 1e-2, "learning_rate": "adaptive"},
        {"validation_fraction": 0.3, "early_stopping": True},
        {"validation_fraction": 0.3, "rows": 120},
        {"tol": 1e-2, "rows": 120, "hidden_layer_sizes": 4},  # the recipe's patience
    ],
)
def test_what_has_an_effect_is_not(params):
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "error", message=".*has no effect", category=UserWarning
        )
        fitted(**params)
