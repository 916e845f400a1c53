"""Hidden widths that a traced loop leaves open, so that networks of several share it.

Tracing a network takes longer than training it on a few hundred rows. The operations of
a chain of dense layers are the same for any widths: with the shapes of the variables
open where a hidden width stands, one graph serves them all. It is traced so whatever
the width of the first network, which therefore does not change any bit.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.ops import handle_data_util

from mlpkit.components.layers import Dropout
from mlpkit.training.engine.numbers import inner_optimizer
from mlpkit.training.engine.variables import variables_of

Shape = tuple[int | None, ...]

_BETWEEN = (keras.layers.Activation, keras.layers.Dropout, keras.layers.ReLU, Dropout)
_OF_SEVERAL = {"glu", "log_softmax", "softmax", "sparsemax"}  # of a row's values
_ELEMENTWISE = (
    keras.optimizers.Adam,
    keras.optimizers.AdamW,
    keras.optimizers.Nadam,
    keras.optimizers.RMSprop,
    keras.optimizers.SGD,
)
_REGULARIZERS = (
    type(None),
    keras.regularizers.L1,
    keras.regularizers.L2,
    keras.regularizers.L1L2,
)


class FreeWidths:
    """The shapes of a model's variables, open at its hidden widths.

    Args:
        hidden: Its dense layers but the last.
        shapes: By ``id`` of a variable.
    """

    def __init__(self, hidden: Sequence[Any], shapes: Mapping[int, Shape]) -> None:
        self._hidden = {layer.name for layer in hidden}
        self._shapes = shapes

    @classmethod
    def of(cls, model: keras.Model) -> "FreeWidths | None":
        """Return those of a model; None where its graph may depend on its widths."""
        dense = _chain(model)
        if len(dense) < 2:
            return None
        shapes: dict[int, Shape] = {}
        for place, layer in enumerate(dense):
            first = layer.kernel.shape[0] if place == 0 else None
            last = layer.kernel.shape[1] if layer is dense[-1] else None
            shapes[id(layer.kernel)] = (first, last)
            if layer.bias is not None:
                shapes[id(layer.bias)] = (last,)
        shapes |= _slots(model, shapes)
        wide = [v for v in variables_of(model) if len(v.shape) and _is_weight(model, v)]
        known = all(id(v) in shapes for v in wide)
        return cls(dense[:-1], shapes) if known else None

    def shape(self, variable: Any) -> Shape:
        """Return a variable's shape, None where it is open."""
        return self._shapes.get(id(variable), tuple(variable.shape))

    def config(self, value: Any) -> Any:
        """Return a model's configuration without its hidden widths."""
        if isinstance(value, Mapping):
            if value.get("class_name") == "__keras_tensor__":
                history = value["config"]["keras_history"]
                return {**value, "config": {"keras_history": history}}
            if value.get("class_name") == "Dense":
                settings = dict(value["config"])
                if settings["name"] in self._hidden:
                    del settings["units"]
                value = {**value, "config": settings}
            return {k: self.config(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.config(v) for v in value]
        return value

    @contextmanager
    def while_traced(self, model: keras.Model) -> Iterator[None]:
        """A context in which a graph that takes the variables does not see widths."""
        told: list[tuple[Any, Any]] = []
        for variable in variables_of(model):
            shape = self.shape(variable)
            if None in shape:
                handle = variable.value.handle
                told.append((handle, handle._handle_data))
                data = handle_data_util.create_handle_data(
                    tf.TensorShape(shape), tf.as_dtype(variable.dtype)
                )
                handle._handle_data = data
        try:
            yield
        finally:
            for handle, data in told:
                handle._handle_data = data


def _chain(model: keras.Model) -> list[Any]:
    """The dense layers of a model that is nothing but a chain of known layers."""
    if model._distribute_strategy is not None or not model.built:
        return []
    optimizer = inner_optimizer(model.optimizer)
    if type(optimizer) not in _ELEMENTWISE or optimizer.gradient_accumulation_steps:
        return []  # Keras resets sums of gradients to zeros of a written shape
    layers = _in_a_row(model)
    dense = [la for la in layers if type(la) is keras.layers.Dense]
    others = [la for la in layers if type(la) is not keras.layers.Dense]
    plain = all(type(la) in _BETWEEN and _is_elementwise(la) for la in others)
    return dense if plain and all(map(_is_plain, dense)) else []


def _in_a_row(model: keras.Model) -> list[Any]:
    """All layers, each the input of the next; none if they are not so."""
    kinds = (keras.Sequential, keras.src.models.functional.Functional)
    if type(model) not in kinds or len(model.inputs) != 1 or len(model.outputs) != 1:
        return []
    inside = model.inputs[0]
    if len(inside.shape) != 2:
        return []
    layers = [la for la in model.layers if type(la) is not keras.layers.InputLayer]
    if type(model) is keras.Sequential:
        return layers
    for layer in layers:
        nodes = layer._inbound_nodes
        if len(nodes) != 1 or [id(t) for t in nodes[0].input_tensors] != [id(inside)]:
            return []
        inside = nodes[0].outputs[0]
    return layers if inside is model.outputs[0] else []


def _is_elementwise(layer: Any) -> bool:
    function = getattr(layer, "activation", None)
    known = function is None or (
        getattr(function, "__module__", "").startswith("keras.src.activations")
        and getattr(function, "__name__", "") not in _OF_SEVERAL
    )
    return known and getattr(layer, "noise_shape", None) is None


def _is_plain(layer: Any) -> bool:
    regularizers = (
        layer.kernel_regularizer,
        layer.bias_regularizer,
        layer.activity_regularizer,
    )
    return (
        _is_elementwise(layer)
        and getattr(layer, "quantization_mode", None) is None
        and not getattr(layer, "lora_enabled", False)
        and layer.kernel_constraint is None
        and layer.bias_constraint is None
        and all(type(r) in _REGULARIZERS for r in regularizers)
    )


def _slots(model: keras.Model, shapes: Mapping[int, Shape]) -> dict[int, Shape]:
    """Shapes of what the optimizer keeps of each weight."""
    weights = model.trainable_variables
    found: dict[int, Shape] = {}
    for kept in vars(inner_optimizer(model.optimizer)).values():
        if not isinstance(kept, list) or len(kept) != len(weights):
            continue
        for slot, weight in zip(kept, weights, strict=True):
            same = isinstance(slot, keras.Variable) and slot.shape == weight.shape
            if same and id(slot) not in shapes:
                found[id(slot)] = shapes.get(id(weight), tuple(weight.shape))
    return found


def _is_weight(model: keras.Model, variable: Any) -> bool:
    """Whether a variable is a weight, or what an optimizer keeps of one."""
    of_metrics = any(variable is v for v in model.metrics_variables)
    return not of_metrics and tf.as_dtype(variable.dtype).is_floating
