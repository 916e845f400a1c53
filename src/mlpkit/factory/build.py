"""`build_model`: the one way to a network."""

from collections.abc import Sequence
from typing import Any

import keras

from mlpkit.components.layers import OrderedQuantiles, ScaledDense
from mlpkit.config import ModelConfig
from mlpkit.config.load import check_section
from mlpkit.errors import UsageError, suggest
from mlpkit.factory.resolve import build_initializer, build_optimizer
from mlpkit.factory.tasks import TASKS, Task
from mlpkit.factory.trunk import Columns, Trunk, seeds


def build_model(
    task: str,
    *,
    num_features: int,
    num_outputs: int = 1,
    num_numeric: int = 0,
    cardinalities: Sequence[int] = (),
    optimizer: keras.optimizers.Optimizer | None = None,
    label_smoothing: float = 0.0,
    dtype: Any = "float32",
    seed: int | None = None,
    **model: Any,
) -> keras.Model:
    """Return a compiled feed-forward network for a task.

    The task gives output units, output activation, loss and metrics; the hidden
    activation gives the kernels' initializer. ``hidden=()`` is the single-layer
    network: linear, logistic or softmax regression.

    Args:
        task: Key of ``TASKS``.
        num_features: Columns of the encoded matrix, > 0.
        num_outputs: Target columns, classes or labels; binary tasks have two classes.
        num_numeric: Leading columns that are numbers: those that a numeric embedding
            embeds.
        cardinalities: Slots of the embedded columns; these come last in the matrix.
        optimizer: Adam at 1e-3 if left.
        label_smoothing: Share of the label that all classes divide, in [0, 1); a
            variable of the loss.
        dtype: Keras dtype policy; the output stays float32.
        seed: Of initializers, dropout and random activations; new each time if left.
        **model: The keys of the configuration's `[model]`: ``hidden``, ``activation``,
            ``dropout``, ….

    Raises:
        UsageError: Unknown task, key or component; a value out of range.

    >>> model = build_model("multiclass", num_features=20, num_outputs=3, hidden=(8,))
    >>> model.output_shape
    (None, 3)
    """
    row = _task(task)
    config: ModelConfig = check_section(ModelConfig, "model", model)
    _check_sizes(row, num_features, num_outputs, len(cardinalities))
    if row.is_regression and label_smoothing:
        msg = "label_smoothing: a regression has no labels to smooth, got"
        raise UsageError(f"{msg} {label_smoothing}")
    if config.quantiles:
        if not row.is_regression:
            msg = f"model.quantiles: takes a task 'regression', got '{task}'"
            raise UsageError(msg)
        row = row.of_quantiles(config.quantiles)
    layer_seeds = seeds(seed)
    inputs = keras.Input((num_features,), name="features", dtype="float32")
    columns = Columns(num_numeric, tuple(cardinalities))
    trunk = Trunk(config, columns, dtype=dtype, layer_seeds=layer_seeds)
    outputs = _head(row, num_outputs, config, next(layer_seeds), trunk(inputs))
    if config.quantiles:
        count = len(config.quantiles)
        outputs = OrderedQuantiles(count, dtype="float32", name="quantiles")(outputs)
    network = keras.Model(inputs, outputs, name=task)
    optimizer = optimizer or build_optimizer()
    scaling = keras.optimizers.LossScaleOptimizer
    half = keras.dtype_policies.get(dtype).compute_dtype == "float16"
    if half and not isinstance(optimizer, scaling):
        optimizer = scaling(optimizer)  # else small gradients would be zero
    network.compile(
        optimizer=optimizer,
        loss=row.loss(label_smoothing),
        weighted_metrics=row.metrics(),
        jit_compile=False,
    )
    return network


def _head(
    task: Task,
    num_outputs: int,
    config: ModelConfig,
    seed: int,
    hidden: keras.KerasTensor,
) -> keras.KerasTensor:
    """The output layer, float32: cross-entropies and exports need its digits."""
    units = task.units(num_outputs)
    if config.parametrization == "ntk":
        # one logit for two classes moves as the difference of two would
        factor = 2.0 if task.activation == "sigmoid" else 1.0
        logits = ScaledDense(
            units,
            kernel_factor=factor,
            bias_factor=0.1 * factor,
            kernel_initializer=keras.initializers.RandomNormal(
                stddev=factor**0.5, seed=seed
            ),
            dtype="float32",
            name="logits",
        )(hidden)
        last = keras.layers.Activation(task.activation, dtype="float32", name="output")
        return last(logits)
    kernel = build_initializer(task.initializer, activation=task.activation, seed=seed)
    return keras.layers.Dense(
        units,
        activation=task.activation,
        kernel_initializer=kernel,
        dtype="float32",
        name="output",
    )(hidden)


def _task(name: str) -> Task:
    if name not in TASKS:
        msg = f"unknown task {name!r}{suggest(name, TASKS)}"
        raise UsageError(msg)
    return TASKS[name]


def _check_sizes(task: Task, features: int, outputs: int, embedded: int) -> None:
    if features < max(1, embedded):
        msg = f"num_features must be >= {max(1, embedded)}, got {features}"
        raise UsageError(msg)
    lowest = 2 if task.name == "multiclass" else 1
    highest = 2 if task.name.startswith("binary") else None
    if outputs < lowest or (highest and outputs > highest):
        bounds = f">= {lowest}" + (f" and <= {highest}" if highest else "")
        msg = f"task '{task.name}': num_outputs must be {bounds}, got {outputs}"
        raise UsageError(msg)
