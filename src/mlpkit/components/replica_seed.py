"""Random numbers that differ between the replicas of one training."""

from typing import Any

import keras

_STRIDE = 1_000_000_007  # a prime, far from the small seeds that people choose


class ReplicaSeedGenerator(keras.random.SeedGenerator):
    """Seed generator that gives every replica of ``tf.distribute`` its own seeds.

    Keras' generator has one state, mirrored to all replicas, so that all of them draw
    the same numbers: a batch split over n replicas would see n equal masks. Outside of
    a distributed training it is Keras' generator.
    """

    def next(self, ordered: bool = True) -> Any:  # noqa: FBT001, FBT002  Keras' own
        """Return the next seed, shape ``(2,)``, and advance the state."""
        seed = super().next(ordered)
        if keras.backend.backend() != "tensorflow":
            return seed
        import tensorflow as tf

        context = tf.distribute.get_replica_context()
        if context is None or context.num_replicas_in_sync == 1:
            return seed
        replica = tf.cast(context.replica_id_in_sync_group, seed.dtype)
        return seed + tf.stack([_STRIDE * replica, tf.zeros_like(replica)])
