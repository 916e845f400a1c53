"""Raw columns → named answers: the function that a run predicts by and that is served."""

from collections.abc import Mapping

import keras
import numpy as np
import pyarrow as pa
import tensorflow as tf

from mlpkit.data import Target
from mlpkit.factory import TASKS
from mlpkit.preprocessing import Encoder, TargetScaling, raw_columns

_BLOCK_ROWS = 65_536


class Answers(tf.Module):
    """Encoder, network and decision in one graph.

    | task           | answer       | type and shape                                 |
    |----------------|--------------|------------------------------------------------|
    | regression     | `prediction` | float32 ``(rows,)``, or ``(rows, targets)``    |
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
    ) -> None:
        super().__init__(name="answers")
        self.encoder = encoder
        self.model = model
        self.target = target
        self.scaling = scaling
        self.serve = tf.function(
            self._serve, input_signature=[encoder.input_signature], autograph=False
        )

    def _serve(self, columns: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        output = tf.cast(self.model(self.encoder(columns), training=False), tf.float32)
        task = TASKS[self.target.task]
        if self.scaling is not None:
            std, mean = (np.float32(v) for v in (self.scaling.std, self.scaling.mean))
            prediction = output * std + mean
            single = len(self.target.columns) == 1
            return {"prediction": prediction[:, 0] if single else prediction}
        chosen = task.decide(output)
        if task.name != "multilabel":
            chosen = tf.gather(tf.constant(list(self.target.classes)), chosen)
        return {"classes": chosen, "scores": task.scores(output)}

    def __call__(self, table: pa.Table) -> dict[str, np.ndarray]:
        """Return the answers for a table's rows, as arrays."""
        signature = self.encoder.input_signature
        found: dict[str, list[np.ndarray]] = {}
        for start in range(0, max(1, table.num_rows), _BLOCK_ROWS):
            raw = raw_columns(table.slice(start, _BLOCK_ROWS), self.encoder.statistics)
            tensors = {k: tf.constant(v, signature[k].dtype) for k, v in raw.items()}
            for name, values in self.serve(tensors).items():
                found.setdefault(name, []).append(values.numpy())
        return {name: np.concatenate(blocks) for name, blocks in found.items()}

    def scores(self, table: pa.Table) -> np.ndarray:
        """Return predicted values ``(rows, targets)`` or probabilities, for metrics."""
        answers = self(table)
        if "scores" in answers:
            return answers["scores"]
        return answers["prediction"].reshape(table.num_rows, len(self.target.columns))
