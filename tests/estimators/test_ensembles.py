"""Several networks behind one estimator, and what they do not go together with."""

import pickle

import numpy as np
import pytest
from sklearn.metrics import r2_score

import mlpkit
from mlpkit.errors import DataError, UsageError

SMALL = {"hidden_layer_sizes": 4, "max_iter": 8, "recipe": "none", "members": 3}


@pytest.mark.slow
def test_a_plain_network_answers_with_the_mean_of_all(line, tmp_path):
    x, y = line
    model = mlpkit.MLPRegressor(ensemble="seeds", **SMALL).fit(x, y)
    assert model.network_.config.ensemble.count == 3
    assert model.validation_scores_  # held out, though the rows are few
    assert not hasattr(model, "oof_prediction_")
    copy = pickle.loads(pickle.dumps(model))
    assert np.array_equal(copy.predict(x), model.predict(x))
    with pytest.raises(AttributeError, match="this is the mean of 3"):
        _ = model.coefs_
    found = mlpkit.Predictor(model.export(tmp_path, verify=False)).predict(
        {"x0": x[:48, 0].tolist(), "x1": x[:48, 1].tolist()}
    )
    np.testing.assert_allclose(found["prediction"], model.predict(x[:48]), rtol=1e-4)
    model.set_params(ensemble="none", members=None)
    with pytest.raises(UsageError, match="cannot change: ensemble.name was 'seeds'"):
        model.partial_fit(x, y)


@pytest.mark.slow
def test_shared_weights_of_labels(line):
    x, y = line
    labels = np.stack([y > 0, y > 1], axis=1).astype(int)
    model = mlpkit.MLPClassifier(ensemble="tabm", **SMALL).fit(x, labels)
    assert model.predict_proba(x).shape == (120, 2)
    assert len(model.validation_scores_) == model.n_iter_
    whole = mlpkit.MLPClassifier(ensemble="tabm", early_stopping=False, **SMALL)
    assert whole.fit(x, labels).validation_scores_ is None


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"ensemble": "fold"}, "ensemble must be 'none' or 'folds'"),
        ({"members": 1}, "members must be an integer >= 2"),
        ({"ensemble": "none"}, "members is used with an ensemble only"),
        ({"warm_start": True}, "warm_start goes on with one network, got.*'folds'"),
        ({"alpha": 0.1}, "alpha is a penalty on a single network.*weight_decay"),
        ({"tol": 1e-4}, "tol follows the loss of one network"),
        ({"learning_rate": "adaptive"}, "'adaptive' follows the loss of one"),
        ({"early_stopping": False}, "keeps the last epoch, each network its best"),
        ({"validation_fraction": 0.2}, "0.2 holds rows out.*set members instead"),
        ({"settings": {"training.strategy": "mirrored"}}, "trains on one device"),
    ],
)
def test_what_cannot_work_is_said(line, params, said):
    with pytest.raises(UsageError, match=said):
        mlpkit.MLPRegressor(**{"ensemble": "folds", **SMALL, **params}).fit(*line)


def test_learning_part_by_part(line):
    for name in ("folds", "tabm"):
        model = mlpkit.MLPRegressor(ensemble=name)
        with pytest.raises(UsageError, match="partial_fit goes on with one network"):
            model.partial_fit(*line)


def test_fewer_rows_than_folds(line):
    x, y = line
    with pytest.raises(DataError, match="3 folds need as many rows"):
        mlpkit.MLPRegressor(ensemble="folds", **SMALL).fit(x[:2], y[:2])


def test_folds_of_quantiles(line):
    x, y = line
    settings = SMALL | {"max_iter": 25, "learning_rate_init": 0.03}
    model = mlpkit.MLPRegressor(ensemble="folds", quantiles=[0.2, 0.5], **settings)
    model.fit(x, y)
    assert r2_score(y, model.oof_prediction_) > 0.5
    assert len(model.validation_scores_) == model.n_iter_
