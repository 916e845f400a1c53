import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_linnerud
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor as Theirs
from sklearn.utils import get_tags

import mlpkit
from mlpkit.errors import DataError, UsageError

pytestmark = pytest.mark.slow


def test_learns_a_line(line, quick):
    x, y = line
    model = mlpkit.MLPRegressor(**{**quick, "dropout": 0}).fit(x, y)
    assert model.score(x, y) > 0.97
    assert model.predict(x).shape == (120,)


def test_is_not_far_from_a_linear_regression_on_diabetes(quick):
    x, y = load_diabetes(return_X_y=True)
    a, b, c, d = train_test_split(x, y, random_state=0)
    ours = mlpkit.MLPRegressor(**quick).fit(a, c).score(b, d)
    assert ours > LinearRegression().fit(a, c).score(b, d) - 0.1


def test_parameters_of_scikit_learns_estimator_can_all_be_taken_over(line):
    x, y = line
    theirs = Theirs(max_iter=30, solver="sgd", learning_rate_init=0.05, random_state=1)
    ours = mlpkit.MLPRegressor(**theirs.get_params()).fit(x, y)
    assert ours.network_.config.training.optimizer.name == "nesterov"
    assert ours.score(x, y) > 0.9


def test_several_targets(quick):
    x, y = load_linnerud(return_X_y=True, as_frame=True)
    model = mlpkit.MLPRegressor(**quick).fit(x, y)
    assert model.predict(x).shape == y.shape
    assert model.network_.target.columns == tuple(y.columns)
    assert model.predict(x).dtype == np.float64
    with pytest.raises(DataError, match=r"must have 3 column\(s\) as in the first fit"):
        model.set_params(warm_start=True).fit(x, y.iloc[:, :2])


def test_values_far_from_zero_keep_their_digits(line):
    x, y = line
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=8, max_iter=30, learning_rate_init=0.02
    )
    near = model.fit(x, y).predict(x)
    far = model.fit(x, y + 1e9).predict(x)
    np.testing.assert_allclose(far - 1e9, near, atol=1e-3)


def test_mixed_columns(mixed_frame):
    y = np.where(mixed_frame["colour"] == "red", 5.0, -5.0) + mixed_frame["count"]
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=16, max_iter=60, learning_rate_init=0.02, dropout=0
    )
    assert model.fit(mixed_frame, y).score(mixed_frame, y) > 0.95
    other = mixed_frame.assign(count=mixed_frame["count"] + 0.5)  # fractions are fine
    assert np.isfinite(model.predict(other)).all()


def test_whole_weights_are_repeated_rows_to_the_bit(line):
    x, y = line
    weight = np.random.default_rng(1).integers(0, 4, size=len(y))
    settings = {"hidden_layer_sizes": 8, "max_iter": 4, "dropout": 0.2}
    settings["early_stopping"] = False
    weighted = mlpkit.MLPRegressor(**settings).fit(x, y, sample_weight=weight)
    repeated = mlpkit.MLPRegressor(**settings).fit(
        x.repeat(weight, axis=0)[::-1], y.repeat(weight)[::-1]
    )
    assert np.array_equal(weighted.predict(x), repeated.predict(x))


def test_weights_that_are_not_whole_weigh(line):
    x, _ = line
    y = np.where(np.arange(120) % 2, 1.0, 0.0)
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=(), max_iter=40, learning_rate_init=0.02
    )
    weight = np.where(y == 1, 2.5, 0.5)
    found = model.fit(x, y, sample_weight=weight).predict(x).mean()
    assert found == pytest.approx(np.average(y, weights=weight), abs=0.05)
    scaled = model.fit(x, y, sample_weight=weight * 1.7).predict(x).mean()
    assert scaled == pytest.approx(found, abs=1e-3)


def test_validation_scores_are_r2_of_the_best_epoch(line):
    x, y = line
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=4,
        max_iter=6,
        early_stopping=True,
        validation_fraction=0.5,
        learning_rate_init=0.05,
    ).fit(x, y)
    prepared, *_ = model._prepare(x, y, None)
    rows = prepared.split.validation
    held = prepared.table.take(rows)
    found = r2_score(prepared.y[rows], model.network_.scores(held))
    assert model.best_validation_score_ == pytest.approx(found, abs=1e-5)
    assert len(rows) == 60


def test_constant_target_is_learned(line, quick):
    found = mlpkit.MLPRegressor(**quick, dropout=0).fit(line[0], np.full(120, 7.5))
    np.testing.assert_allclose(found.predict(line[0]), 7.5, atol=0.3)


def test_one_row():
    model = mlpkit.MLPRegressor(hidden_layer_sizes=4, max_iter=2).fit(
        [[1.0, 2.0]], [3.0]
    )
    assert np.isfinite(model.predict([[5.0, -2.0]])).all()


def test_more_columns_than_rows():
    x = np.random.default_rng(0).normal(size=(10, 60))
    model = mlpkit.MLPRegressor(hidden_layer_sizes=4, max_iter=2).fit(x, x[:, 0])
    assert np.isfinite(model.predict(x)).all()


def test_partial_fit(line):
    x, y = line
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=8, learning_rate_init=0.05, batch_size=20, dropout=0
    )
    for _ in range(30):
        model.partial_fit(x, y)
    assert model.score(x, y) > 0.9
    with pytest.raises(UsageError, match="takes no early_stopping=True"):
        model.set_params(early_stopping=True).partial_fit(x, y)
    with pytest.raises(UsageError, match="learning_rate='constant' only"):
        mlpkit.MLPRegressor(learning_rate="one_cycle").partial_fit(x, y)


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([1.0, np.inf], "y contains infinity"),
        ([1.0, np.nan], "y contains NaN"),
        ([1.0, 1e38], "within ±3e\\+37"),
        (["a", "b"], "y must be numbers, got the text 'a'"),
        ([1.0], "inconsistent numbers of samples"),
        (5.0, "inconsistent numbers of samples|single value|scalar"),
    ],
)
def test_bad_targets(y, match):
    with pytest.raises(ValueError, match=match):
        mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit([[1.0], [2.0]], y)


def test_diverged_training_is_an_error(line):
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=4, solver="sgd", learning_rate_init=1e30, max_iter=3
    )
    with pytest.raises(DataError, match="lower learning_rate_init"):
        model.fit(*line).predict(line[0])


def test_fitted_by_names_and_asked_without_them(line):
    x, y = line
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit(
        pd.DataFrame(x, columns=["a", "b"]), y
    )
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.predict(x)
    assert get_tags(model).target_tags.multi_output


def test_a_column_of_targets_is_one_target():
    x = np.arange(40.0)[:, None]
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        model = mlpkit.MLPRegressor(max_iter=2, recipe="none").fit(x, x)
    assert model.predict(x).shape == (40,)


@pytest.mark.parametrize("weight", [0.5, 1e10])
def test_one_weight_for_all_rows_is_none(line, weight):
    x, y = line
    found = [
        mlpkit.MLPRegressor(max_iter=2).fit(x, y, sample_weight=w).predict(x)
        for w in (None, np.full(len(y), weight))
    ]
    np.testing.assert_array_equal(*found)


def test_partial_fit_tells_what_its_first_rows_leave_out():
    x = np.stack([np.arange(30.0), np.ones(30)], axis=1)
    few = "stay those of the first call's 1 row"
    with pytest.warns(UserWarning, match=few):
        mlpkit.MLPRegressor(recipe="none").partial_fit(x[:1], x[:1, 0])
    alone = r"1 column\(s\) have no two values .* stay left out: x1; begin"
    with pytest.warns(UserWarning, match=alone):
        mlpkit.MLPRegressor(recipe="none").partial_fit(x, x[:, 0])


def test_without_hidden_layers_it_is_linear_regression():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(700, 10))
    y = x @ np.arange(10) + rng.normal(size=700)
    model = mlpkit.MLPRegressor(hidden_layer_sizes=()).fit(x[:500], y[:500])
    assert 1 - model.score(x[500:], y[500:]) < 0.02  # least squares: 0.003
