"""What a method is given, and how its answers are judged."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from contest.splits import split
from contest.tables import Table


@dataclass(frozen=True)
class Job:
    """The rows of one split; targets as in `Table`."""

    task: str
    classes: int
    x_train: pd.DataFrame
    y_train: np.ndarray
    x_validation: pd.DataFrame
    y_validation: np.ndarray
    x_test: pd.DataFrame
    y_test: np.ndarray
    seed: int
    threads: int
    rows: str  # "train", or "known": validation rows, too
    target_std: float

    @property
    def learn_from(self) -> tuple[pd.DataFrame, np.ndarray]:
        """The rows of a method that chooses no epoch by the validation rows."""
        if self.rows == "train":
            return self.x_train, self.y_train
        x = pd.concat([self.x_train, self.x_validation], ignore_index=True)
        return x, np.concatenate([self.y_train, self.y_validation])

    @property
    def categorical(self) -> list[str]:
        x = self.x_train
        return [c for c in x.columns if isinstance(x[c].dtype, pd.CategoricalDtype)]


def make_job(table: Table, seed: int, threads: int, rows: str) -> Job:
    parts = split(table.task, table.target, seed)
    x = [table.features.iloc[rows].reset_index(drop=True) for rows in parts]
    y = [table.target[rows] for rows in parts]
    return Job(
        table.task,
        table.classes,
        x[0],
        y[0],
        x[1],
        y[1],
        x[2],
        y[2],
        seed,
        threads,
        rows,
        float(np.std(table.target)) if table.task == "regression" else 1.0,
    )


def by_class(found: np.ndarray, present: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities of all classes, where a method knows only those it has seen."""
    whole = np.zeros((len(found), classes))
    whole[:, np.asarray(present, int)] = found
    return whole


def judge(job: Job, answers: np.ndarray) -> dict[str, float | None]:
    """Error and log loss.

    The error is 1 - accuracy, of labels the share of wrong ones, and for regression the
    root mean squared error by the standard deviation of the table's target.
    """
    answers = np.asarray(answers, np.float64)
    if not np.isfinite(answers).all():
        msg = "an answer is no finite number"
        raise ValueError(msg)
    y = job.y_test
    if job.task == "regression":
        rmse = np.sqrt(np.mean((answers.reshape(-1) - y) ** 2))
        return {"error": float(rmse / job.target_std), "log_loss": None}
    p = np.clip(answers, 1e-7, 1 - 1e-7)
    if job.task == "multilabel":
        error = np.mean((answers > 0.5) != y)
        loss = -np.mean(y * np.log(p) + (1 - y) * np.log1p(-p))
    else:
        error = np.mean(answers.argmax(axis=1) != y)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    return {"error": float(error), "log_loss": float(loss)}
