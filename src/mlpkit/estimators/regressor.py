"""`MLPRegressor`: numbers from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from sklearn.base import RegressorMixin

from mlpkit.data import Target
from mlpkit.errors import DataError, UsageError
from mlpkit.estimators.base import NetworkEstimator
from mlpkit.estimators.rows import Rows
from mlpkit.estimators.targets import numbers, row_weight
from mlpkit.runs import Prepared


@dataclass(eq=False, repr=False)
class MLPRegressor(RegressorMixin, NetworkEstimator):
    """A feed-forward regression with scikit-learn's interface and parameter names.

    Trained on ``(y - mean) / std``, it answers in y's units; ``y`` may have several
    columns. What X may hold, all other parameters and attributes are those of
    `MLPClassifier`; ``alpha``, ``tol`` and losses are on the scale of training, and
    "sgd" takes the steps of half the squared error, as there.

    Args:
        loss: "squared_error", the only one here.
        hidden_layer_sizes: Units of each hidden layer; () is linear regression.
        activation: Name in `mlpkit.activations`, or scikit-learn's.
        quantiles: Train on these, in (0, 1) and ascending, by the pinball loss, instead
            of the mean: `predict_quantiles` gives all of them, `predict` that nearest
            to the median, or the mean of two as near. They never cross.

    Attributes:
        validation_scores_: R² on the held-out rows by epoch, else None; of several
            targets, all errors against all variances on the scale of training; minus
            the pinball loss for quantiles.
        oof_prediction_: With ``ensemble="folds"``: ``predict`` of each row of X by the
            member that has not seen it. Absent otherwise.

    Example:
        >>> X = [[float(i), "odd" if i % 2 else "even"] for i in range(40)]
        >>> y = [10.0 if i % 2 else 20.0 for i in range(40)]
        >>> model = MLPRegressor(hidden_layer_sizes=8, learning_rate_init=0.02)
        >>> model.fit(X, y).predict([[3.0, "odd"], [4.0, "even"]]).round(-1).tolist()
        [10.0, 20.0]
    """

    _out_of_fold: ClassVar = "oof_prediction_"
    loss: str = "squared_error"
    hidden_layer_sizes: int | Sequence[int] | None = None
    activation: str | Mapping[str, Any] | None = None
    quantiles: Sequence[float] | None = field(default=None, kw_only=True)

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
        return self._shaped(self._scores(X))

    def predict_quantiles(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return all quantiles that the network was trained on.

        Returns:
            ``(rows, quantiles)``, or ``(rows, targets, quantiles)`` as y was.

        Raises:
            UsageError: The network was not trained on quantiles.
        """
        values = self._scores(X)
        count = len(self.network_.decision.quantiles)
        if not count:
            msg = (
                "predict_quantiles: the network must be trained on quantiles, this is "
            )
            raise UsageError(f"{msg}of the mean; set quantiles=[0.1, 0.5, 0.9], say")
        return values if self._single else values.reshape(len(values), -1, count)

    def _shaped(self, scores: np.ndarray) -> np.ndarray:
        values = self.network_.decision.middle(scores)
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
        if "val_rmse" not in history:
            return [-float(loss) for loss in history["val_loss"]]
        # in folds every row is held out
        rows = prepared.split.validation
        rows = rows if len(rows) else prepared.split.train
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
