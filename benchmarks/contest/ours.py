"""mlpkit: `mlpkit.train` with a recipe and `run.predict`, or its estimators.

The seconds are those of preparing the table and of the network's training, compiling
included, without the single-layer baseline that `train` sets beside it.
"""

import shutil
import tempfile
import time
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from contest.job import Job, by_class

PART, TARGET = "part of the rows", "target asked for"


def as_table(x: pd.DataFrame, y: np.ndarray | None, part: Any, task: str) -> pa.Table:
    """Raw columns, with the target and the part of the rows: one, or one for each."""
    columns = {}
    for name, values in x.items():
        kind = pa.float64() if values.dtype == "float64" else pa.string()
        columns[name] = pa.array(values.astype("object"), kind, from_pandas=True)
    if part is not None:
        columns[PART] = pa.array([part] * len(x) if isinstance(part, str) else part)
    if y is not None and task == "multilabel":
        columns |= {f"{TARGET} {i}": pa.array(y[:, i]) for i in range(y.shape[1])}
    elif y is not None:
        values = y if task == "regression" else [f"c{code}" for code in y]
        columns[TARGET] = pa.array(values)
    return pa.table(columns)


def mlpkit(job: Job, **settings: Any) -> tuple[Callable, float]:
    """The prediction, and the seconds of fitting alone; settings of `Config`."""
    import mlpkit as library
    from mlpkit.config import load_config
    from mlpkit.runs import prepare

    targets = [TARGET]
    if job.task == "multilabel":
        targets = [f"{TARGET} {i}" for i in range(job.classes)]
    config = load_config(
        {
            "seed": job.seed + 1,
            "data": {"target": targets, "task": job.task},
            "split": {"column": PART},
            **settings,
        }
    )
    data = pa.concat_tables(
        [
            as_table(job.x_train, job.y_train, "train", job.task),
            as_table(job.x_validation, job.y_validation, "validation", job.task),
        ]
    )
    start = time.perf_counter()
    prepare(config, data)
    seconds = time.perf_counter() - start
    folder = tempfile.mkdtemp()
    run = library.train(config, data=data, folder=folder)
    seconds += run.metrics["seconds"]

    def predict(x: pd.DataFrame) -> np.ndarray:
        table = as_table(x, None, None, job.task)
        if job.task == "regression":
            return run.predict(table)["prediction"].to_numpy()
        names = [f"c{i}" for i in range(job.classes)]
        if job.task == "multilabel":
            names = targets
        found = run.predict(table)
        whole = np.zeros((len(x), job.classes))
        for i, name in enumerate(names):
            if f"score_{name}" in found.column_names:
                whole[:, i] = found[f"score_{name}"].to_numpy()
        return whole

    weakref.finalize(predict, shutil.rmtree, folder)  # which is read when first asked
    return predict, seconds


def estimator(job: Job, **settings: Any) -> Callable:
    """`MLPClassifier` or `MLPRegressor`, which hold out rows of their own."""
    import mlpkit as library

    x, y = job.learn_from
    kind = library.MLPClassifier
    if job.task == "regression":
        kind = library.MLPRegressor
    model = kind(random_state=job.seed, **settings).fit(x, y)
    if job.task == "regression":
        return model.predict
    if job.task == "multilabel":
        return model.predict_proba
    return lambda x: by_class(model.predict_proba(x), model.classes_, job.classes)
