from types import SimpleNamespace

import numpy as np
import pytest

import mlpkit
from mlpkit.estimators.training import penalty_of


def test_alpha_shrinks_the_kernels_as_its_formula_says(line):
    x, y = line
    settings = {
        "hidden_layer_sizes": (),
        "solver": "sgd",
        "momentum": 0,
        "batch_size": 120,
    }
    settings |= {"learning_rate_init": 0.1, "max_iter": 1}
    plain = mlpkit.MLPRegressor(**settings).fit(x, y).coefs_[0]
    heavy = mlpkit.MLPRegressor(alpha=60.0, **settings).fit(x, y).coefs_[0]
    start = mlpkit.MLPRegressor(
        **{**settings, "learning_rate_init": 1e-30}
    ).fit(x, y).coefs_[0]  # fmt: skip
    # the gradient of alpha/batch |W|^2 is 2 alpha W / batch; one step of rate 0.1
    np.testing.assert_allclose(plain - heavy, 0.1 * 2 * 60 / 120 * start, rtol=1e-4)


def test_alpha_of_scikit_learn_and_ours_weigh_alike():
    prepared = SimpleNamespace(
        split=SimpleNamespace(train=np.arange(1000)),
        config=SimpleNamespace(training=SimpleNamespace(batch_size=50)),
        target=SimpleNamespace(task="binary"),
    )
    assert penalty_of({"alpha": 0.3}, prepared) == pytest.approx(0.3 / 2 / 50)


def test_rows_are_held_out_from_a_thousand_on():
    x = np.random.default_rng(0).normal(size=(1000, 1))
    settings = {"hidden_layer_sizes": (), "max_iter": 2}
    assert mlpkit.MLPRegressor(**settings).fit(x, x[:, 0]).validation_scores_
    few = mlpkit.MLPRegressor(**settings).fit(x[1:], x[1:, 0])
    assert few.validation_scores_ is None
    all_of_them = mlpkit.MLPRegressor(early_stopping=False, **settings)
    assert all_of_them.fit(x, x[:, 0]).validation_scores_ is None


def test_best_epoch_is_kept():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 20)), rng.normal(size=80)  # nothing to learn
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=32,
        max_iter=200,
        learning_rate_init=0.01,
        early_stopping=True,
        n_iter_no_change=5,
    ).fit(x, y)
    assert model.n_iter_ < 100
    assert model.validation_scores_[-1] < model.best_validation_score_
