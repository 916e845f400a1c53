"""From the network's output to the answers that are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from mlpkit.data import Target
from mlpkit.evaluation import evaluate, evaluate_quantiles
from mlpkit.factory import TASKS
from mlpkit.preprocessing import TargetScaling

_TINY = float(np.finfo(np.float32).tiny)
_EPS = float(np.finfo(np.float32).eps)  # 1 - p is no finer


@dataclass(frozen=True)
class Decision:
    """What is done to a network's output; the default changes nothing.

    Attributes:
        temperature: Divides the logits, > 0.
        thresholds: Yes where the probability is above: one of the second class, or
            one for each label. 0.5 if empty.
        quantiles: That the network predicts, in (0, 1); empty: the mean.
        bounds: Least and greatest prediction of each target; empty: none.
    """

    temperature: float = 1.0
    thresholds: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    bounds: tuple[tuple[float, float], ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Decision":
        """Return what ``dataclasses.asdict`` and JSON made of one."""
        return cls(
            values["temperature"],
            tuple(values["thresholds"]),
            tuple(values["quantiles"]),
            tuple((low, high) for low, high in values["bounds"]),
        )

    def names(self, targets: Sequence[str]) -> list[str]:
        """Return the names of predicted quantiles, such as ``price_q0.1``."""
        return [f"{name}_q{q}" for name in targets for q in self.quantiles]

    def calibrated(self, task: str, output: tf.Tensor) -> tf.Tensor:
        """Return the probabilities ``(rows, units)`` at the temperature."""
        if self.temperature == 1:
            return output
        if TASKS[task].activation == "sigmoid":
            no = tf.math.log(tf.maximum(1 - output, _EPS))
            logits = tf.math.log(tf.maximum(output, _EPS)) - no
            return tf.sigmoid(logits / self.temperature)
        logits = tf.math.log(tf.maximum(output, _TINY))
        return tf.nn.softmax(logits / self.temperature)

    def chosen(self, task: str, output: tf.Tensor) -> tf.Tensor:
        """Return class indices ``(rows,)``, or a yes/no per label.

        Args:
            task: Key of ``TASKS``.
            output: Calibrated, ``(rows, units)``.
        """
        if not self.thresholds:
            return TASKS[task].decide(output)
        if task == "multilabel":
            return output > tf.constant(self.thresholds, output.dtype)
        return tf.cast(output[:, -1] > self.thresholds[0], tf.int32)

    def in_units(self, output: tf.Tensor, scaling: TargetScaling) -> tf.Tensor:
        """Return a regression's output in the table's units, within the bounds."""
        each, kind = len(self.quantiles) or 1, output.dtype
        std, mean = (np.repeat(v, each) for v in (scaling.std, scaling.mean))
        found = output * tf.constant(std, kind) + tf.constant(mean, kind)
        if not self.bounds:
            return found
        low, high = np.repeat(np.array(self.bounds), each, axis=0).T
        return tf.clip_by_value(found, tf.constant(low, kind), tf.constant(high, kind))

    def values(
        self, output: tf.Tensor, scaling: TargetScaling, targets: Sequence[str]
    ) -> dict[str, tf.Tensor]:
        """Return the named predictions of a regression, in the table's units."""
        found = self.in_units(output, scaling)
        if self.quantiles:
            return {name: found[:, i] for i, name in enumerate(self.names(targets))}
        return {"prediction": found[:, 0] if len(targets) == 1 else found}

    def middle(self, predicted: np.ndarray) -> np.ndarray:
        """Return one value per target: of the quantiles that nearest to the median.

        Of two that are as near, such as 0.1 and 0.9, their mean.
        """
        if not self.quantiles:
            return predicted
        far = np.abs(np.array(self.quantiles) - 0.5)
        nearest = np.flatnonzero(np.isclose(far, far.min()))
        each = predicted.reshape(len(predicted), -1, len(self.quantiles))
        return each[:, :, nearest].mean(axis=2)

    def evaluate(
        self,
        target: Target,
        y: np.ndarray,
        scores: np.ndarray,
        sample_weight: np.ndarray | None = None,
    ) -> dict[str, float]:
        """Return the metrics of answers: means over the targets for quantiles.

        Args:
            target: Its task.
            y: As `Target.encode` gives it.
            scores: As `Answers.scores` gives them.
            sample_weight: Weight of each row.
        """
        if not self.quantiles:
            return evaluate(
                target.task,
                y,
                scores,
                sample_weight=sample_weight,
                thresholds=self.thresholds,
            )
        count = len(self.quantiles)
        each = [
            evaluate_quantiles(
                y[:, i],
                scores[:, i * count : (i + 1) * count],
                self.quantiles,
                sample_weight=sample_weight,
            )
            for i in range(y.shape[1])
        ]
        return {k: float(np.mean([found[k] for found in each])) for k in each[0]}
