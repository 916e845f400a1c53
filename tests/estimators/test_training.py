import numpy as np
import pandas as pd
import pytest

import mlpkit
from mlpkit.errors import DataError
from mlpkit.estimators import training


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


@pytest.mark.parametrize(("rows", "searches"), [(10_001, 1), (500, 2)])
def test_a_mistake_is_looked_for_again_only_where_the_order_is_another(
    rows, searches, monkeypatch
):
    seen, infer = [], training.infer_columns
    monkeypatch.setattr(
        training,
        "infer_columns",
        lambda *a, **k: seen.extend([1] * ("kinds" in k)) or infer(*a, **k),
    )
    days = ["2024-02-29"] * rows
    days[400] = "2023-02-29"
    frame = pd.DataFrame({"x": np.arange(rows)[::-1] / 2, "day": days})
    with pytest.raises(DataError, match="'2023-02-29' in row 400"):
        mlpkit.MLPRegressor().fit(frame, np.arange(rows) / 3)
    assert len(seen) == searches
