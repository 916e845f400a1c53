"""Raw columns → named answers: what a run predicts by, and what is served."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import keras
import numpy as np
import pyarrow as pa
import tensorflow as tf

from mlpkit.data import Target
from mlpkit.factory import TASKS
from mlpkit.preprocessing import BLOCK_ROWS, Encoder, TargetScaling, raw_columns
from mlpkit.runs.decision import Decision


class Answers(tf.Module):
    """Encoder, network and decision in one graph.

    | task           | answer       | type and shape                                 |
    |----------------|--------------|------------------------------------------------|
    | regression     | `prediction` | float32 ``(rows,)``, or ``(rows, targets)``    |
    | of quantiles   | `price_q0.1` | float32 ``(rows,)`` for each target, quantile  |
    | classification | `classes`    | the labels' own type, ``(rows,)``              |
    |                | `scores`     | float32 ``(rows, classes)``, probabilities     |
    | multi-label    | `classes`    | bool ``(rows, labels)``                        |
    |                | `scores`     | float32 ``(rows, labels)``, probabilities      |
    """

    def __init__(
        self,
        encoder: Encoder,
        model: keras.Model,
        target: Target,
        scaling: TargetScaling | None,
        decision: Decision = Decision(),  # noqa: B008 - it cannot be changed
    ) -> None:
        super().__init__(name="answers")
        self.encoder = encoder
        self.model = model
        self.target = target
        self.scaling = scaling
        self.decision = decision
        self.serve = tf.function(
            self._serve, input_signature=[encoder.input_signature], autograph=False
        )

    @property
    def labels(self) -> tf.Tensor:
        """What the columns of the scores stand for, in the table's own type."""
        names = self.target.classes or self.target.columns
        # TensorFlow would take Python's int for 32 bits, and its float too
        wide = {int: tf.int64, float: tf.float64}.get(type(names[0]))
        return tf.constant(list(names), wide)

    def _serve(self, columns: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        return self.named(self.model(self.encoder(columns), training=False))

    def named(self, output: Any) -> dict[str, tf.Tensor]:
        """Return the answers of a network's output, ``(rows, units)``."""
        output = tf.cast(output, tf.float32)
        task = TASKS[self.target.task]
        if self.scaling is not None:
            return self.decision.values(output, self.scaling, self.target.columns)
        output = self.decision.calibrated(task.name, output)
        chosen = self.decision.chosen(task.name, output)
        if task.name != "multilabel":
            chosen = tf.gather(self.labels, chosen)
        return {"classes": chosen, "scores": task.scores(output)}

    @cached_property
    def _concrete(self) -> Callable[..., dict[str, tf.Tensor]]:
        # TensorFlow would warn of "retracing" from the sixth run in a process on
        return self.serve.get_concrete_function()

    def __call__(self, table: pa.Table, first_row: int = 0) -> dict[str, np.ndarray]:
        """Return the answers for a table's rows, as arrays.

        Args:
            table: The rows, with the raw columns.
            first_row: Number of the first one, in messages.
        """
        signature = self.encoder.input_signature
        found: dict[str, list[np.ndarray]] = {}
        for start in range(0, max(1, table.num_rows), BLOCK_ROWS):
            block = table.slice(start, BLOCK_ROWS)
            raw = raw_columns(block, self.encoder.statistics, first_row + start)
            tensors = {k: tf.constant(v, signature[k].dtype) for k, v in raw.items()}
            for name, values in self._concrete(tensors).items():
                found.setdefault(name, []).append(values.numpy())
        return {name: np.concatenate(blocks) for name, blocks in found.items()}

    def by(self, model: keras.Model) -> "Answers":
        """Return the answers of another network, all else the same."""
        return Answers(self.encoder, model, self.target, self.scaling, self.decision)

    def scores(self, table: pa.Table, first_row: int = 0) -> np.ndarray:
        """Return predicted values or probabilities, for metrics.

        Shape ``(rows, targets)``, ``(rows, targets · quantiles)``, or ``(rows, classes
        or labels)``.
        """
        return self.scores_in(self(table, first_row))

    def of_output(self, output: np.ndarray) -> dict[str, np.ndarray]:
        """Return the answers of a network's output, ``(rows, units)``, as arrays."""
        return {name: tensor.numpy() for name, tensor in self.named(output).items()}

    def scores_in(self, answers: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the scores among the answers, shapes as `scores` gives them."""
        if self.decision.quantiles:
            names = self.decision.names(self.target.columns)
            return np.stack([answers[name] for name in names], axis=1)
        if "scores" in answers:
            return answers["scores"]
        return answers["prediction"].reshape(-1, len(self.target.columns))

    def as_table(self, answers: Mapping[str, np.ndarray]) -> pa.Table:
        """Return answers as `Run.predict` does."""
        quantiles = self.decision.names(self.target.columns)
        if quantiles:
            return pa.table({name: answers[name] for name in quantiles})
        names = self.target.classes or self.target.columns
        values = answers["classes" if "classes" in answers else "prediction"]
        if values.ndim == 2:
            columns = {f"prediction_{n}": values[:, i] for i, n in enumerate(names)}
        else:
            columns = {"prediction": _decoded(values)}
        for i, name in enumerate(names if "scores" in answers else ()):
            columns[f"score_{name}"] = answers["scores"][:, i]
        return pa.table({k: pa.array(v) for k, v in columns.items()})


def _decoded(values: np.ndarray) -> Any:
    return [v.decode() for v in values] if values.dtype == object else values
