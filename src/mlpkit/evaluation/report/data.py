"""What a report is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import TaskName
from mlpkit.data import Column
from mlpkit.errors import DataError
from mlpkit.evaluation.calibration import Temperature
from mlpkit.evaluation.thresholds import Threshold


@dataclass(frozen=True, eq=False)
class HeldBack:
    """Answers for rows that were not trained on.

    Attributes:
        part: "test" or "validation".
        y: As `evaluate` takes it.
        scores: As `evaluate` takes them, no temperature applied.
        sample_weight: Weight of each row.
        chosen: Class indices ``(rows,)`` that were decided for; None: the likeliest.
    """

    part: str
    y: np.ndarray
    scores: np.ndarray
    sample_weight: np.ndarray | None = None
    chosen: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class ReportData:
    """What a report tells; what is left empty has no place in it.

    Attributes:
        title: Of the page, the run's name.
        task: Key of ``TASKS``.
        target: Target columns.
        rows: Number of rows by part.
        metrics: By model ("network", "baseline"), then by part, then by metric.
        classes: Class values or label names, in the order of the scores.
        columns: Every column of the table but the target.
        history: Losses by epoch, as Keras keeps them.
        best_epoch: Counted from 0.
        seconds: Training time.
        created: When, as text.
        held_back: Rows for the figures.
        importance: From `permutation_importance`.
        importance_metric: What it was measured by; the leading metric if empty.
        temperature: From `fit_temperature` on validation rows.
        thresholds: By class or label, from `choose_threshold`.
        notes: What the reader should know.
        config: The configuration as text.

    Raises:
        DataError: The scores' columns are not the classes, labels or targets.
    """

    title: str
    task: TaskName
    target: Sequence[str]
    rows: Mapping[str, int]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    classes: Sequence[Any] = ()
    columns: Sequence[Column] = ()
    history: Mapping[str, Sequence[float]] = field(default_factory=dict)
    best_epoch: int | None = None
    seconds: float | None = None
    created: str = ""
    held_back: HeldBack | None = None
    importance: pa.Table | None = None
    importance_metric: str = ""
    temperature: Temperature | None = None
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    notes: Sequence[str] = ()
    config: str = ""

    def __post_init__(self) -> None:
        if self.held_back is None:
            return
        shape = (len(self.held_back.y), len(self.names))
        if self.held_back.scores.shape != shape:
            msg = f"report: held_back.scores must have shape {shape}, got "
            raise DataError(f"{msg}{self.held_back.scores.shape}")

    @property
    def names(self) -> Sequence[Any]:
        """What the scores' columns stand for."""
        return self.classes or self.target
