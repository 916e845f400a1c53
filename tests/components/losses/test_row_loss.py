import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from mlpkit.components.losses.row_loss import RowLoss

RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(size=(3, 5, 2)).astype("float32")
Y = RNG.normal(size=(5, 2)).astype("float32")
EACH = np.abs(OUTPUTS - Y).sum(-1)  # (3, 5)


class Absolute(RowLoss):
    def __init__(self, reduction="sum_over_batch_size", dtype=None):
        super().__init__(reduction=reduction, name="absolute", dtype=dtype)

    def call(self, y_true, y_pred):
        y = self.with_row_axes(y_true, y_pred, y_pred.shape[-1])
        return ops.sum(ops.abs(y - y_pred), axis=-1)


def test_mean_of_the_members_losses_and_not_loss_of_their_mean():
    loss = Absolute()(Y, OUTPUTS)
    np.testing.assert_allclose(loss, EACH.mean(), rtol=1e-6)
    of_mean = np.abs(OUTPUTS.mean(0) - Y).sum(-1).mean()
    assert abs(of_mean - float(loss)) > 0.1


def test_gradient_of_a_member_is_its_own_over_the_members():
    outputs = tf.Variable(OUTPUTS)
    with tf.GradientTape() as tape:
        loss = Absolute()(Y, outputs)
    together = tape.gradient(loss, outputs)
    for i in range(3):
        alone = tf.Variable(OUTPUTS[i])
        with tf.GradientTape() as tape:
            loss = Absolute()(Y, alone)
        np.testing.assert_allclose(together[i], tape.gradient(loss, alone) / 3)


OF_ROWS = np.array([0.0, 1, 2, 3, 4], "float32")
OF_MEMBERS = RNG.uniform(size=(3, 5)).astype("float32")


@pytest.mark.parametrize("weight", [OF_ROWS, OF_ROWS[:, None], OF_MEMBERS])
@pytest.mark.parametrize("jit", [False, True])
def test_weights_and_reductions(weight, jit):
    full = np.broadcast_to(weight if weight.shape == (3, 5) else OF_ROWS, (3, 5))
    expected = {
        "sum_over_batch_size": (full * EACH).mean(),
        "mean_with_sample_weight": (full * EACH).sum() / full.sum(),
        "sum": (full * EACH).sum(),
        None: full * EACH,
    }
    for reduction, value in expected.items():
        loss = tf.function(Absolute(reduction), jit_compile=jit)
        np.testing.assert_allclose(loss(Y, OUTPUTS, weight), value, rtol=1e-5)


def test_one_network_as_keras_own():
    ours, keras_own = (
        Absolute("mean_with_sample_weight"),
        keras.losses.MeanAbsoluteError,
    )
    theirs = keras_own(reduction="mean_with_sample_weight")(Y, OUTPUTS[0], OF_ROWS)
    np.testing.assert_allclose(ours(Y, OUTPUTS[0], OF_ROWS), 2 * theirs, rtol=1e-6)


def test_as_many_rows_as_members_and_columns_of_weights():
    outputs, weight = OUTPUTS[:, :3], np.array([[1.0], [0.0], [0.0]], "float32")
    found = Absolute("sum")(Y[:3], outputs, weight)
    np.testing.assert_allclose(found, EACH[:, 0].sum(), rtol=1e-6)


def test_half_precision_is_widened_before_anything_is_computed():
    outputs = tf.cast(OUTPUTS, "float16")
    loss = Absolute(None)(Y, outputs)
    assert loss.dtype == "float32"
    expected = np.abs(tf.cast(outputs, "float32").numpy() - Y).sum(-1)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


def test_weights_of_other_rows():
    with pytest.raises(ValueError, match="Absolute: .* same rows and 1 per row"):
        Absolute()(Y, OUTPUTS, np.ones(4, "float32"))
