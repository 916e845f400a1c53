"""Gradients of all replicas → one update that runs on each of them.

Keras clips what each replica has before the sum and refuses branches on a distributed
step; here the sum comes first, and the whole update runs in the context in which
``tf.distribute`` lets every replica write its own copy of the variables.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
from keras import ops


def dense_and_wide(gradient: Any, variable: Any) -> Any:
    """The gradient as a dense tensor of at least float32.

    Rows that a sparse gradient names twice are summed. Low precision ends here, before
    anything is divided or added up.
    """
    if gradient is None:
        return None
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if isinstance(gradient, tf.IndexedSlices):
            gradient = tf.math.unsorted_segment_sum(
                _wide(gradient.values), gradient.indices, variable.shape[0]
            )
    return _wide(gradient)


def update_everywhere(
    update: Callable[[Sequence[Any]], None], gradients: Sequence[Any], anchor: Any
) -> None:
    """Call ``update(gradients)`` with the replicas' sum, once for every replica.

    Args:
        update: Writes model and optimizer variables.
        gradients: Dense tensors, of this replica.
        anchor: A variable, of the backend's kind, that exists on every replica.
    """
    if keras.backend.backend() != "tensorflow":
        update(gradients)
        return
    import tensorflow as tf

    if not tf.distribute.has_strategy():
        update(gradients)
        return

    def on_each(strategy: Any, summed: Any) -> None:
        strategy.extended.update(
            anchor, lambda _, g: update(g), args=(summed,), group=False
        )

    replica = tf.distribute.get_replica_context()
    if replica is None:  # the caller has summed the gradients
        on_each(tf.distribute.get_strategy(), gradients)
        return
    summed = replica.all_reduce(tf.distribute.ReduceOp.SUM, list(gradients))
    tf.__internal__.distribute.interim.maybe_merge_call(
        on_each, tf.distribute.get_strategy(), summed
    )


def outside_of_graphs() -> AbstractContextManager[Any]:
    """A context in which variables may be created while a step is being traced."""
    if keras.backend.backend() != "tensorflow":
        return nullcontext()
    import tensorflow as tf

    return tf.init_scope()


def _wide(tensor: Any) -> Any:
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    return tensor if dtype in {"float32", "float64"} else ops.cast(tensor, "float32")
