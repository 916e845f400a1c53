"""pytabkit's networks (PyTorch), which choose their epoch by the given validation rows.

They refuse missing numbers: those become the median, with an indicator beside it, as in
TabArena's wrapper of RealMLP. They do not take several labels at once.
"""

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from contest.job import Job, by_class


class Filled:
    """Median and indicator for missing numbers, a category for missing categories."""

    def __init__(self, job: Job) -> None:
        x = job.x_train
        self.categorical = job.categorical
        numbers = x.drop(columns=self.categorical)
        self.medians = numbers.median().fillna(0.0)
        self.lacking = [c for c in numbers if numbers[c].isna().any()]

    def __call__(self, x: pd.DataFrame) -> pd.DataFrame:
        indicators = {f"{c} missing": x[c].isna().astype(float) for c in self.lacking}
        texts = {
            c: x[c].astype("object").fillna("missing").astype("category")
            for c in self.categorical
        }
        return x.fillna(self.medians.to_dict()).assign(**texts, **indicators)


def pytabkit(job: Job, name: str) -> Callable:
    """RealMLP_TD, RealMLP_TD_S or TabM_D."""
    import pytabkit as library

    if job.task == "multilabel":
        msg = "pytabkit's networks do not take several labels"
        raise NotImplementedError(msg)
    kind = "Regressor" if job.task == "regression" else "Classifier"
    model = getattr(library, f"{name}_{kind}")(
        device="cpu", random_state=job.seed, n_threads=job.threads
    )
    fill = Filled(job)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(
            fill(job.x_train), job.y_train, fill(job.x_validation), job.y_validation
        )
    if job.task == "regression":
        return lambda x: np.asarray(model.predict(fill(x)))
    return lambda x: by_class(model.predict_proba(fill(x)), model.classes_, job.classes)
