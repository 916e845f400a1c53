"""`MLPClassifier`: classes and labels from rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.base import ClassifierMixin

from mlpkit.errors import DataError, UsageError
from mlpkit.estimators.base import NetworkEstimator
from mlpkit.estimators.rows import Rows
from mlpkit.estimators.targets import (
    class_target,
    class_weight_of_rows,
    label_target,
    labels,
    row_weight,
)
from mlpkit.runs import Prepared


class MLPClassifier(ClassifierMixin, NetworkEstimator):
    """A feed-forward classifier with scikit-learn's interface and parameter names.

    Changing the import is enough. Beyond scikit-learn's, X may hold texts, booleans,
    dates and missing values; a category never seen in training is no error. A parameter
    that is left (None or "auto") is mlpkit's own; one that would have no effect is an
    error. y may be 0/1 per label, ``(rows, labels)``: then several can be true at once.

    Args:
        hidden_layer_sizes: Units of each hidden layer; () is logistic regression.
        activation: Name in `mlpkit.activations`, or scikit-learn's.
        solver: Name in `mlpkit.optimizers`; "sgd" with Nesterov's momentum, as there.
        alpha: Strength of the L2 penalty, ``alpha/2 · ‖W‖² / batch``, >= 0.
        batch_size: Rows per step; by the number of rows if left.
        learning_rate: Name in `mlpkit.schedules`, or "invscaling" or "adaptive", which
            here work with every solver.
        learning_rate_init: Learning rate, the peak of a schedule, > 0.
        power_t: Exponent of "invscaling", >= 0.
        max_iter: Epochs, >= 1.
        shuffle: True only: rows come in a new order in each epoch.
        random_state: Seed; the same seed gives the same network, None is seed 1.
        tol: A loss that falls by less counts as flat, >= 0.
        verbose: Show the progress.
        warm_start: A further ``fit`` goes on from the weights that are there.
        momentum: Of "sgd", in [0, 1).
        nesterovs_momentum: Of "sgd".
        early_stopping: Hold rows out and keep the best epoch's weights; "auto": from
            1,000 rows on.
        validation_fraction: Of the rows, held out from each class, in (0, 1).
        beta_1: Of Adam and its kin, in [0, 1).
        beta_2: Of Adam and its kin, in [0, 1).
        epsilon: Of the adaptive solvers, > 0.
        n_iter_no_change: Epochs of a flat loss after which training stops, >= 1; if
            left, training stops by held-out rows only.
        max_fun: Of "lbfgs", which is not here.
        recipe: What "left" means; "default" is the one there is.
        class_weight: "balanced", or a weight by class.
        batch_norm: Batch normalization before each activation.
        dropout: Share of units that each step drops, in [0, 1).
        columns: Kind by column, where it is read wrongly from X: "numeric",
            "categorical", "boolean", "datetime", "ignore".
        config: Nested settings of mlpkit's configuration, e.g.
            ``{"training": {"device": "cpu"}}``; the parameters above win over them.

    Attributes:
        classes_: Labels, in the order of ``predict_proba``'s columns.
        n_features_in_: Columns of X.
        feature_names_in_: Their names, where X has some.
        loss_curve_: Training loss by epoch.
        loss_: The last one.
        best_loss_: The lowest one; None where rows were held out.
        validation_scores_: Accuracy on the held-out rows by epoch, else None.
        best_validation_score_: The highest one.
        n_iter_: Epochs of the last fit.
        t_: Rows seen.
        n_layers_: Layers, input and output included.
        n_outputs_: Output units.
        out_activation_: "softmax" or "logistic".
        coefs_: Kernels, where the network is a plain one.
        intercepts_: Biases, likewise.
        notes_: What was left out or rounded, in words.
        network_: Configuration, statistics and weights, as they are pickled.

    Example:
        >>> X = [["red", 1.0], ["red", 2.0], ["blue", 1.5], ["blue", None]] * 10
        >>> y = ["warm", "warm", "cold", "cold"] * 10
        >>> model = MLPClassifier(hidden_layer_sizes=8, learning_rate_init=0.02)
        >>> model.fit(X, y).predict([["blue", 1.0], ["red", 1.0]]).tolist()
        ['cold', 'warm']
    """

    def __init__(  # noqa: PLR0913 - scikit-learn's parameters
        self,
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
        class_weight: str | Mapping[Any, float] | None = None,
        batch_norm: bool | None = None,
        dropout: float | None = None,
        columns: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
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
        self.class_weight = class_weight
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.columns = columns
        self.config = config

    def partial_fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any = None,
        classes: Any = None,
    ) -> "MLPClassifier":
        """Pass once over some rows.

        The first call learns the statistics of X from its rows; pass as many as fit.

        Args:
            X: Features, as in ``fit``.
            y: Classes.
            sample_weight: Weight of each row, >= 0.
            classes: All labels that will come, needed in the first call.
        """
        if hasattr(self, "network_"):
            if classes is not None and not np.array_equal(
                np.unique(classes), self.classes_
            ):
                msg = "partial_fit: classes must be those of the first call, "
                raise UsageError(f"{msg}{self.classes_.tolist()}, got {list(classes)}")
        elif classes is None:
            msg = "classes must be passed on the first call to partial_fit."
            raise UsageError(msg)
        self._expected = None if classes is None else np.unique(classes)
        try:
            return self._fit_part(X, y, sample_weight)
        finally:
            del self._expected

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the classes ``(rows,)``, or 0/1 per label ``(rows, labels)``."""
        scores = self._scores(X)
        if self._multilabel:
            return (scores > 0.5).astype(np.int64)
        return self.classes_[scores.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return probabilities, ``(rows, classes or labels)``."""
        return self._scores(X)

    def predict_log_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the logarithms of ``predict_proba``."""
        with np.errstate(divide="ignore"):
            return np.log(self._scores(X))

    @property
    def _multilabel(self) -> bool:
        return self.network_.target.task == "multilabel"

    def _rows(self, table: pa.Table, y: Any, sample_weight: Any, *, new: bool) -> Rows:
        values, names, several = labels(y, table.num_rows)
        weight = row_weight(sample_weight, table.num_rows)
        expected = getattr(self, "_expected", None)
        if not new and several != self._multilabel:
            msg = "y must be of the same kind as in the first fit: "
            raise DataError(msg + ("one column" if several else "0/1 per label"))
        if several:
            known = None if new else self.network_.target
            target = label_target(names, self.class_weight, known)
            self.classes_ = np.arange(len(names))
            return Rows(table, target, values.astype(np.float32), weight)
        if new:
            classes = np.unique(values) if expected is None else expected
            if len(classes) < 2:
                msg = "y must have two or more classes, got one class: "
                raise DataError(f"{msg}{classes.tolist()[0]!r} in every row")
            self.classes_ = classes
            target = class_target(classes, names)
        else:
            target = self.network_.target
        unknown = np.setdiff1d(values, self.classes_)
        if len(unknown):
            msg = f"y must be among the classes {self.classes_.tolist()}, got"
            raise DataError(f"{msg} {unknown.tolist()[:5]}")
        index = np.searchsorted(self.classes_, values).astype(np.int32)
        by_class = class_weight_of_rows(self.class_weight, self.classes_, index, weight)
        return Rows(table, target, index, weight, by_class)

    def _validation_scores(self, prepared: Prepared, history: Any) -> list[float]:
        return [float(v) for v in history["val_accuracy"]]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
