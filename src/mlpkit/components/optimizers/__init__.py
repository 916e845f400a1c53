"""Optimizers by name: Adam from scratch, the others Keras' own for now."""

import keras

from mlpkit.components.optimizers.adam import Adam

__all__ = ["OPTIMIZERS", "Adam"]

OPTIMIZERS: dict[str, type[keras.optimizers.Optimizer]] = {
    "adadelta": keras.optimizers.Adadelta,
    "adagrad": keras.optimizers.Adagrad,
    "adam": Adam,
    "adamax": keras.optimizers.Adamax,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}
