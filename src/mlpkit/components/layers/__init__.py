"""Layers of the network that are not activations."""

import keras

from mlpkit.components.layers.category_embedding import CategoryEmbedding

__all__ = ["LAYERS", "CategoryEmbedding"]

LAYERS: dict[str, type[keras.layers.Layer]] = {"category_embedding": CategoryEmbedding}
