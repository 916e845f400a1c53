"""Temperature, thresholds and bounds of a trained network, from held-back rows."""

from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.config import Costs
from mlpkit.errors import UsageError
from mlpkit.evaluation import (
    Temperature,
    Threshold,
    choose_threshold,
    choose_thresholds,
    expected_calibration_error,
    fit_temperature,
)
from mlpkit.factory import TASKS
from mlpkit.preprocessing import BLOCK_ROWS
from mlpkit.runs.decision import Decision
from mlpkit.runs.members import HeldOut, not_for_testing
from mlpkit.runs.prepared import Prepared

_FEWEST = 100  # validation rows from which on "auto" looks for a temperature
_YES_NO = ("binary", "binary_softmax", "multilabel")


@dataclass(frozen=True)
class Settled:
    """How a network's output becomes answers, and what that brought.

    Attributes:
        decision: In the answers.
        temperature: What was found on the validation rows; None: not looked for.
        thresholds: The same, one for each label.
        test_error: Expected calibration error of the test rows before and after.
    """

    decision: Decision
    temperature: Temperature | None = None
    thresholds: tuple[Threshold, ...] = ()
    test_error: tuple[float, float] | None = None

    def figures(self) -> dict[str, Any]:
        """Return what ``metrics.json`` tells of it."""
        found: dict[str, Any] = {}
        if self.temperature is not None:
            found["calibration"] = asdict(self.temperature)
        if self.test_error is not None:
            found["calibration"] |= dict(
                zip(("test_ece_before", "test_ece_after"), self.test_error, strict=True)
            )
        if self.thresholds:
            found["thresholds"] = [asdict(t) for t in self.thresholds]
        return found


def check_decision(
    prepared: Prepared, *, how: str = "set split.validation_fraction"
) -> list[str]:
    """Return what the user should know of `[decision]`.

    ``how`` says how there will be validation rows.

    Raises:
        UsageError: It does not fit the task or the split.
    """
    decision, task = prepared.config.decision, prepared.target.task
    given = decision.threshold
    if given != 0.5 and task not in _YES_NO:
        msg = f"decision.threshold: takes a task with yes and no ({', '.join(_YES_NO)})"
        raise UsageError(f"{msg}, got '{task}'")
    if decision.clamp and task != "regression":
        msg = f"decision.clamp: takes a task 'regression', got '{task}'"
        raise UsageError(msg)
    if decision.calibrate is True and task == "regression":
        msg = "decision.calibrate: takes a task with classes or labels, got"
        raise UsageError(f"{msg} 'regression'")
    for key, asked in (
        ("threshold", not isinstance(given, float)),
        ("calibrate", decision.calibrate is True),
    ):
        held_out = prepared.config.ensemble.name == "folds"
        if asked and not held_out and not len(prepared.split.validation):
            msg = f"decision.{key}: is chosen on validation rows, there are none; "
            raise UsageError(f"{msg}{how}")
    if decision.clamp and prepared.stream is not None:
        return ["predictions are not clamped: the training rows are streamed"]
    return []


def settle(
    prepared: Prepared, model: keras.Model, held: HeldOut | None = None
) -> Settled:
    """Find temperature and thresholds on the validation rows of a job.

    Args:
        prepared: Its data and `[decision]`, checked by `check_decision`.
        model: Trained.
        held: Of folds: their rows and outputs take the place of the validation rows'.
    """
    config, task = prepared.config.decision, prepared.target.task
    if task == "regression":
        bounds = _bounds(prepared) if config.clamp else ()
        return Settled(
            Decision(quantiles=prepared.config.model.quantiles, bounds=bounds)
        )
    if held is None:
        rows = prepared.split.validation
        output = raw_output(prepared, model, rows)
    else:
        rows, output = held.rows, tf.constant(held.output)
    y, weight = prepared.y[rows], prepared.weight_in_metrics(rows)
    found = None
    fewest = _FEWEST if config.calibrate == "auto" else 1
    if config.calibrate and len(rows) >= fewest:
        scores = np.asarray(TASKS[task].scores(output))
        found = fit_temperature(task, y, scores, sample_weight=weight)
    decision = Decision(1.0 if found is None else found.value)
    thresholds: tuple[Threshold, ...] = ()
    if not isinstance(config.threshold, float):
        calibrated = np.asarray(decision.calibrated(task, output))
        thresholds = _thresholds(config.threshold, task, y, calibrated, weight)
        values = tuple(t.value for t in thresholds)
        decision = Decision(decision.temperature, values)
    elif config.threshold != 0.5:
        count = len(prepared.target.classes) if task == "multilabel" else 1
        decision = Decision(decision.temperature, (config.threshold,) * count)
    return Settled(decision, found, thresholds, _test_error(prepared, model, found))


def raw_output(prepared: Prepared, model: keras.Model, rows: np.ndarray) -> tf.Tensor:
    """Return the network's output for some rows, ``(rows, units)``."""
    blocks = [
        tf.cast(model(prepared.x[rows[i : i + BLOCK_ROWS]], training=False), tf.float32)
        for i in range(0, max(1, len(rows)), BLOCK_ROWS)
    ]
    return tf.concat(blocks, axis=0)


def _thresholds(
    given: str | Costs,
    task: str,
    y: np.ndarray,
    output: np.ndarray,
    weight: np.ndarray | None,
) -> tuple[Threshold, ...]:
    costs = given.model_dump() if isinstance(given, Costs) else {}
    by: Any = {"by": "cost" if costs else "f1", "sample_weight": weight, **costs}
    if task == "multilabel":
        return choose_thresholds(y, output, **by)
    return (choose_threshold(y, output[:, -1], **by),)


def _bounds(prepared: Prepared) -> tuple[tuple[float, float], ...]:
    folds = prepared.config.ensemble.name == "folds"
    y = prepared.y[not_for_testing(prepared) if folds else prepared.split.train]
    pairs = zip(y.min(axis=0).tolist(), y.max(axis=0).tolist(), strict=True)
    return () if prepared.stream is not None else tuple(pairs)


def _test_error(
    prepared: Prepared, model: keras.Model, found: Temperature | None
) -> tuple[float, float] | None:
    rows, task = prepared.split.test, prepared.target.task
    if found is None or not len(rows):
        return None
    scores = np.asarray(TASKS[task].scores(raw_output(prepared, model, rows)))
    y, weight = prepared.y[rows], prepared.weight_in_metrics(rows)
    before, after = (
        expected_calibration_error(task, y, p, sample_weight=weight)
        for p in (scores, found.apply(scores))
    )
    return before, after
