"""A hypermodel that brings all of a training along."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import keras_tuner


class SeededHyperModel(keras_tuner.HyperModel):
    """A `HyperModel` that knows its space, its seed and the arguments of `mlpkit.fit`.

    ``build(hp)`` alone cannot say which rows a model is trained on, nor from which
    seed; this can. `Tuner` asks for one bound to a seed before each training.
    """

    def bound(self, seed: int, execution: int) -> "SeededHyperModel":
        """Return the hypermodel of one training.

        Args:
            seed: Of the network and the rows' order.
            execution: Number of the training in its trial, from 0.
        """
        raise NotImplementedError

    def fit_arguments(self, hp: Any) -> dict[str, Any]:
        """Return the arguments of `mlpkit.fit`, beside those of the search."""
        raise NotImplementedError

    def placed(self, hp: Any) -> AbstractContextManager[Any]:
        """Return the context in which the model is built and trained."""
        return nullcontext()

    def measure(self, hp: Any, model: keras.Model) -> dict[str, float]:
        """Return metrics of a trained model that its training does not log."""
        return {}
