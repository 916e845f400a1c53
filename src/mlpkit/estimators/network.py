"""A trained network as plain values: what an estimator keeps, pickles and rebuilds."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.data import Target
from mlpkit.errors import DataError, UsageError
from mlpkit.factory import build_model, build_optimizer
from mlpkit.preprocessing import Encoder, Statistics, TargetScaling
from mlpkit.runs import Answers, Prepared

_LANES = 48  # a multiple of the rows that matrix products take at a time: 8, 12, 24
_CACHED = ("model", "answers")


@dataclass
class Network:
    """Configuration, statistics and weights; the Keras model is rebuilt when needed.

    Attributes:
        config: The job.
        target: Columns, task, classes.
        statistics: Of the raw columns.
        scaling: Of a regression's target.
        num_features: Columns of the encoded matrix.
        weights: As ``model.get_weights()`` gives them.
        optimizer_state: The optimizer's variables, where `partial_fit` may go on.
        columns: Names of X's columns, in order.
        as_text: Positions of the columns whose values are read as text.
    """

    config: Config
    target: Target
    statistics: Statistics
    scaling: TargetScaling | None
    num_features: int
    columns: tuple[str, ...]
    as_text: frozenset[int]
    weights: list[np.ndarray] = field(default_factory=list)
    optimizer_state: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def of(cls, prepared: Prepared, as_text: frozenset[int]) -> "Network":
        """Return what was learned before the training; the weights come later."""
        return cls(
            prepared.config,
            prepared.target,
            prepared.encoder.statistics,
            prepared.scaling,
            prepared.x.shape[1],
            tuple(prepared.table.column_names),
            as_text,
        )

    @cached_property
    def model(self) -> keras.Model:
        """The network, compiled, with its weights and its optimizer's state."""
        encoder = Encoder(self.statistics)
        config = self.config
        model = build_model(
            self.target.task,
            num_features=self.num_features,
            num_outputs=self.target.num_outputs,
            cardinalities=encoder.cardinalities,
            optimizer=build_optimizer(config.training, total_steps=1),
            dtype=config.training.precision,
            seed=config.seed,
            **config.model.model_dump(),
        )
        model.set_weights(self.weights)
        if self.optimizer_state:
            model.optimizer.build(model.trainable_variables)
            pairs = zip(model.optimizer.variables, self.optimizer_state, strict=True)
            for variable, value in pairs:
                variable.assign(value)
        return model

    @cached_property
    def answers(self) -> Answers:
        """From raw columns to scores; a regression's stay on the network's scale."""
        scaling = self.scaling
        if scaling is not None:
            scaling = TargetScaling.identity(len(self.target.columns))
        return Answers(Encoder(self.statistics), self.model, self.target, scaling)

    @property
    def served(self) -> Answers:
        """The answers as they are exported, of a copy without an optimizer.

        TensorFlow does not save one that has replaced its variables.
        """
        model = type(self.model).from_config(self.model.get_config())
        model.set_weights(self.weights)
        return Answers(Encoder(self.statistics), model, self.target, self.scaling)

    @property
    def whole_columns(self) -> list[str]:
        """Columns that the encoder takes as whole numbers."""
        return [c.name for c in self.statistics.columns if c.raw == "integer"]

    def check_same_job(self, config: Config) -> None:
        """Raise a `UsageError` where the network would have to be another one."""
        for section in ("model", "preprocessing", "columns"):
            before, after = getattr(self.config, section), getattr(config, section)
            if before != after:
                msg = f"{section}: a fitted network that goes on learning cannot change"
                raise UsageError(f"{msg}, from {before!r} to {after!r}; fit a new one")

    def keep(self, model: keras.Model) -> None:
        """Take over a model that was trained, and copy its values."""
        if model is not self.__dict__.get("model"):
            self.__dict__.pop("answers", None)  # they ask another model
        self.__dict__["model"] = model
        self.weights = [np.asarray(w) for w in model.get_weights()]
        self.optimizer_state = [np.array(v) for v in model.optimizer.variables]

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
        found = self.answers.scores(table)[:rows].astype(np.float64)
        if not np.isfinite(found).all():
            msg = "the network's answers must be finite, they are not: training "
            raise DataError(f"{msg}diverged; lower learning_rate_init")
        if self.scaling is not None:
            return found * np.array(self.scaling.std) + np.array(self.scaling.mean)
        if self.target.task != "multilabel":
            found /= found.sum(axis=1, keepdims=True)
        return found

    @property
    def dense(self) -> list[keras.layers.Dense]:
        """The dense layers, from the encoded matrix to the output."""
        return [n for n in self.model.layers if isinstance(n, keras.layers.Dense)]

    def plain_layers(self) -> list[list[np.ndarray]]:
        """Return kernel and bias of each dense layer of a network that has no others.

        Raises:
            AttributeError: It has other weights too.
        """
        layers = [layer.get_weights() for layer in self.dense]
        if sum(map(len, layers)) != len(self.model.trainable_weights):
            msg = "coefs_, intercepts_: the network must be plain, it has other weights"
            raise AttributeError(f"{msg} too: normalization, embeddings, activations")
        return layers

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in _CACHED}
