"""Weights and biases fitted to a sample of the data."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

_RULES = {"weights": ("std", None), "biases": ("he+5", None)}
_HULL_POINTS = 5


def initialize_from_data(
    model: keras.Model,
    sample: Any,
    *,
    weights: str | None = "std",
    biases: str | None = "he+5",
    seed: int | None = None,
) -> None:
    """Set the dense layers of a model to what its data needs, layer by layer.

    With h the input of a layer on the sample, the layers before it set already:

    - weights "std": W ~ N(0, 1), each column divided by the standard deviation of h W,
      so that every pre-activation has standard deviation 1. Columns that do not vary
      are divided by √fan_in instead.
    - biases "he+5": b = -Σ p (h W) over 5 random rows of the sample, with weights
      p ~ Dirichlet(1, …, 1), each unit its own: a ReLU bends inside the data.

    Layers that keep their weights scaled, as `ScaledDense`, get the variables that
    make these W and b; the members of a layer each get their own draws.

    Args:
        model: Built Functional or Sequential model whose `keras.layers.Dense` layers,
            or those with ``set_plain_weights``, are its own, not those of a model
            nested in it.
        sample: What the model takes, ``(rows, ...)``, rows >= 2. Held in memory once
            for each layer; a few thousand rows are enough.
        weights: "std", or None to leave the weights.
        biases: "he+5", or None to leave the biases.
        seed: Of NumPy's local generator; other random states stay untouched.

    Raises:
        ValueError: An argument out of range, or a model without such layers.

    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    >>> rows = np.random.default_rng(0).normal(size=(100, 3)).astype("float32")
    >>> initialize_from_data(model, rows, seed=0)
    >>> model(rows).numpy().std(axis=0).round(4).tolist()
    [1.0, 1.0, 1.0, 1.0]

    References: Holzmüller, Grinsztajn & Steinwart 2024 (RealMLP), appendix A; "he+5" is
        from Steinwart 2019. The guard against columns without variation is ours.
    """
    for name, value in (("weights", weights), ("biases", biases)):
        if value not in _RULES[name]:
            known = " or ".join(map(repr, _RULES[name]))
            msg = f"initialize_from_data: {name} must be {known}, got {value!r}"
            raise ValueError(msg)
    rows = len(keras.tree.flatten(sample)[0])
    if rows < 2:
        msg = f"initialize_from_data: sample must have >= 2 rows, got {rows}"
        raise ValueError(msg)
    rng = np.random.default_rng(seed)
    layers = _dense_layers(model)
    # a Sequential has no `input` before its first call, a Functional may have a dict
    sequential = isinstance(model, keras.Sequential)
    entry = model.inputs[0] if sequential else model.input
    for layer in layers:
        before = keras.Model(entry, layer.input)
        h = np.asarray(
            ops.convert_to_numpy(before(sample, training=False)), dtype="float64"
        )
        each = _per_member(h, getattr(layer, "members", None))
        if weights == "std":
            kernels = [_unit_std(one, layer.units, rng) for one in each]
            _assign(layer, "kernel", kernels)
        if biases == "he+5" and layer.use_bias:
            kernels = _kernels(layer)
            points = [
                _minus_hull_point(one @ kernel, rng)
                for one, kernel in zip(each, kernels, strict=True)
            ]
            _assign(layer, "bias", points)


def _per_member(h: np.ndarray, members: int | None) -> list[np.ndarray]:
    """The rows that each member sees, ``(rows, fan_in)``; one member where none."""
    if members is None:
        return [h.reshape(-1, h.shape[-1])]
    return list(np.broadcast_to(h, (members, *h.shape[-2:])))


def _kernels(layer: keras.layers.Layer) -> list[np.ndarray]:
    """The kernel of each member, as plain products need it."""
    scaled = hasattr(layer, "plain_weights")
    kernel = layer.plain_weights()[0] if scaled else layer.kernel.numpy()
    kernel = np.asarray(kernel, dtype="float64")
    return [kernel] if kernel.ndim == 2 else list(kernel)


def _assign(layer: keras.layers.Layer, name: str, values: list[np.ndarray]) -> None:
    """Set the kernel or the bias to those of each member."""
    members = getattr(layer, "members", None)
    value = values[0] if members is None else np.stack(values)
    if hasattr(layer, "set_plain_weights"):
        layer.set_plain_weights(**{name: value})
    else:
        getattr(layer, name).assign(value)


def _dense_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The dense layers in the order of the forward pass."""
    layers = [
        m
        for m in model.layers
        if isinstance(m, keras.layers.Dense) or hasattr(m, "set_plain_weights")
    ]
    nested = any(isinstance(m, keras.Model) for m in model.layers)
    # a model without a graph has no `inputs`, nor has an unbuilt one
    if nested or not layers or not getattr(model, "inputs", None):
        msg = (
            "initialize_from_data: model must be a built Functional or Sequential "
            f"model with Dense layers and no model in it, got {model!r}"
        )
        raise ValueError(msg)
    return layers


def _unit_std(h: np.ndarray, units: int, rng: np.random.Generator) -> np.ndarray:
    """Kernel ``(fan_in, units)`` with std(h @ kernel, axis=0) = 1."""
    kernel = rng.standard_normal((h.shape[-1], units))
    z = h @ kernel
    std = z.std(axis=0)
    # a difference of rounding errors is no variation
    constant = std <= 1e-6 * np.abs(z).max(axis=0)
    return kernel / np.where(constant, math.sqrt(h.shape[-1]), std)


def _minus_hull_point(z: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each column minus a random convex combination of five of its rows."""
    units = z.shape[-1]
    chosen = rng.integers(len(z), size=(_HULL_POINTS, units))
    p = rng.dirichlet(np.ones(_HULL_POINTS), size=units).T
    return -(p * np.take_along_axis(z, chosen, axis=0)).sum(axis=0)
