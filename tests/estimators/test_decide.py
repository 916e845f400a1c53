"""Temperature, thresholds and bounds of an estimator."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, log_loss

import mlpkit
from mlpkit.errors import UsageError


@pytest.fixture(scope="module")
def timid():
    """A classifier of smoothed labels, 400 of 800 rows held out."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(800, 2)).round(3)
    y = np.where(rng.uniform(size=800) < 1 / (1 + np.exp(2 - 3 * x[:, 0])), "yes", "no")
    settings = {"training.label_smoothing": 0.3, "decision.threshold": "f1"}
    model = mlpkit.MLPClassifier(
        hidden_layer_sizes=8,
        max_iter=10,
        recipe="none",
        learning_rate_init=0.03,
        early_stopping=True,
        validation_fraction=0.5,
        settings=settings,
    )
    return model.fit(x, y), x, y


def test_temperature_is_found_on_held_out_rows_and_told(timid):
    model, x, y = timid
    found = model.calibration_
    assert model.network_.decision.temperature == found["value"] < 0.95
    assert found["log_loss_after"] < found["log_loss_before"]
    p = model.predict_proba(x)
    plain = mlpkit.MLPClassifier(**model.get_params())
    plain.set_params(settings={**model.settings, "decision.calibrate": False})
    raw = plain.fit(x, y).predict_proba(x)
    assert plain.calibration_ is None
    z = np.log(raw[:, 1] / raw[:, 0]) / found["value"]
    np.testing.assert_allclose(p[:, 1], 1 / (1 + np.exp(-z)), rtol=1e-4, atol=1e-6)
    assert log_loss(y, p) < log_loss(y, raw)


def test_threshold_is_chosen_and_exported(timid, tmp_path):
    model, x, y = timid
    (above,) = model.network_.decision.thresholds
    p = model.predict_proba(x)[:, 1]
    assert np.array_equal(model.predict(x) == "yes", p > above)
    half = f1_score(y == "yes", p > 0.5)
    assert f1_score(y == "yes", p > above) > half - 0.02
    served = mlpkit.Predictor(model.export(tmp_path, verify=False)).predict(
        {"x0": x[:96, 0].tolist(), "x1": x[:96, 1].tolist()}
    )
    np.testing.assert_allclose(served["scores"][:, 1], p[:96], rtol=1e-4, atol=1e-6)
    assert served["classes"].tolist() == model.predict(x[:96]).tolist()


@pytest.mark.parametrize("key", ["calibrate", "threshold"])
def test_what_needs_rows_says_how_to_get_them(line, key):
    value = {"calibrate": True, "threshold": "f1"}[key]
    model = mlpkit.MLPClassifier(settings={f"decision.{key}": value})
    with pytest.raises(UsageError, match="there are none; set early_stopping=True"):
        model.fit(line[0][:99], line[1][:99] > 0)


def test_values_stay_within_all_targets_seen():
    x = np.linspace(-1, 1, 48)[:, None]
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=(),
        max_iter=60,
        learning_rate_init=0.05,
        warm_start=True,
        settings={"decision.clamp": True},  # recipes leave a single layer as it is
    )
    model.fit(x, x[:, 0])
    assert model.predict([[9.0], [-9.0]]).tolist() == [1.0, -1.0]
    model.fit(x, 5 * x[:, 0])
    model.fit(x, 2 * x[:, 0])
    assert model.network_.decision.bounds == ((-5.0, 5.0),)
    assert model.predict([[99.0]]).tolist() == [5.0]
    model.set_params(settings={"decision.clamp": False}, warm_start=False)
    assert model.fit(x, x[:, 0]).predict([[9.0]]) > 2
