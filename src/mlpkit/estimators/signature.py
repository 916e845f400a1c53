"""The parameters that both estimators have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


@dataclass(eq=False, repr=False, kw_only=True)
class Parameters(BaseEstimator):
    """What both estimators are told; `MLPClassifier` documents each.

    As scikit-learn asks, the constructor only keeps what it is given: ``fit`` checks.
    """

    solver: str | None = None
    alpha: float | None = None
    batch_size: int | str | None = "auto"
    learning_rate: str | None = "auto"
    learning_rate_init: float | None = None
    power_t: float | None = None
    max_iter: int | None = None
    shuffle: bool = True
    random_state: int | np.random.RandomState | None = None
    tol: float | None = None
    verbose: bool = False
    warm_start: bool = False
    momentum: float | None = None
    nesterovs_momentum: bool | None = None
    early_stopping: bool | str = "auto"
    validation_fraction: float | None = None
    beta_1: float | None = None
    beta_2: float | None = None
    epsilon: float | None = None
    n_iter_no_change: int | None = None
    max_fun: int | None = None
    recipe: str = "default"
    ensemble: str = "none"
    members: int | None = None
    batch_norm: bool | None = None
    dropout: float | None = None
    columns: Mapping[str, str] | None = None
    settings: Mapping[str, Any] | None = None
