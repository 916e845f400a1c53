"""How a training is cut into calls of its loop."""

import keras
import numpy as np
import pytest

from mlpkit.training import epochs, fit
from mlpkit.training.calls import Calls
from mlpkit.training.engine import Lease

X = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
Y = X[:, :1]
OPTIONS = {"batch_size": 8, "jit_compile": False, "validation_data": (X, Y)}


def model():
    keras.utils.set_random_seed(1)
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    return net


@pytest.fixture
def asked(monkeypatch):
    """Of each call: epochs, first step, last step."""
    found = []
    call = Lease.__call__

    def noted(self, rows, orders, table, *rest, **control):
        found.append((len(orders), control["first_step"], control["last_step"]))
        return call(self, rows, orders, table, *rest, **control)

    monkeypatch.setattr(Lease, "__call__", noted)
    # a speed that does not depend on this machine
    monkeypatch.setattr(Calls, "fitting", lambda self, steps: 100 // steps)
    return found


def test_epochs_that_nobody_watches_are_one_call(asked):
    fit(model(), X, Y, epochs=30, **OPTIONS)
    assert asked == [(20, 0, 5), (10, 0, 5)]  # 100 steps a call, 5 an epoch


def test_the_orders_of_a_call_have_a_bound(asked, monkeypatch):
    monkeypatch.setattr(epochs, "_MOST_ORDER_BYTES", 3 * 4 * 40)
    fit(model(), X, Y, epochs=7, **OPTIONS)
    assert [n for n, _, _ in asked] == [3, 3, 1]


def test_a_callback_sees_every_epoch_and_validations_only_if_it_wants_to(asked):
    fit(model(), X, Y, epochs=2, callbacks=keras.callbacks.Callback(), **OPTIONS)
    assert asked == [(1, 0, 5)] * 2
    asked.clear()
    swap = keras.callbacks.LambdaCallback()
    swap.on_test_begin = lambda logs=None: None
    fit(model(), X, Y, epochs=2, callbacks=swap, **OPTIONS)
    assert asked == [(1, 0, 5), (1, 5, 5)] * 2


def test_an_epoch_that_does_not_validate_is_not_one_call_with_others(asked):
    options = {**OPTIONS, "validation_freq": 2}
    history = fit(model(), X, Y, epochs=4, **options)
    assert [n for n, _, _ in asked] == [1, 1, 1, 1]
    assert len(history.history["val_loss"]) == 2
