"""One step on every replica of the model's `tf.distribute` strategy.

Every replica has the whole batch and takes its own slice of it, so that results are
those of one device: no `tf.data`, no sharding of files.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from mlpkit.training.engine.replica_checks import check_step, needs_static_shapes
from mlpkit.training.engine.share import Share, padded, padded_slice_of, slice_of
from mlpkit.training.engine.traced_for_replicas import summed, traced_for_replicas


def train_step(model: keras.Model, batch: Any, size: int) -> Any:
    """Train on one batch and return the step's logs.

    Args:
        model: Compiled and built.
        batch: Nested ``(x[, y[, sample_weight]])``.
        size: Most rows of a batch.
    """
    return _on_replicas(model, batch, size, model.train_step, _train)


def test_step(model: keras.Model, batch: Any, size: int) -> Any:
    """Evaluate one batch and return the step's logs; arguments as `train_step`."""
    return _on_replicas(model, batch, size, model.test_step, _test)


def _on_replicas(
    model: keras.Model,
    batch: Any,
    size: int,
    own_step: Callable[[Any], Any],
    step: Callable[[keras.Model, Share], None],
) -> Any:
    if model._distribute_strategy is None:
        return own_step(batch)
    strategy = model.distribute_strategy
    replicas = strategy.num_replicas_in_sync
    static = needs_static_shapes(strategy)
    if replicas == 1 and not static:
        return strategy.run(own_step, args=(batch,))
    rows = tf.shape(keras.tree.flatten(batch)[0])[0]
    if static:
        batch = padded(batch, -(-size // replicas) * replicas)
    with traced_for_replicas(model) as tracing:

        def on_one(batch: Any, rows: tf.Tensor) -> None:
            replica = tf.distribute.get_replica_context().replica_id_in_sync_group
            tracing.share = (
                padded_slice_of(batch, rows, replica, replicas)
                if static
                else slice_of(batch, replica, replicas)
            )
            step(model, tracing.share)

        strategy.run(on_one, args=(batch, rows))
    return {}


def _train(model: keras.Model, share: Share) -> None:
    """The share's part of `Model.train_step`."""
    optimizer, weights = model.optimizer, model.trainable_weights
    with tf.GradientTape() as tape:
        loss = optimizer.scale_loss(_forward(model, share, training=True))
    gradients = summed(optimizer, tape.gradient(loss, weights), weights)
    optimizer.apply_gradients(zip(gradients, weights, strict=True))


def _test(model: keras.Model, share: Share) -> None:
    """The share's part of `Model.test_step`."""
    _forward(model, share, training=False)


def _forward(model: keras.Model, share: Share, *, training: bool) -> tf.Tensor:
    """The loss, divided by the number of replicas; it and the metrics are counted."""
    x, y, weight = keras.utils.unpack_x_y_sample_weight(share.batch)
    options = {"training": training} if model._call_has_training_arg else {}
    y_pred = model(x, **options)
    check_step(model, y_pred)
    loss = model._compute_loss(
        x=x, y=y, y_pred=y_pred, sample_weight=weight, training=training
    )
    # the sum over replicas is the batch's loss, times its rows
    model._loss_tracker.update_state(
        loss * tf.cast(share.replicas, loss.dtype), sample_weight=share.weight
    )
    x, y, y_pred, weight = share.count((x, y, y_pred, weight))
    model.compute_metrics(x, y, y_pred, sample_weight=weight)
    return loss
