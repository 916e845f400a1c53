"""One call: epochs, validation, the best weights, and when to stop."""

import keras
import numpy as np
import pytest

from mlpkit.training.engine import Lease, Loop, Plan
from mlpkit.training.inputs import build
from mlpkit.training.monitor import Monitor
from mlpkit.training.rows import Rows

X = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
ROWS = Rows.of(X, 2 * X)
TESTED = Rows.of(X, 1.5 * X)  # passed on the way from a slope of 0.5 to 2
RATE = 0.02
CONTROL = {
    "first_step": 0,
    "last_step": 1,
    "epoch": 10,
    "best": np.inf,
    "best_epoch": 9,
    "patience": 0,
    "reset": True,
    "finish": True,
    "validate": True,
}


@pytest.fixture(scope="module")
def lease():
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    net.compile(keras.optimizers.SGD(RATE), "mse")
    build(net, (X[:2], X[:2]))
    plan = Plan(4, 0, validation_batch_size=3, monitor=Monitor("val_loss"))
    return Lease(Loop(net, ROWS.structure, TESTED.structure, plan), net)


def called(lease, epochs, rows=ROWS, **control):
    lease.model.set_weights([np.array([[0.5]])])
    order, table = np.tile(np.arange(4), (epochs, 1)), np.zeros((epochs, 1, 0))
    given = {**CONTROL, **control}
    return lease(rows.tensors, order, table, TESTED.tensors, **given)


def by_hand(epochs):
    """Slopes after each epoch, in float64."""
    slopes, w = [], 0.5
    for _ in range(epochs):
        w -= RATE * np.mean(2 * X.astype(float) ** 2 * (w - 2))
        slopes.append(w)
    return np.array(slopes)


def test_epochs_are_trained_validated_and_compared(lease):
    found = called(lease, 8)
    slopes = by_hand(8)
    losses = np.mean(X.astype(float) ** 2) * (np.r_[0.5, slopes[:-1]] - 2) ** 2
    tested = np.mean(X.astype(float) ** 2) * (slopes - 1.5) ** 2
    assert found["epochs"] == 8
    assert found["bad_step"] == -1
    np.testing.assert_allclose(found["logs"]["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(found["logs"]["val_loss"], tested, rtol=1e-4, atol=1e-6)
    best = int(np.argmin(tested))
    assert 0 < best < 7
    assert found["best_epoch"] == 10 + best
    assert found["best"] == pytest.approx(tested[best], rel=1e-2)
    assert lease.model.get_weights()[0][0, 0] == pytest.approx(slopes[-1], rel=1e-5)
    lease.take_the_best()
    assert lease.model.get_weights()[0][0, 0] == pytest.approx(slopes[best], rel=1e-5)
    lease.undo()
    assert lease.model.get_weights()[0][0, 0] == 0.5


def test_patience_ends_a_call(lease):
    whole = called(lease, 8)
    short = called(lease, 8, patience=2)
    assert short["epochs"] == whole["best_epoch"] - 10 + 1 + 2
    assert short["best_epoch"] == whole["best_epoch"]
    np.testing.assert_array_equal(
        short["logs"]["loss"], whole["logs"]["loss"][: short["epochs"]]
    )


def test_without_a_validation_nothing_is_compared(lease):
    found = called(lease, 3, validate=False)
    assert np.isnan(found["logs"]["val_loss"]).all()
    assert (found["best"], found["best_epoch"]) == (np.inf, 9)


def test_a_loss_that_is_not_finite_ends_a_call(lease):
    broken = Rows(ROWS.structure, [ROWS.tensors[0], ROWS.tensors[1] * np.inf])
    found = called(lease, 5, broken)
    assert (found["epochs"], found["bad_step"]) == (1, 0)
    lease.undo()
    assert lease.model.get_weights()[0][0, 0] == 0.5
