"""Gradient boosting with the libraries' own defaults and their own way of categories.

HistGradientBoosting and LightGBM take categories as such, CatBoost is told which they
are. Missing values stay. Several labels are a model each, in CatBoost one.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from contest.job import Job, by_class


def _fitted(
    job: Job, x: Any, y: np.ndarray, make: Callable, fit: Callable | None = None
) -> Callable:
    """A model of all classes, or one per label."""
    fit = fit or (lambda model, x, y, _: model.fit(x, y))
    if job.task == "regression":
        return fit(make(), x, y, job.y_validation).predict
    if job.task != "multilabel":
        model = fit(make(), x, y, job.y_validation)
        present = np.asarray(model.classes_).reshape(-1)
        return lambda x: by_class(model.predict_proba(x), present, job.classes)
    models = [
        fit(make(), x, y[:, i], job.y_validation[:, i])
        if len(np.unique(y[:, i])) == 2
        else None
        for i in range(job.classes)
    ]
    return lambda x: np.stack(
        [
            np.full(len(x), y[0, i]) if m is None else m.predict_proba(x)[:, 1]
            for i, m in enumerate(models)
        ],
        1,
    )


def histogram(job: Job) -> Callable:
    """scikit-learn's; from 10,000 rows on it holds out a tenth to stop by."""
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    regression = job.task == "regression"
    kind = (
        HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    )
    return _fitted(job, *job.learn_from, lambda: kind(random_state=job.seed))


def lightgbm(job: Job, patience: int | None = None, **settings: Any) -> Callable:
    """LightGBM: 100 trees; with patience as many as the validation rows ask for."""
    import lightgbm as library

    regression = job.task == "regression"
    kind = library.LGBMRegressor if regression else library.LGBMClassifier

    def make():
        return kind(random_state=job.seed, n_jobs=job.threads, verbosity=-1, **settings)

    if patience is None:
        return _fitted(job, *job.learn_from, make)

    def fit(model, x, y, y_validation):
        stop = library.early_stopping(patience, verbose=False)
        held = {"eval_X": job.x_validation, "eval_y": y_validation}
        return model.fit(x, y, **held, callbacks=[stop])

    return _fitted(job, job.x_train, job.y_train, make, fit)


def catboost(job: Job) -> Callable:
    """CatBoost: 1,000 trees, a learning rate by the number of rows."""
    from catboost import CatBoostClassifier, CatBoostRegressor

    regression = job.task == "regression"
    kind = CatBoostRegressor if regression else CatBoostClassifier

    def as_text(x):  # it refuses missing categories
        texts = {c: x[c].astype("object").fillna("missing") for c in job.categorical}
        return x.assign(**texts)

    several = {"loss_function": "MultiLogloss"} if job.task == "multilabel" else {}

    def make():
        return kind(
            random_seed=job.seed,
            thread_count=job.threads,
            verbose=False,
            allow_writing_files=False,
            cat_features=job.categorical,
            **several,
        )

    x, y = job.learn_from
    if several:
        predict = make().fit(as_text(x), y).predict_proba
    else:
        predict = _fitted(job, as_text(x), y, make)
    return lambda x: predict(as_text(x))
