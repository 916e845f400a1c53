"""A model trains by another one's loop, which stays out of it."""

from threading import Event, Thread

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.training import engine, fit
from mlpkit.training.engine import Lease, Plan, loop_for
from mlpkit.training.inputs import build
from mlpkit.training.rows import Rows

X = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
Y = X[:, :1]


@pytest.fixture(autouse=True)
def _fresh():
    engine.clear()
    yield
    engine.clear()


class InXLAUnknown(keras.layers.Layer):
    """XLA has no kernel for Python code."""

    def call(self, x):
        same = tf.numpy_function(lambda values: values, [x], tf.float32)
        return tf.ensure_shape(same, x.shape)

    def compute_output_shape(self, shape):
        return shape


def model(seed, *middle):
    keras.utils.set_random_seed(seed)
    net = keras.Sequential([keras.Input((3,)), *middle, keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    return net


def leased(net, *, block):
    build(net, (X[:2], Y[:2]))
    rows = Rows.of(X, Y)
    return Lease(loop_for(net, rows.structure, None, Plan(8, block)), net), rows.tensors


def test_the_lender_can_predict_while_another_model_trains():
    lender, borrower = model(1), model(2)
    fit(lender, X, Y, epochs=2, batch_size=20)
    expected = lender(X).numpy()
    before = [np.array(v) for v in lender.optimizer.variables]
    wrong, asked, done = [], Event(), Event()

    def serve():
        while not done.is_set():
            if not np.array_equal(lender(X), expected):
                wrong.append(True)
            asked.set()

    class Wait(keras.callbacks.Callback):
        """Lets the other thread ask in the midst of every epoch."""

        def on_train_batch_end(self, batch, logs=None):
            asked.clear()
            assert asked.wait(10)

    thread = Thread(target=serve)
    thread.start()
    try:
        compiled = engine.compilations()
        start = borrower.get_weights()
        fit(borrower, X, Y, epochs=3, batch_size=20, callbacks=[Wait()])
        assert engine.compilations() == compiled
        assert not np.array_equal(start[0], borrower.get_weights()[0])
    finally:
        done.set()
        thread.join()
    assert not wrong
    assert all(map(np.array_equal, before, lender.optimizer.variables))


@pytest.mark.slow
def test_whether_it_works_is_found_out_without_a_trace():
    net = model(1, keras.layers.BatchNormalization(), keras.layers.Dropout(0.5))
    lease, rows = leased(net, block=4)
    before = [np.array(v) for v in lease.variables]
    assert lease.works([t[:1] for t in rows], ())
    assert lease.loop.proven
    assert all(map(np.array_equal, before, lease.variables))
    assert lease.iterations == 0


@pytest.mark.slow
def test_what_xla_does_not_know_does_not_work():
    lease, rows = leased(model(1, InXLAUnknown()), block=4)
    assert not lease.works([t[:1] for t in rows], ())
