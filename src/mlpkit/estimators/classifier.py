"""`MLPClassifier`: classes and labels from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

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


@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, NetworkEstimator):
    """A feed-forward classifier with scikit-learn's interface and parameter names.

    Changing the import is enough. Beyond scikit-learn's, X may hold texts, booleans,
    dates and missing values; a category never seen in training is no error. y may be
    0/1 per label, ``(rows, labels)``: then several can be true at once.

    A parameter that is left (None or "auto") is set by the ``recipe``, one that is
    given wins over it, and one that would have no effect is an error, or a warning
    where the rows decide it; scikit-learn's own default of it is neither. Numbers of
    scikit-learn mean what they mean there: with ``alpha`` or ``learning_rate_init`` the
    layers are not scaled (``model.parametrization``), and a ``solver`` other than
    "adam" trains a plain network; the rate is then 0.001 if left.

    Args:
        hidden_layer_sizes: Units of each hidden layer; () is logistic regression.
        activation: Name in `mlpkit.activations`, or scikit-learn's.
        solver: Name in `mlpkit.optimizers`; "sgd" with Nesterov's momentum, as there.
        alpha: Strength of the L2 penalty, ``alpha/2 · ‖W‖² / batch``, >= 0, in place of
            weight decay; W are the kernels and all else that learns a scale, no biases.
        batch_size: Rows per step.
        learning_rate: Name in `mlpkit.schedules`, or "invscaling" or "adaptive", which
            here work with every solver.
        learning_rate_init: Learning rate, the peak of a schedule, > 0.
        power_t: Exponent of "invscaling", >= 0.
        max_iter: Epochs of ``fit``, >= 1.
        shuffle: True only: rows come in a new order in each epoch.
        random_state: Seed; the same seed gives the same network, None is seed 1.
        tol: A loss that falls by less counts as flat, >= 0: that of the held-out rows,
            or of the training where none are. Of use with ``n_iter_no_change``, with
            "adaptive", and with held-out rows where the recipe has a patience.
        verbose: Show the progress.
        warm_start: A further ``fit`` goes on from the weights that are there.
        momentum: Of "sgd", in [0, 1).
        nesterovs_momentum: Of "sgd".
        early_stopping: Hold rows out and keep the best epoch's weights; "auto": from
            100 rows on, where a class has 4.
        validation_fraction: Of the rows, held out from each class, in (0, 1); of use
            where ``early_stopping`` holds rows out.
        beta_1: Of Adam and its kin, in [0, 1).
        beta_2: Of Adam and its kin, in [0, 1).
        epsilon: Of the adaptive solvers, > 0.
        n_iter_no_change: Epochs of a flat loss after which ``fit`` stops, >= 1; if
            left, training stops by held-out rows only, and where the recipe says so.
        max_fun: Of "lbfgs", which is not here.
        recipe: Settings of what is left: "default", the most accurate; "fast";
            "lecture"; "none", which are the configuration's own defaults.
        class_weight: "balanced", or a weight by class.
        ensemble: "folds", "seeds" or "tabm": several networks, trained side by side,
            that answer with the mean of their probabilities; "none" is one network.
        members: How many; if left 5 folds or seeds, 16 of "tabm".
        batch_norm: Batch normalization before each activation.
        dropout: Share of units that each step drops, in [0, 1).
        columns: Kind by column, where it is read wrongly from X: "numeric",
            "categorical", "boolean", "datetime", "ignore".
        settings: Other keys of mlpkit's configuration that shape the network, e.g.
            ``{"model.numeric_embedding": None, "training.label_smoothing": 0.1}``;
            they win over the recipe, the parameters above over them.

    Attributes:
        classes_: Labels, in the order of ``predict_proba``'s columns.
        n_features_in_: Columns of X.
        feature_names_in_: Their names, where X has some.
        loss_curve_: Training loss by epoch, label smoothing and penalty included.
        loss_: The last one.
        best_loss_: The lowest one; None where rows were held out.
        validation_scores_: Accuracy on the held-out rows by epoch, else None; minus
            the loss for labels in "folds" and "seeds".
        best_validation_score_: The highest one.
        n_iter_: Epochs of the last fit.
        t_: Rows seen.
        n_layers_: Layers, input and output included.
        n_outputs_: Output units.
        out_activation_: "softmax" or "logistic".
        coefs_: Kernels, scales multiplied in; absent where the network is more than
            dense layers, as with embeddings or batch normalization.
        intercepts_: Biases, likewise.
        calibration_: Temperature that divides the logits, its log-loss and expected
            calibration error before and after; of 100 held-out rows or more, else None.
        oof_decision_function_: With "folds": ``predict_proba`` of each row of X by the
            member that has not seen it. Absent otherwise.
        notes_: What was left out or rounded, in words.
        settings_: What was set, by the keys of ``settings``, and what the recipe chose.
        network_: Configuration, statistics and weights, as they are pickled.

    Example:
        >>> X = [["red", 1.0], ["red", 2.0], ["blue", 1.5], ["blue", None]] * 10
        >>> y = ["warm", "warm", "cold", "cold"] * 10
        >>> model = MLPClassifier(hidden_layer_sizes=8, learning_rate_init=0.02)
        >>> model.fit(X, y).predict([["blue", 1.0], ["red", 1.0]]).tolist()
        ['cold', 'warm']
    """

    _out_of_fold: ClassVar = "oof_decision_function_"
    hidden_layer_sizes: int | Sequence[int] | None = None
    activation: str | Mapping[str, Any] | None = None
    class_weight: str | Mapping[Any, float] | None = field(default=None, kw_only=True)

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
        scores, above = self._scores(X), self.network_.decision.thresholds
        if self._multilabel:
            return (scores > np.array(above or 0.5)).astype(np.int64)
        if above:
            return self.classes_[(scores[:, 1] > above[0]).astype(np.int64)]
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
        if "val_accuracy" not in history:
            return [-float(v) for v in history["val_loss"]]
        return [float(v) for v in history["val_accuracy"]]

    def _shaped(self, scores: np.ndarray) -> np.ndarray:
        return scores

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
