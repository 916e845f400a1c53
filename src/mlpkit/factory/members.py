"""What is measured of members while they train, and which value tells the best epoch.

| monitor of a single network | side by side (one value per member) | shared weights   |
|-----------------------------|-------------------------------------|------------------|
| val_loss                    | val_member_loss                     | val_average_loss |
| val_accuracy                | val_error                           | val_accuracy     |
| val_rmse                    | val_rmse                            | val_rmse         |
"""

from collections.abc import Mapping
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from mlpkit.components.metrics import MemberError, MemberRootMeanSquaredError
from mlpkit.components.metrics.member_mean import MemberMean
from mlpkit.factory.tasks import Task

_SIDE_BY_SIDE = {"loss": "member_loss", "accuracy": "error"}
_SHARED = {"loss": "average_loss"}


@keras.saving.register_keras_serializable(package="mlpkit")
class MemberLoss(MemberMean):
    """Loss of each member, over all rows of an epoch.

    Args:
        loss: A `RowLoss`; one number per row and member.
        members: As `MemberMean`.
        name: Keras'.
        dtype: Of the computation, "float32" if left.
    """

    def __init__(
        self,
        loss: keras.losses.Loss,
        *,
        members: int | None = None,
        name: str | None = "member_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(members=members, name=name, dtype=dtype)
        self.loss = loss

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each row."""
        return self.loss.call(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        loss = keras.saving.serialize_keras_object(self.loss)
        return {**super().get_config(), "loss": loss}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the metric of a ``get_config``."""
        loss = keras.saving.deserialize_keras_object(config["loss"])
        return cls(**{**config, "loss": loss})


@keras.saving.register_keras_serializable(package="mlpkit")
class OfAverage(keras.metrics.Metric):
    """A metric of the members' mean output, which is what an ensemble answers.

    Args:
        metric: Of outputs ``(rows, units)``.
        name: The metric's if left.
    """

    def __init__(self, metric: keras.metrics.Metric, name: str | None = None) -> None:
        super().__init__(name=name or metric.name, dtype=metric.dtype)
        self.metric = metric
        self._direction = getattr(metric, "_direction", None)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Add rows; outputs are ``(m, rows, units)``."""
        mean = ops.mean(ops.cast(y_pred, self.dtype), axis=0)
        self.metric.update_state(y_true, mean, sample_weight)

    def result(self) -> Any:
        """Return the metric's value."""
        return self.metric.result()

    def reset_state(self) -> None:
        """Forget the rows."""
        self.metric.reset_state()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        metric = keras.saving.serialize_keras_object(self.metric)
        return {"metric": metric, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the metric of a ``get_config``."""
        metric = keras.saving.deserialize_keras_object(config["metric"])
        return cls(**{**config, "metric": metric})


def side_by_side_metrics(
    task: Task, loss: keras.losses.Loss, members: int
) -> list[keras.metrics.Metric]:
    """Return metrics with one value for each member."""
    found: list[keras.metrics.Metric] = [MemberLoss(loss, members=members)]
    if task.is_regression and task.metrics():
        found.append(MemberRootMeanSquaredError(members=members, name="rmse"))
    elif not task.is_regression and task.name != "multilabel":
        found.append(MemberError(members=members, name="error"))
    return found


def shared_metrics(task: Task, loss: keras.losses.Loss) -> list[keras.metrics.Metric]:
    """Return a task's metrics and its loss, of the members' mean output."""
    loss_of_average = MemberLoss(loss, name="average_loss")
    return [OfAverage(m) for m in (loss_of_average, *task.metrics())]


def monitor_of(name: str, *, side_by_side: bool) -> str:
    """Return what stands for the monitored value of a single network.

    >>> monitor_of("val_accuracy", side_by_side=True)
    'val_error'
    """
    names = _SIDE_BY_SIDE if side_by_side else _SHARED
    part = "val_" if name.startswith("val_") else ""
    plain = name.removeprefix("val_")
    return part + names.get(plain, plain)


def mean_history(logs: Mapping[str, list[Any]]) -> dict[str, list[float]]:
    """Return logs of members side by side under a single network's names, as means.

    >>> logs = {"loss": [0.5], "val_loss": [9.0], "val_member_loss": [[0, 0.5]]}
    >>> mean_history(logs | {"val_error": [[0.0, 0.5]]})
    {'loss': [0.5], 'val_loss': [0.25], 'val_accuracy': [0.75]}
    """
    found: dict[str, list[float]] = {}
    for name, values in logs.items():
        part = "val_" if name.startswith("val_") else ""
        plain = name.removeprefix("val_")
        means = [float(np.mean(v)) for v in values]
        if plain == "member_loss":  # the other one also counts rows of weight 0
            found[f"{part}loss"] = means
        elif plain == "error":
            found[f"{part}accuracy"] = [1 - m for m in means]
        else:
            found.setdefault(name, means)
    return found
