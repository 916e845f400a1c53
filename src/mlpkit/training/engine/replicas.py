"""One step on every replica of the model's `tf.distribute` strategy."""

from typing import Any

import keras


def train_step(model: keras.Model, batch: Any) -> Any:
    """Train on one batch and return the step's logs."""
    return model.train_step(batch)


def test_step(model: keras.Model, batch: Any) -> Any:
    """Evaluate one batch and return the step's logs."""
    return model.test_step(batch)
