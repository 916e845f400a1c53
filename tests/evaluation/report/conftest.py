import numpy as np
import pyarrow as pa
import pytest

from mlpkit.data import Column
from mlpkit.evaluation import (
    choose_threshold,
    choose_thresholds,
    evaluate,
    fit_temperature,
)
from mlpkit.evaluation.report import HeldBack, ReportData

NAMES = ["<script>", "$5 & _more$", "猫"]


def make(task):
    """A run's data with names that must be escaped."""
    rng = np.random.default_rng(4)
    rows, count = 200, {"binary": 2, "regression": 1}.get(task, 3)
    given = {}
    if task == "regression":
        y = rng.normal(size=(rows, 1))
        scores = y + 0.3 * rng.normal(size=(rows, 1))
    elif task == "multilabel":
        scores = rng.uniform(size=(rows, count))
        y = (rng.uniform(size=scores.shape) < scores**2).astype(np.float32)
        given["thresholds"] = dict(
            zip(NAMES, choose_thresholds(y, scores), strict=True)
        )
    else:
        z = rng.normal(size=(rows, count))
        y = (z + rng.gumbel(size=z.shape)).argmax(1).astype(np.int32)
        scores = np.exp(2 * z) / np.exp(2 * z).sum(1, keepdims=True)
        if task == "binary":
            given["thresholds"] = {NAMES[1]: choose_threshold(y, scores[:, 1])}
    if task != "regression":
        given["temperature"] = fit_temperature(task, y, scores)
        given["classes"] = NAMES[:count]
    return ReportData(
        title="<b>birds</b>",
        task=task,
        target=["wing & leg"],
        rows={"train": 1000, "test": rows},
        metrics={
            "network": {"test": evaluate(task, y, scores)},
            "baseline": {"test": evaluate(task, y, scores[::-1])},
        },
        columns=[
            Column("a<b", "numeric", 12, 1),
            Column("id", "ignore", 1200, 0, "left out: numbers the rows"),
        ],
        history={"loss": [3.0, 2.0], "val_loss": [3.0, 2.5]},
        best_epoch=1,
        seconds=75.4,
        created="2025-01-31",
        held_back=HeldBack("test", y, scores),
        importance=pa.table({"column": ["a<b"], "importance": [0.5], "std": [0.1]}),
        notes=["5 rows are <left out>"],
        config='name = "<i>"',
        **given,
    )


@pytest.fixture
def report_data():
    return make
