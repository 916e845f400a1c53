from types import SimpleNamespace

import numpy as np
import pytest

import mlpkit
from mlpkit.estimators.penalty import penalty_of


def test_alpha_shrinks_the_kernels_as_its_formula_says(line):
    x, y = line
    settings = {
        "hidden_layer_sizes": (),
        "solver": "sgd",
        "momentum": 0,
        "batch_size": 120,
    }
    settings |= {"learning_rate_init": 0.1, "max_iter": 1, "recipe": "none"}
    settings["early_stopping"] = False
    plain = mlpkit.MLPRegressor(**settings).fit(x, y).coefs_[0]
    heavy = mlpkit.MLPRegressor(alpha=60.0, **settings).fit(x, y).coefs_[0]
    start = mlpkit.MLPRegressor(
        **{**settings, "learning_rate_init": 1e-30}
    ).fit(x, y).coefs_[0]  # fmt: skip
    # the gradient of alpha/batch |W|^2 is 2 alpha W / batch; one step of rate 0.1 / 2,
    # as the squared error here has no factor 1/2
    np.testing.assert_allclose(plain - heavy, 0.05 * 2 * 60 / 120 * start, rtol=1e-4)


def test_alpha_of_scikit_learn_and_ours_weigh_alike():
    prepared = SimpleNamespace(
        split=SimpleNamespace(train=np.arange(1000)),
        config=SimpleNamespace(training=SimpleNamespace(batch_size=50)),
        target=SimpleNamespace(task="binary"),
    )
    assert penalty_of({"alpha": 0.3}, prepared) == pytest.approx(0.3 / 2 / 50)


@pytest.mark.parametrize("recipe", ["default", "fast", "lecture"])
def test_nothing_undoes_a_large_alpha(recipe):
    x = np.random.default_rng(0).normal(size=(200, 3))
    y = x @ [1.0, 2.0, 0.0]
    given = {"hidden_layer_sizes": 8, "learning_rate_init": 0.03, "max_iter": 60}
    model = mlpkit.MLPRegressor(recipe=recipe, **given)
    assert model.fit(x, y).score(x, y) > 0.9
    assert abs(model.set_params(alpha=1000.0).fit(x, y).score(x, y)) < 0.01
