"""The replicas' shares are the whole batch, once, and their losses its mean."""

import numpy as np
import pytest
import tensorflow as tf

from mlpkit.training.engine.share import padded, padded_slice_of, slice_of


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 12, 13])
@pytest.mark.parametrize("replicas", [2, 3])
def test_slices_are_the_whole_batch_once(rows, replicas):
    x = tf.reshape(tf.range(2 * rows), (rows, 2))
    values = np.random.default_rng(0).normal(size=rows)
    counted, losses, weights = [], [], []
    for replica in range(replicas):
        share = slice_of((x, tf.constant(values)), replica, replicas)
        part, own = share.batch
        counted += share.count(part).numpy().tolist()
        # what Keras makes of it: the mean over the slice, divided by the replicas
        losses.append(float(share.factor) * own.numpy().mean() / replicas)
        weights.append(float(share.weight))
    assert counted == x.numpy().tolist()
    assert sum(losses) == pytest.approx(values.mean(), rel=1e-6)
    assert sum(weights) == pytest.approx(rows)


@pytest.mark.parametrize("weighted", [False, True])
def test_padded_slices_have_one_shape_and_the_same_mean(weighted):
    rng = np.random.default_rng(0)
    values, weight = rng.normal(size=7), rng.uniform(size=7).astype("float32")
    batch = tuple(map(tf.constant, (values, values, weight)))[: 3 if weighted else 1]
    whole, losses = padded(batch, 12), []
    for replica in range(3):
        share = padded_slice_of(whole, tf.constant(7), replica, 3)
        x, _, w = share.batch
        assert x.shape == w.shape == (4,)
        losses.append(float(share.factor) * (x.numpy() * w.numpy()).mean() / 3)
    expected = (values * (weight if weighted else 1)).mean()
    assert sum(losses) == pytest.approx(expected, rel=1e-6)


def test_logits_stay_beside_their_probabilities():
    scores = tf.constant([[1.0], [2.0], [3.0], [4.0]])
    output = tf.sigmoid(scores)
    output._keras_logits = scores
    share = slice_of((scores,), 0, 2)  # its own rows only
    part = share.count(output)
    np.testing.assert_array_equal(part._keras_logits, scores[:2])
    assert share.count(None) is None
