"""scikit-learn's MLP in the pipeline that its documentation advises.

Missing numbers become the median with an indicator, categories one-hot columns, all of
it is standardized, the target of a regression too. With early_stopping the network
takes a validation share of its own, a quarter of the rows it gets: as many as the
validation rows of the others.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from contest.job import Job, by_class
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def encoder(job: Job):
    """Columns of text and numbers → a matrix."""
    numeric = [c for c in job.x_train.columns if c not in job.categorical]
    return make_pipeline(
        ColumnTransformer(
            [
                (
                    "number",
                    SimpleImputer(strategy="median", add_indicator=True),
                    numeric,
                ),
                (
                    "category",
                    OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                    job.categorical,
                ),
            ]
        ),
        StandardScaler(),
    )


def mlp(job: Job, **settings: Any) -> Callable:
    """`MLPClassifier` or `MLPRegressor` with its own defaults."""
    if settings.get("early_stopping"):
        settings = {**settings, "validation_fraction": 0.25}
    x, y = job.learn_from
    kind = MLPRegressor if job.task == "regression" else MLPClassifier
    model = make_pipeline(encoder(job), kind(random_state=job.seed, **settings))
    if job.task == "regression":
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
    with warnings.catch_warnings():  # of an end before convergence: a default
        warnings.simplefilter("ignore")
        model.fit(x, y)
    if job.task == "regression":
        return model.predict
    if job.task == "multilabel":
        return lambda x: np.asarray(model.predict_proba(x))
    return lambda x: by_class(model.predict_proba(x), model.classes_, job.classes)
