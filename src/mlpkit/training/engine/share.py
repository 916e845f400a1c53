"""Which rows of a global batch a replica computes, and what they weigh."""

from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf


@dataclass(frozen=True)
class Share:
    """A replica's rows, out of a batch that every replica has as a whole.

    Keras divides each replica's mean loss by the number of replicas R. The sum over the
    replicas is the batch's mean only if all have equally many rows, so that losses are
    multiplied by ``factor`` = R · (own rows) / (all rows) besides. Of fewer rows than
    replicas each replica computes all, and counts its own share of them.

    Attributes:
        batch: Nested ``(x[, y[, sample_weight]])``, the rows to compute.
        rows: Of the global batch, a scalar int32.
        replicas: R.
        factor: Of losses that are a mean over rows, a scalar float32.
        counted: First and last + 1 of ``batch``'s rows that count in metrics.
    """

    batch: Any
    rows: tf.Tensor
    replicas: int
    factor: tf.Tensor
    counted: tuple[Any, Any]

    @property
    def weight(self) -> tf.Tensor:
        """Weight of this replica's loss, times its factor, in the batch's mean."""
        return tf.cast(self.rows, tf.float32) / self.replicas

    def count(self, parts: Any) -> Any:
        """Return the rows that count in metrics, of nested tensors or None."""
        return keras.tree.map_structure(self._count, parts)

    def _count(self, tensor: Any) -> Any:
        if tensor is None:
            return None
        first, end = self.counted
        part = tensor[first:end]
        # metrics from logits find those of a sigmoid or softmax beside its output
        logits = getattr(tensor, "_keras_logits", None)
        if logits is not None:
            part._keras_logits = logits[first:end]
        return part


def slice_of(batch: Any, replica: Any, replicas: int) -> Share:
    """Return a replica's share: slices that differ by a row at most.

    Args:
        batch: The global batch.
        replica: Number of the replica.
        replicas: How many there are.
    """
    rows = _rows(batch)
    first, end = rows * replica // replicas, rows * (replica + 1) // replicas
    few = rows < replicas
    start, stop = tf.where(few, 0, first), tf.where(few, rows, end)
    part = keras.tree.map_structure(lambda t: t[start:stop], batch)
    own, every = tf.cast(stop - start, tf.float32), tf.cast(rows, tf.float32)
    factor = tf.where(few, 1.0, replicas * own / every)
    return Share(part, rows, replicas, factor, (first - start, end - start))


def padded(batch: Any, rows: int) -> Any:
    """Return a batch filled up to so many rows, which a TPU can compile for.

    Its own rows are repeated, with weight 0. Metrics without weights would count these.

    Args:
        batch: Nested ``(x[, y[, sample_weight]])``.
        rows: At least as many as the batch has.
    """
    x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
    places = tf.range(rows)
    real = tf.cast(places < _rows(batch), keras.config.floatx())
    x, y, weight = keras.tree.map_structure(
        lambda t: None if t is None else tf.gather(t, places % _rows(batch)),
        (x, y, weight),
    )
    if weight is None:
        return x, y, real
    return x, y, keras.tree.map_structure(lambda w: w * tf.cast(real, w.dtype), weight)


def padded_slice_of(batch: Any, rows: tf.Tensor, replica: Any, replicas: int) -> Share:
    """Return a replica's share of a padded batch.

    Args:
        batch: From `padded`, with a multiple of ``replicas`` rows.
        rows: How many of them are no padding.
        replica: Number of the replica.
        replicas: How many there are.
    """
    size: int = keras.tree.flatten(batch)[0].shape[0]
    own = size // replicas
    places = tf.range(own) + own * replica
    part = keras.tree.map_structure(
        lambda t: None if t is None else tf.gather(t, places), batch
    )
    factor = size / tf.cast(rows, tf.float32)
    return Share(part, rows, replicas, factor, (0, own))


def _rows(batch: Any) -> tf.Tensor:
    return tf.shape(keras.tree.flatten(batch)[0])[0]
