import keras
import numpy as np
import pytest
from keras import ops

from mlpkit import fit
from mlpkit.components.layers import ScaledDense
from mlpkit.components.losses import SparseCategoricalCrossentropy
from mlpkit.components.metrics import MemberError, MemberLogLoss
from mlpkit.components.metrics.member_mean import MemberMean

RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(size=(3, 10, 2)).astype("float32")
OF_ROWS = RNG.uniform(size=10).astype("float32")
OF_MEMBERS = RNG.uniform(size=(3, 10)).astype("float32")


class Sum(MemberMean):
    def __init__(self, members=None):
        super().__init__(members=members, name="sum")

    def values(self, y_true, y_pred):
        return ops.sum(y_pred, axis=-1)


@pytest.mark.parametrize("weight", [None, OF_ROWS, OF_ROWS[:, None], OF_MEMBERS])
def test_weighted_means_over_batches(weight):
    metric = Sum(members=3)
    of_members = weight is not None and weight.shape == (3, 10)
    for rows in (slice(0, 7), slice(7, 10)):
        part = weight
        if weight is not None:
            part = weight[:, rows] if of_members else weight[rows]
        metric.update_state(np.zeros(rows.stop - rows.start), OUTPUTS[:, rows], part)
    full = OF_MEMBERS if of_members else np.tile(OF_ROWS, (3, 1))
    full = np.ones((3, 10)) if weight is None else full
    expected = np.average(OUTPUTS.sum(-1), axis=1, weights=full)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)
    metric.reset_state()
    np.testing.assert_array_equal(metric.result(), [0, 0, 0])


def test_without_members_it_is_a_number():
    found = Sum()(np.zeros(10), OUTPUTS[0], OF_ROWS)
    expected = np.average(OUTPUTS[0].sum(-1), weights=OF_ROWS)
    assert found.shape == ()
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("keras_loop", [False, True])
def test_a_vector_in_the_logs_of_a_training(keras_loop):
    x = RNG.normal(size=(60, 4)).astype("float32")
    y = RNG.integers(0, 3, 60)
    start = keras.initializers.RandomNormal(seed=1)
    inputs = keras.Input((4,))
    logits = ScaledDense(3, members=2, kernel_initializer=start)(inputs)
    model = keras.Model(inputs, keras.layers.Softmax()(logits))
    model.compile(
        keras.optimizers.SGD(0.0),
        SparseCategoricalCrossentropy(),
        weighted_metrics=[MemberError(members=2), MemberLogLoss(members=2)],
    )
    if keras_loop:
        history = model.fit(x, y, batch_size=16, verbose=0).history
    else:
        history = fit(model, x, y, batch_size=16).history
    p = model(x).numpy().astype("float64")
    error = (p.argmax(-1) != y).mean(axis=1)
    log_loss = -np.log(p[:, np.arange(60), y]).mean(axis=1)
    found = np.squeeze(np.asarray(history["member_error"]))
    np.testing.assert_allclose(found, error, rtol=1e-6)
    found = np.squeeze(np.asarray(history["member_log_loss"]))
    np.testing.assert_allclose(found, log_loss, rtol=1e-5)
    np.testing.assert_allclose(np.mean(log_loss), history["loss"][0], rtol=1e-5)


def test_bad_members_and_outputs():
    with pytest.raises(ValueError, match="Sum: members must be None or >= 1, got 0"):
        Sum(members=0)
    with pytest.raises(ValueError, match=r"Sum: outputs must be \(2, rows, k\) with"):
        Sum(members=2).update_state(np.zeros(10), OUTPUTS)
    with pytest.raises(ValueError, match=r"Sum: outputs must be \(rows, k\) with"):
        Sum().update_state(np.zeros(10), OUTPUTS)
    with pytest.raises(ValueError, match="Sum: .* same rows and 1 per row, got shapes"):
        Sum(members=3).update_state(np.zeros(10), OUTPUTS, np.ones(9))
