import numpy as np

import mlpkit


def test_rows_are_held_out_from_a_hundred_on():
    x = np.random.default_rng(0).normal(size=(100, 1))
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
