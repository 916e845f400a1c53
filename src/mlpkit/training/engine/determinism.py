"""The same bits again on a GPU."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import keras
import tensorflow as tf
from tensorflow.python.framework import config as framework_config

_lock = Lock()
_entered = 0
_ours = False


def on_gpu(model: keras.Model) -> bool:
    """Tell whether a model's weights lie on a GPU.

    Args:
        model: Built.
    """
    weights = [v.value for v in model.weights]
    return any("GPU" in getattr(w, "device", "") for w in weights)


def has_gpu() -> bool:
    """Tell whether TensorFlow sees a GPU."""
    return bool(tf.config.list_logical_devices("GPU"))


@contextmanager
def deterministic_operations() -> Iterator[None]:
    """A context in which TensorFlow's operations add up in one order.

    On a GPU the order is otherwise that of the threads' arrival. The setting is that of
    the process, for all its threads: it holds as long as anyone is within, and one that
    was there before stays.
    """
    global _entered, _ours
    with _lock:
        if not _entered and not framework_config.is_op_determinism_enabled():
            tf.config.experimental.enable_op_determinism()
            _ours = True
        _entered += 1
    try:
        yield
    finally:
        with _lock:
            _entered -= 1
            if not _entered and _ours:
                framework_config.disable_op_determinism()
                _ours = False


def warn_of_other_digits() -> None:
    """Tell that a training that shall give the same bits again may not."""
    warnings.warn(
        "on a GPU code of a model's own, and Keras' own loop, may differ in the last "
        "digits from run to run; deterministic=False asks for no more",
        stacklevel=6,
    )
