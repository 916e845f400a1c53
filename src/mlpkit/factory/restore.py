"""The only caller of Keras' `load_model`: components registered, safe mode on."""

from pathlib import Path

import keras

from mlpkit.components import activations, layers, losses, optimizers, schedules

_REGISTERED = (activations, layers, losses, optimizers, schedules)


def restore_model(path: Path) -> keras.Model:
    """Return the network of a ``.keras`` file, not compiled."""
    return keras.saving.load_model(path, compile=False, safe_mode=True)
