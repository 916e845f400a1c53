"""A trained network as plain values: what an estimator keeps, pickles and rebuilds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np
import pyarrow as pa
import tensorflow as tf

from mlpkit.components.layers import FrontScale, ScaledDense
from mlpkit.config import Config, Facts
from mlpkit.data import Target
from mlpkit.errors import DataError, UsageError
from mlpkit.estimators.forward import Forward
from mlpkit.estimators.tables import check_whole_numbers, rounded
from mlpkit.factory import TASKS
from mlpkit.preprocessing import (
    Encoder,
    NumericStatistics,
    Statistics,
    TableEncoder,
    TargetScaling,
)
from mlpkit.runs import Answers, Prepared, facts_of
from mlpkit.runs.decision import Decision

_LANES = 48  # a multiple of the rows that matrix products take at a time: 8, 12, 24
_BLOCK_ROWS = 1_365 * _LANES
_CACHED = ("model", "encode", "forward")


@dataclass
class Network:
    """Configuration, statistics and weights; the Keras model is rebuilt when needed.

    Attributes:
        config: The job, filled by its recipe.
        facts: What the recipe was told of the data of the first fit.
        target: Columns, task, classes.
        statistics: Of the raw columns.
        scaling: Of a regression's target.
        columns: Names of X's columns, in order.
        as_text: Positions of the columns whose values are read as text.
        decision: How the output becomes answers.
        architecture: The model as Keras serializes it, compiled unless it is the mean
            of several.
        weights: As ``model.get_weights()`` gives them.
        optimizer_state: The optimizer's variables, where `partial_fit` may go on.
    """

    config: Config
    facts: Facts
    target: Target
    statistics: Statistics
    scaling: TargetScaling | None
    columns: tuple[str, ...]
    as_text: frozenset[int]
    decision: Decision = field(default_factory=Decision)
    architecture: dict[str, Any] = field(default_factory=dict)
    weights: list[np.ndarray] = field(default_factory=list)
    optimizer_state: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def of(cls, prepared: Prepared, as_text: frozenset[int]) -> "Network":
        """Return what was learned before the training; the weights come later."""
        network = cls(
            prepared.config,
            facts_of(prepared),
            prepared.target,
            prepared.encoder.statistics,
            prepared.scaling,
            tuple(prepared.table.column_names),
            as_text,
        )
        if prepared.encode is not None:
            network.__dict__["encode"] = prepared.encode
        return network

    @cached_property
    def model(self) -> keras.Model:
        """The network, compiled, with its weights and its optimizer's state."""
        model = keras.saving.deserialize_keras_object(self.architecture)
        model.set_weights(self.weights)
        if self.optimizer_state:
            model.optimizer.build(model.trainable_variables)
            pairs = zip(model.optimizer.variables, self.optimizer_state, strict=True)
            for variable, value in pairs:
                variable.assign(value)
        return model

    @cached_property
    def encode(self) -> TableEncoder:
        """From raw columns to the encoded matrix."""
        return TableEncoder(Encoder(self.statistics))

    @cached_property
    def forward(self) -> Forward:
        """From the encoded matrix to the output, with the weights of now."""
        return Forward(self.model)

    @property
    def served(self) -> Answers:
        """The answers as they are exported, of a copy without an optimizer.

        TensorFlow does not save one that has replaced its variables.
        """
        model = type(self.model).from_config(self.model.get_config())
        model.set_weights(self.weights)
        given = (Encoder(self.statistics), model, self.target, self.scaling)
        return Answers(*given, self.decision)

    def as_trained(self, table: pa.Table) -> pa.Table:
        """Return the columns by their names in training, its numbers as they were.

        Raises:
            DataError: A whole number could overflow in the encoder.
        """
        table = table.rename_columns(list(self.columns))
        raw = {c.name: c.raw for c in self.statistics.of_kind(NumericStatistics)}
        check_whole_numbers(table, [n for n, kind in raw.items() if kind == "integer"])
        return rounded(table, [n for n, kind in raw.items() if kind != "integer"])

    def check_same_job(self, config: Config) -> None:
        """Raise a `UsageError` where the network would have to be another one."""
        for section in ("ensemble", "model", "preprocessing", "columns"):
            before, after = getattr(self.config, section), getattr(config, section)
            if before != after:
                msg = "a fitted network that goes on learning cannot change: "
                raise UsageError(f"{msg}{_change(section, before, after)}; fit anew")

    def keep(self, model: keras.Model) -> None:
        """Take over a model that was trained, and copy its values."""
        going_on = self.__dict__.get("model") is model
        self.__dict__["model"] = model
        if not going_on:
            self.architecture = keras.saving.serialize_keras_object(model)
        self.weights = [np.asarray(w) for w in model.get_weights()]
        optimizer = model.optimizer if model.compiled else None
        variables = getattr(optimizer, "variables", ())
        # np.array alone would ask Keras for a copy in a way that NumPy deprecates
        self.optimizer_state = [np.array(np.asarray(v)) for v in variables]
        if going_on and "forward" in self.__dict__:
            self.forward.take(model)
        else:
            self.__dict__["forward"] = Forward(model)

    def scores(self, table: pa.Table) -> np.ndarray:
        """Return probabilities or predicted values, float64 ``(rows, outputs)``.

        The rows are filled up to a multiple of 48: TensorFlow treats a single row and
        the last few of a block otherwise, which rounds otherwise, and a row's answer
        shall not depend on those around it.
        """
        rows = table.num_rows
        lacking = -rows % _LANES
        if lacking:
            table = pa.concat_tables([table, table.slice(0, 1).take([0] * lacking)])
        outputs = [
            self.forward(self.encode(table.slice(start, _BLOCK_ROWS), start))
            for start in range(0, table.num_rows, _BLOCK_ROWS)
        ]
        return self.of_output(np.concatenate(outputs))[:rows]

    def of_output(self, output: np.ndarray) -> np.ndarray:
        """Return the same of the model's output, ``(rows, units)``."""
        task = self.target.task
        if self.scaling is None:
            output = self.decision.calibrated(task, tf.constant(output))
        found = np.asarray(TASKS[task].scores(output)).astype(np.float64)
        if not np.isfinite(found).all():
            msg = "the network's answers must be finite, they are not: training "
            raise DataError(f"{msg}diverged; lower learning_rate_init")
        if self.scaling is not None:
            return self.decision.in_units(tf.constant(found), self.scaling).numpy()
        if task != "multilabel":
            found /= found.sum(axis=1, keepdims=True)
        return found

    def plain_layers(self) -> list[tuple[np.ndarray, Any]]:
        """Return kernel and bias of each dense layer of a network that has no others.

        Scales of kernels and of features are multiplied into the kernels.

        Raises:
            AttributeError: It has other weights too, or is the mean of several.
        """
        if self.config.ensemble.name != "none":
            msg = "coefs_, intercepts_: the network must be a single one, this is the "
            raise AttributeError(f"{msg}mean of {self.config.ensemble.count}")
        dense = (keras.layers.Dense, ScaledDense)
        for layer in self.model.layers:
            if layer.trainable_weights and not isinstance(layer, (*dense, FrontScale)):
                msg = "coefs_, intercepts_: the network must be a plain one, this has "
                hint = "its weights are those of network_.model"
                raise AttributeError(f"{msg}the layer '{layer.name}' too; {hint}")
        found = []
        scale: Any = 1.0
        for layer in self.model.layers:
            if isinstance(layer, FrontScale):
                scale = np.asarray(layer.plain_scale())[:, None]
            elif isinstance(layer, dense):
                scaled = isinstance(layer, ScaledDense)
                kernel, bias = layer.plain_weights() if scaled else layer.get_weights()
                found.append((kernel * scale, bias))
                scale = 1.0
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in _CACHED}


def _change(section: str, before: Any, after: Any) -> str:
    """Say what differs between two configurations' sections."""
    old, new = dict(before), dict(after)
    return ", ".join(
        f"{section}.{key} was {old.get(key)!r}, is now {new.get(key)!r}"
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    )
