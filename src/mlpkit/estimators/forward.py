"""The forward pass of a network, traced once for all networks of its architecture."""

from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.training.engine.architecture import architecture

_MOST = 16  # architectures that are kept


class Forward:
    """The function from encoded rows to a model's output, float32.

    It keeps the weights that the model has now. In a cross-validation or a search over
    learning rates only the first network is traced.

    Args:
        model: Built, of one input and one output.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> model.set_weights([np.array([[2.0]]), np.array([1.0])])
    >>> Forward(model)(np.array([[3.0]], np.float32)).tolist()
    [[7.0]]
    """

    def __init__(self, model: keras.Model) -> None:
        self._graph = _traced(_Key(model))
        self.take(model)

    def take(self, model: keras.Model) -> None:
        """Take over the weights that the same model has now."""
        variables = (model.trainable_variables, model.non_trainable_variables)
        self._weights = [[tf.identity(v.value) for v in some] for some in variables]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the output for some rows."""
        return self._graph(*self._weights, tf.constant(x)).numpy()


class _Key:
    """A model that is equal to any other of its architecture."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        # one that is not compiled is the mean of an ensemble, and like no other
        self.digest = architecture(model) if model.compiled else object()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.digest == other.digest


@lru_cache(_MOST)
def _traced(key: _Key) -> Any:
    model = key.model

    def forward(trainable: Any, others: Any, x: tf.Tensor) -> tf.Tensor:
        output, _ = model.stateless_call(trainable, others, x, training=False)
        return tf.cast(output, tf.float32)

    specs = [
        [tf.TensorSpec(v.shape, v.dtype) for v in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    ]
    rows = tf.TensorSpec([None, *model.input_shape[1:]], tf.float32)
    return tf.function(forward, autograph=False).get_concrete_function(*specs, rows)
