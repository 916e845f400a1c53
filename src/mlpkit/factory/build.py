"""`build_model`: the one way to a network."""

from collections.abc import Sequence
from typing import Any

import keras

from mlpkit.components.layers import OrderedQuantiles
from mlpkit.config import ModelConfig
from mlpkit.config.load import check_section
from mlpkit.errors import UsageError, suggest
from mlpkit.factory.head import Head
from mlpkit.factory.members import shared_metrics, side_by_side_metrics
from mlpkit.factory.resolve import build_optimizer
from mlpkit.factory.tasks import TASKS, Task
from mlpkit.factory.trunk import Columns, Trunk, seeds


def build_model(  # noqa: PLR0913 - all that a network depends on
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
    members: int | None = None,
    tabm: int | None = None,
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
        members: m networks side by side, each with weights of its own, for ``fit``'s
            ``members``: ``(m, rows, features) → (m, rows, units)``; see `averaged`.
        tabm: k members that share one network but for a scale of its input and the
            output layer (TabM-mini, Gorishniy et al. 2025): ``(rows, features) → (k,
            rows, units)``.
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
    _check_members(members, tabm)
    layer_seeds = seeds(seed)
    shape = (None, num_features) if members is None else (members, None, num_features)
    inputs = keras.Input(batch_shape=shape, name="features", dtype="float32")
    trunk = Trunk(
        config,
        Columns(num_numeric, tuple(cardinalities)),
        dtype=dtype,
        layer_seeds=layer_seeds,
        members=members,
        views=tabm,
    )
    head = Head(row, row.units(num_outputs), config, next(layer_seeds))
    outputs = head(trunk(inputs), members=members, tabm=tabm)
    if config.quantiles:
        count = len(config.quantiles)
        outputs = OrderedQuantiles(count, dtype="float32", name="quantiles")(outputs)
    network = keras.Model(inputs, outputs, name=task)
    optimizer = optimizer or build_optimizer()
    scaling = keras.optimizers.LossScaleOptimizer
    half = keras.dtype_policies.get(dtype).compute_dtype == "float16"
    if half and not isinstance(optimizer, scaling):
        optimizer = scaling(optimizer)  # else small gradients would be zero
    loss = row.loss(label_smoothing)
    metrics = row.metrics()
    if members is not None:
        metrics = side_by_side_metrics(row, loss, members)
    elif tabm is not None:
        metrics = shared_metrics(row, loss)
    network.compile(
        optimizer=optimizer,
        loss=loss,
        weighted_metrics=metrics,
        jit_compile=False,
    )
    return network


def _task(name: str) -> Task:
    if name not in TASKS:
        msg = f"unknown task {name!r}{suggest(name, TASKS)}"
        raise UsageError(msg)
    return TASKS[name]


def _check_members(members: int | None, tabm: int | None) -> None:
    if members is not None and tabm is not None:
        msg = f"give members or tabm, not both, got members={members}, tabm={tabm}"
        raise UsageError(msg)
    for name, count in (("members", members), ("tabm", tabm)):
        if count is not None and count < 1:
            msg = f"{name} must be >= 1, got {count}"
            raise UsageError(msg)


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
