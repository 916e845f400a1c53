import keras
import numpy as np
import pytest

import mlpkit
from mlpkit.estimators.callbacks import Adaptive, InverseScaling, StopWhenFlat


def model():
    found = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    found.compile(keras.optimizers.SGD(0.1), "mse")
    return found


def follow(callback, losses):
    callback.set_model(model())
    rates = []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        rates.append(float(callback.model.optimizer.learning_rate))
        if getattr(callback.model, "stop_training", False):
            break
    return rates


def test_stops_when_flat():
    callback = StopWhenFlat("loss", tol=0.1, patience=2)
    assert len(follow(callback, [1.0, 0.95, 0.7, 0.65, 0.64, 0.1])) == 5


def test_adaptive_rate_falls_and_training_stops_at_last():
    rates = follow(Adaptive("loss", tol=0.0, patience=1), [1.0] + [2.0] * 20)
    assert rates[:3] == pytest.approx([0.1, 0.02, 0.004])
    assert rates[-1] < 1e-6
    assert len(rates) < 20


def test_inverse_scaling_is_scikit_learns():
    from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

    theirs = SGDOptimizer([np.zeros(1)], 0.1, "invscaling", power_t=0.3)
    expected = []
    for epoch in range(3):
        theirs.iteration_ends((epoch + 1) * 50)
        expected.append(theirs.learning_rate)
    rates = follow(InverseScaling(0.1, power=0.3, rows=50), [1.0] * 3)
    assert rates == pytest.approx(expected)


def test_rates_change_in_real_training(line):
    x, y = line
    settings = {"hidden_layer_sizes": 6, "max_iter": 6, "solver": "sgd", "dropout": 0}
    constant = mlpkit.MLPRegressor(learning_rate="constant", **settings).fit(x, y)
    scaled = mlpkit.MLPRegressor(learning_rate="invscaling", **settings).fit(x, y)
    assert scaled.loss_curve_[0] == pytest.approx(constant.loss_curve_[0])
    assert scaled.loss_ > constant.loss_


def test_training_stops_by_scikit_learns_rule(line):
    x, y = line
    settings = {"hidden_layer_sizes": 6, "n_iter_no_change": 2, "dropout": 0}
    model = mlpkit.MLPRegressor(tol=10.0, max_iter=50, **settings).fit(x, y)
    assert model.n_iter_ == 3
    held = mlpkit.MLPRegressor(
        tol=10.0, max_iter=50, early_stopping=True, **settings
    ).fit(x, y)
    assert held.n_iter_ == 3
