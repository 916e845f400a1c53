"""`build_model`: the one way to a network."""

from collections.abc import Sequence
from typing import Any

import keras

from mlpkit.config import ModelConfig
from mlpkit.config.load import check_section
from mlpkit.errors import UsageError, suggest
from mlpkit.factory.resolve import build_initializer, build_optimizer
from mlpkit.factory.tasks import TASKS, Task
from mlpkit.factory.trunk import apply_trunk, seeds


def build_model(
    task: str,
    *,
    num_features: int,
    num_outputs: int = 1,
    cardinalities: Sequence[int] = (),
    optimizer: keras.optimizers.Optimizer | None = None,
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
        cardinalities: Slots of the embedded columns; these come last in the matrix.
        optimizer: Adam at 1e-3 if left.
        dtype: Keras dtype policy; the output stays float32.
        seed: Of initializers, dropout and random activations; new each time if left.
        **model: ``hidden``, ``activation``, ``initializer``, ``batch_norm``,
            ``dropout``, as in the configuration's `[model]`.

    Raises:
        UsageError: Unknown task, key or component; a value out of range.

    >>> model = build_model("multiclass", num_features=20, num_outputs=3, hidden=(8,))
    >>> model.output_shape
    (None, 3)
    """
    row = _task(task)
    config: ModelConfig = check_section(ModelConfig, "model", model)
    _check_sizes(row, num_features, num_outputs, len(cardinalities))
    layer_seeds = seeds(seed)
    inputs = keras.Input((num_features,), name="features", dtype="float32")
    hidden = apply_trunk(
        inputs,
        config,
        cardinalities=cardinalities,
        dtype=dtype,
        layer_seeds=layer_seeds,
    )
    outputs = keras.layers.Dense(
        row.units(num_outputs),
        activation=row.activation,
        kernel_initializer=build_initializer(
            row.initializer, activation=row.activation, seed=next(layer_seeds)
        ),
        dtype="float32",
        name="output",
    )(hidden)
    network = keras.Model(inputs, outputs, name=task)
    optimizer = optimizer or build_optimizer()
    scaling = keras.optimizers.LossScaleOptimizer
    half = keras.dtype_policies.get(dtype).compute_dtype == "float16"
    if half and not isinstance(optimizer, scaling):
        optimizer = scaling(optimizer)  # else small gradients would be zero
    network.compile(
        optimizer=optimizer,
        loss=row.loss(),
        weighted_metrics=row.metrics(),
        jit_compile=False,
    )
    return network


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
