"""Schedules as tables, and factors of the weight decay."""

import keras
import numpy as np
import pytest

from mlpkit import optimizers, schedules
from mlpkit.errors import UsageError
from mlpkit.training import fit
from mlpkit.training.engine import step_table

X = np.zeros((40, 3), np.float32)


def model(optimizer):
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    net.layers[0].kernel.assign(np.ones((3, 1)))
    net.compile(optimizer, "mse")
    return net


def test_table_is_the_schedule_and_its_momentum():
    cycle = schedules.OneCycle(0.1, total_steps=20)
    net = model(optimizers.Momentum(cycle))
    net.optimizer.iterations.assign(4)
    flat = schedules.FlatCosine(2.0, total_steps=20)
    table = step_table(net, 2, 5, {"dropout": flat})
    assert table.shape == (2, 5, 3)
    np.testing.assert_allclose(table[..., 0].ravel(), cycle.curve(14)[4:], rtol=1e-6)
    np.testing.assert_allclose(table[1, 0, 1], float(cycle.momentum(9)), rtol=1e-6)
    np.testing.assert_allclose(table[..., 2].ravel(), flat.curve(14)[4:], rtol=1e-6)
    assert step_table(model("sgd"), 2, 5, {}).shape == (2, 5, 0)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_weight_decay_follows_its_schedule(jit_compile):
    """No gradient: the kernel shrinks by the product of (1 - rate · decay · factor)."""
    net = model(optimizers.SGD(0.1, weight_decay=0.5))
    course = schedules.FlatCosine(1.0, total_steps=8)
    fit(
        net,
        X,
        X[:, :1],
        batch_size=10,
        epochs=2,
        jit_compile=jit_compile,
        schedules={"weight_decay": course},
    )
    expected = np.prod(1 - 0.1 * 0.5 * course.curve(8))
    np.testing.assert_allclose(net.get_weights()[0], expected, rtol=1e-5)
    assert float(net.optimizer.weight_decay) == 0.5


def test_unknown_factor():
    with pytest.raises(UsageError, match="none for 'dropouts'; did you mean 'dropout'"):
        fit(model("sgd"), X, X[:, :1], schedules={"dropouts": None})
