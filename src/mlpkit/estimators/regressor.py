"""`MLPRegressor`: numbers from rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import RegressorMixin

from mlpkit.data import Target
from mlpkit.errors import DataError
from mlpkit.estimators.base import NetworkEstimator
from mlpkit.estimators.rows import Rows
from mlpkit.estimators.targets import numbers, row_weight
from mlpkit.runs import Prepared


class MLPRegressor(RegressorMixin, NetworkEstimator):
    """A feed-forward regression with scikit-learn's interface and parameter names.

    Trained on ``(y - mean) / std``, it answers in y's units; ``y`` may have several
    columns. See `MLPClassifier` for what X may hold and for the parameters and
    attributes that are not listed here.

    Args:
        loss: "squared_error", the only one here.
        hidden_layer_sizes: Units of each hidden layer; () is linear regression.
        activation: As `MLPClassifier`.
        solver: As `MLPClassifier`.
        alpha: As `MLPClassifier`; the errors are those of the scaled y.
        batch_size: As `MLPClassifier`.
        learning_rate: As `MLPClassifier`.
        learning_rate_init: As `MLPClassifier`.
        power_t: As `MLPClassifier`.
        max_iter: As `MLPClassifier`.
        shuffle: As `MLPClassifier`.
        random_state: As `MLPClassifier`.
        tol: As `MLPClassifier`; of the scaled y's mean squared error.
        verbose: As `MLPClassifier`.
        warm_start: As `MLPClassifier`.
        momentum: As `MLPClassifier`.
        nesterovs_momentum: As `MLPClassifier`.
        early_stopping: As `MLPClassifier`.
        validation_fraction: As `MLPClassifier`, of all rows.
        beta_1: As `MLPClassifier`.
        beta_2: As `MLPClassifier`.
        epsilon: As `MLPClassifier`.
        n_iter_no_change: As `MLPClassifier`.
        max_fun: As `MLPClassifier`.
        recipe: As `MLPClassifier`.
        batch_norm: As `MLPClassifier`.
        dropout: As `MLPClassifier`.
        columns: As `MLPClassifier`.
        config: As `MLPClassifier`.

    Attributes:
        validation_scores_: R² on the held-out rows by epoch, else None; of several
            targets, all errors against all variances on the scale of training.

    Example:
        >>> X = [[float(i), "odd" if i % 2 else "even"] for i in range(40)]
        >>> y = [10.0 if i % 2 else 20.0 for i in range(40)]
        >>> model = MLPRegressor(hidden_layer_sizes=8, learning_rate_init=0.02)
        >>> model.fit(X, y).predict([[3.0, "odd"], [4.0, "even"]]).round(-1).tolist()
        [10.0, 20.0]
    """

    def __init__(  # noqa: PLR0913 - scikit-learn's parameters
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: int | Sequence[int] | None = None,
        activation: str | None = None,
        *,
        solver: str | None = None,
        alpha: float | None = None,
        batch_size: int | str | None = "auto",
        learning_rate: str | None = "auto",
        learning_rate_init: float | None = None,
        power_t: float | None = None,
        max_iter: int | None = None,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        tol: float | None = None,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float | None = None,
        nesterovs_momentum: bool | None = None,
        early_stopping: bool | str = "auto",
        validation_fraction: float | None = None,
        beta_1: float | None = None,
        beta_2: float | None = None,
        epsilon: float | None = None,
        n_iter_no_change: int | None = None,
        max_fun: int | None = None,
        recipe: str = "default",
        batch_norm: bool | None = None,
        dropout: float | None = None,
        columns: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.recipe = recipe
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.columns = columns
        self.config = config

    def partial_fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any = None,
    ) -> "MLPRegressor":
        """Pass once over some rows.

        The first call learns the statistics of X and y from its rows; pass as many as
        fit.

        Args:
            X: Features, as in ``fit``.
            y: Targets.
            sample_weight: Weight of each row, >= 0.
        """
        return self._fit_part(X, y, sample_weight)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the values, ``(rows,)`` or ``(rows, targets)`` as y was."""
        values = self._scores(X)
        return values[:, 0] if self._single else values

    def _rows(self, table: pa.Table, y: Any, sample_weight: Any, *, new: bool) -> Rows:
        values, names, single = numbers(y, table.num_rows)
        if new:
            self._single = single
        elif values.shape[1] != len(self.network_.target.columns):
            known = len(self.network_.target.columns)
            msg = f"y must have {known} column(s) as in the first fit, got"
            raise DataError(f"{msg} {values.shape[1]}")
        target = Target(names, "regression") if new else self.network_.target
        return Rows(table, target, values, row_weight(sample_weight, table.num_rows))

    def _validation_scores(self, prepared: Prepared, history: Any) -> list[float]:
        """R² of each epoch: 1 - (mean squared error) / (variance)."""
        rows = prepared.split.validation
        _, y, *weight = prepared.batch(rows)
        given = weight[0] if weight else None
        mean = np.average(y, axis=0, weights=given)
        variance = float(np.average((y - mean) ** 2, axis=0, weights=given).mean())
        if variance == 0:
            return [1.0 if rmse == 0 else 0.0 for rmse in history["val_rmse"]]
        return [1 - float(rmse) ** 2 / variance for rmse in history["val_rmse"]]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
