"""The steps of one epoch, each on its batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.training.engine.numbers import StepNumbers
from mlpkit.training.engine.steps import Steps, members_first
from mlpkit.training.inputs import build
from mlpkit.training.rows import Rows

X = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]], np.float32)
ROWS = Rows.of(X, 2 * X)
ORDER = [4, 0, 2, 1, 3]


def made(block):
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    net.compile(keras.optimizers.SGD(0.01), "mse")
    build(net, (X[:2], X[:2]))
    net.set_weights([np.array([[0.5]])])
    steps = Steps(
        net, ROWS.structure, StepNumbers(net), batch_size=2, block_steps=block
    )
    return net, tf.function(steps, autograph=False)


def run(steps, first, last, rows=ROWS):
    table = tf.zeros([3, 0], tf.float64)
    control = (tf.constant(ORDER), table, tf.constant(first), tf.constant(last), {})
    return int(steps(rows.tensors, *control)[0])


def by_hand(*batches):
    """Gradient descent on the mean of (w·x − 2x)², in float64."""
    w = 0.5
    for batch in batches:
        x = X[batch].astype(float)
        w -= 0.01 * np.mean(2 * x * (w * x - 2 * x))
    return w


@pytest.mark.parametrize("block", [0, 1, 2], ids=["graph", "blocks of 1", "of 2"])
def test_each_step_has_its_rows_the_last_one_fewer(block):
    net, steps = made(block)
    assert run(steps, 0, 3) == -1
    assert float(net.weights[0][0, 0]) == pytest.approx(
        by_hand([4, 0], [2, 1], [3]), rel=1e-6
    )
    net.set_weights([np.array([[0.5]])])
    run(steps, 1, 2)
    assert float(net.weights[0][0, 0]) == pytest.approx(by_hand([2, 1]), rel=1e-6)
    poisoned = Rows(ROWS.structure, [ROWS.tensors[0], ROWS.tensors[1] + 0])
    poisoned.tensors[1] = tf.tensor_scatter_nd_update(
        poisoned.tensors[1], [[1, 0]], [np.inf]
    )
    net.set_weights([np.array([[0.5]])])
    net.reset_metrics()
    before = int(net.optimizer.iterations)
    assert run(steps, 0, 3, poisoned) == 1  # the second one has row 1
    assert int(net.optimizer.iterations) == before + 2


def test_members_come_first():
    batch = tf.reshape(tf.range(24), (4, 2, 3))  # rows, members, features
    assert np.array_equal(members_first(batch), np.swapaxes(batch, 0, 1))
    blocks = tf.reshape(batch, (1, 4, 2, 3))
    assert members_first(blocks, lead=1).shape == (1, 2, 4, 3)


def test_a_step_is_traced_once_for_the_blocks_and_the_last_batch():
    net, steps = made(2)
    traced, own = [], net.train_step
    net.train_step = lambda batch: traced.append(batch) or own(batch)
    run(steps, 0, 3)
    assert len(traced) == 1
