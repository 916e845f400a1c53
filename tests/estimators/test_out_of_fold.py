"""Answers of members to the rows they have not seen, in the order of X."""

import numpy as np
import pytest

import mlpkit

FOLDS = {
    "hidden_layer_sizes": (),
    "max_iter": 40,
    "recipe": "none",
    "learning_rate_init": 0.05,
    "ensemble": "folds",
    "members": 2,
}


def test_order_of_x(line):
    x, y = line
    weight = np.ones(120)
    weight[7], weight[9] = 0, 2  # copies, and rows that are left out
    model = mlpkit.MLPRegressor(**FOLDS).fit(x, y, weight)
    found = model.oof_prediction_
    assert found.shape == (120,)
    assert np.corrcoef(found, y)[0, 1] > 0.98
    assert found[7] == pytest.approx(model.predict(x)[7], rel=1e-5)
    assert not np.allclose(found, model.predict(x))


@pytest.mark.slow
def test_no_row_is_answered_by_a_member_that_has_seen_it():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 200)), np.arange(40) % 2  # can only be remembered
    model = mlpkit.MLPClassifier(**FOLDS).fit(x, y, np.full(40, 2.0))
    found = model.oof_decision_function_
    assert found.shape == (40, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert model.score(x, y) > 0.8
    assert np.mean(found.argmax(axis=1) == y) < 0.66
    model.set_params(ensemble="none", members=None).fit(x, y)
    assert not hasattr(model, "oof_decision_function_")
