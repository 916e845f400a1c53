"""Scales that learning needs and answering does not, multiplied into plain kernels."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from mlpkit.components.layers import FrontScale, MemberDense, MemberScale, ScaledDense
from mlpkit.errors import UsageError
from mlpkit.factory.averaged import TRAINING_ONLY, chain, copied


def folded(model: keras.Model) -> keras.Model:
    """Return a network of the same answers, with fewer products.

    `ScaledDense` layers become plain ones, and a `FrontScale` goes into the kernel, or
    into the `MemberScale`, that follows it. Layers that act in training only are left
    out. A model that is no chain of layers is returned as it is.

    Args:
        model: Built.

    >>> from mlpkit.factory.build import build_model
    >>> model = build_model(
    ...     "regression", num_features=4, hidden=(8,), parametrization="ntk"
    ... )
    >>> [type(layer).__name__ for layer in folded(model).layers[1:3]]
    ['Dense', 'GELU']
    """
    try:
        layers = chain(model)
    except UsageError:
        return model
    layers = [m for m in layers if not isinstance(m, TRAINING_ONLY)]
    inputs = keras.Input(batch_shape=model.input_shape, name="features")
    x, scale = inputs, None
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        if isinstance(layer, FrontScale) and isinstance(following, _TAKE_A_SCALE):
            scale = np.asarray(ops.convert_to_numpy(layer.plain_scale()))
            continue
        x = _plain(layer, x, scale)
        scale = None
    return keras.Model(inputs, x, name=model.name)


_TAKE_A_SCALE = (ScaledDense, MemberDense, MemberScale, keras.layers.Dense)


def _plain(layer: keras.layers.Layer, x: Any, scale: np.ndarray | None) -> Any:
    """The output of a layer that gives the same with the scale of its input in it."""
    if isinstance(layer, ScaledDense):
        return _Dense.of(layer).scaled(scale)(x)
    if scale is None:
        return copied(layer, x)
    if isinstance(layer, MemberScale):
        twin = MemberScale.from_config(layer.get_config())
        output = twin(x)
        twin.set_weights([layer.get_weights()[0] * scale])
        return output
    return _Dense.of(layer).scaled(scale)(x)


@dataclass(frozen=True)
class _Dense:
    """A dense layer as its numbers, with or without members."""

    kernel: np.ndarray
    bias: np.ndarray | None
    config: dict[str, Any]

    @classmethod
    def of(cls, layer: keras.layers.Layer) -> "_Dense":
        config = {"name": layer.name, "dtype": layer.dtype_policy}
        if isinstance(layer, keras.layers.Dense):
            kernel, *bias = layer.get_weights()
            config["activation"] = layer.activation
            return cls(kernel, bias[0] if bias else None, config)
        kernel, own_bias = layer.plain_weights()
        return cls(kernel, own_bias, config)

    def scaled(self, scale: np.ndarray | None) -> "_Dense":
        if scale is None:
            return self
        kernel = self.kernel
        if scale.ndim == 2 and kernel.ndim == 2:  # a scale for each member
            kernel = kernel[None]
        return _Dense(kernel * scale[..., None], self.bias, self.config)

    def __call__(self, x: Any) -> Any:
        units, use_bias = self.kernel.shape[-1], self.bias is not None
        if self.kernel.ndim == 2:
            layer = keras.layers.Dense(units, use_bias=use_bias, **self.config)
        else:
            members = len(self.kernel)
            layer = MemberDense(
                units, members=members, use_bias=use_bias, **self.config
            )
        output = layer(x)
        layer.set_weights([self.kernel, *([] if self.bias is None else [self.bias])])
        return output
