"""What both estimators share: parameters, fitted attributes, training, export."""

import warnings
from abc import ABCMeta, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import keras
import numpy as np
import pyarrow as pa
from sklearn.utils.validation import check_is_fitted, validate_data

from mlpkit.config.schema import MISSING_VALUES
from mlpkit.data.marked import marked_categories
from mlpkit.errors import UsageError
from mlpkit.estimators.decide import decided
from mlpkit.estimators.ensembles import check_members, hold_out_of
from mlpkit.estimators.fitted import Fitted
from mlpkit.estimators.hold_out import holds_out
from mlpkit.estimators.network import Network
from mlpkit.estimators.out_of_fold import out_of_fold
from mlpkit.estimators.parameters import check_part, configuration
from mlpkit.estimators.rows import Rows
from mlpkit.estimators.settings import sections
from mlpkit.estimators.signature import Parameters
from mlpkit.estimators.tables import feature_table, plain_numbers
from mlpkit.estimators.training import (
    as_asked,
    encode_rows,
    prepare_rows,
    train_part,
    train_rows,
)
from mlpkit.estimators.without_effect import left_out_for_good, without_effect
from mlpkit.factory import TASKS
from mlpkit.runs import Prepared
from mlpkit.runs.members import HeldOut

_OUTPUTS = {"linear": "identity", "sigmoid": "logistic", "softmax": "softmax"}


class _Asked(NamedTuple):
    """What `NetworkEstimator.fit` was given, checked.

    Attributes:
        prepared: The job.
        as_text: Positions of the columns that are read as text.
        table: X.
        places: Row of X for each row that is learned from.
    """

    prepared: Prepared
    as_text: frozenset[int]
    table: pa.Table
    places: np.ndarray


class NetworkEstimator(Fitted, Parameters, metaclass=ABCMeta):
    """A feed-forward network behind scikit-learn's interface."""

    network_: Network
    loss_curve_: list[float]
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    best_loss_: float | None
    t_: int
    calibration_: dict[str, Any] | None
    _out_of_fold: ClassVar[str]

    @abstractmethod
    def _rows(self, table: pa.Table, y: Any, sample_weight: Any, *, new: bool) -> Rows:
        """Return the rows with their target as numbers; ``new`` learns the classes."""

    @abstractmethod
    def _shaped(self, scores: np.ndarray) -> np.ndarray:
        """Return scores of `Network` as the attribute ``_out_of_fold`` holds them."""

    @abstractmethod
    def _validation_scores(self, prepared: Prepared, history: Any) -> list[float]:
        """Return the validation score of each epoch."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:  # noqa: N803
        """Train the network.

        Args:
            X: Features, ``(rows, features)``: array, sparse matrix, pandas or polars
                DataFrame, Arrow table; numbers, texts, booleans, dates, missing values.
            y: Target, ``(rows,)`` or ``(rows, targets)``.
            sample_weight: Weight of each row, >= 0. Rows of weight 0 do not count;
                where none is held out, whole weights are rows that come so often.

        Returns:
            The estimator.

        Raises:
            UsageError: A parameter is out of range or would have no effect.
            DataError: X, y or the weights cannot be used.
        """
        going_on = bool(self.warm_start) and hasattr(self, "network_")
        asked = self._prepare(X, y, sample_weight, going_on=going_on)
        params = self.get_params(deep=False)
        for told in without_effect(asked.prepared, params):
            warnings.warn(f"{type(self).__name__}: {told}", UserWarning, stacklevel=2)
        model, history, held = train_rows(
            asked.prepared,
            params,
            weights=self.network_.weights if going_on else None,
            label=type(self).__name__,
        )
        if not going_on:
            self.network_ = Network.of(asked.prepared, asked.as_text)
        self._keep(asked.prepared, model, history, held, going_on=going_on)
        self.__dict__.pop(self._out_of_fold, None)  # of an earlier fit
        if held is not None:
            found = out_of_fold(self.network_, held, asked.places, asked.table)
            setattr(self, self._out_of_fold, self._shaped(found))
        return self

    def _fit_part(self, X: Any, y: Any, sample_weight: Any) -> Any:  # noqa: N803
        """Pass once over some rows; the first ones give the statistics."""
        check_part(self.get_params(deep=False))
        params = {**self.get_params(deep=False), "n_iter_no_change": None}
        if not hasattr(self, "network_"):
            prepared, as_text, *_ = self._prepare(X, y, sample_weight, part=True)
            for told in left_out_for_good(prepared):
                warnings.warn(f"partial_fit: {told}", UserWarning, stacklevel=3)
            model, history, _ = train_rows(prepared, params, label="partial_fit")
            self.network_ = Network.of(prepared, as_text)
            self._keep(prepared, model, history)
            return self
        prepared, *_ = self._prepare(X, y, sample_weight, going_on=True, part=True)
        model, history = train_part(
            self.network_.model, prepared, params, parts=len(self.loss_curve_)
        )
        self._keep(prepared, model, history, going_on=True)
        return self

    def _prepare(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any,
        *,
        going_on: bool = False,
        part: bool = False,
    ) -> _Asked:
        if y is None:
            msg = f"This {type(self).__name__} estimator requires y to be passed, but "
            raise UsageError(f"{msg}the target y is None")
        table, as_text = self._read(X, reset=not going_on)
        rows = self._rows(table, y, sample_weight, new=not going_on)
        params = self.get_params(deep=False)
        data = {"target": rows.target.columns, "task": rows.target.task}
        config = configuration(params, data, part=part)
        check_members(config, params, part=part)
        wanted = False if part else hold_out_of(config, self.early_stopping)
        hold_out = holds_out(config, rows, wanted)
        # no row is to choose the epoch, or to answer, and to train as well
        copies = not hold_out and config.ensemble.name != "folds"
        if going_on:
            known = self.network_
            rows = rows.settled(copies=copies)
            learned = (known.encode, known.scaling)
            prepared = encode_rows(
                config, rows, *learned, hold_out=hold_out, table=table
            )
            prepared = as_asked(prepared, params, known.facts)
            known.check_same_job(prepared.config)
            return _Asked(prepared, as_text, table, rows.places)
        unknown = set(config.columns) - set(table.column_names)
        if unknown:
            msg = f"columns: X has no column {sorted(unknown)[0]!r}; it has "
            raise UsageError(f"{msg}{', '.join(table.column_names[:20])}")
        table = plain_numbers(table, config.columns)
        rows = replace(rows, table=table).settled(copies=copies)
        marked = marked_categories(X)
        prepared = prepare_rows(
            config, rows, hold_out=hold_out, table=table, marked=marked
        )
        prepared = as_asked(prepared, params)
        for note in prepared.notes:
            warnings.warn(f"{type(self).__name__}: {note}", UserWarning, stacklevel=4)
        return _Asked(prepared, as_text, table, rows.places)

    def _read(self, X: Any, *, reset: bool) -> tuple[pa.Table, frozenset[int]]:  # noqa: N803
        known = None if reset else self.network_
        settings = sections(self.settings or {})
        table, as_text = feature_table(
            X,
            missing_values=settings.get("data", {}).get(
                "missing_values", MISSING_VALUES
            ),
            as_text=() if known is None else known.as_text,
        )
        shaped = X if hasattr(X, "shape") else np.empty(table.shape)
        validate_data(self, shaped, reset=reset, skip_check_array=True)
        if known is not None:
            table = known.as_trained(table)
        return table, as_text

    def _keep(
        self,
        prepared: Prepared,
        model: keras.Model,
        history: Any,
        held: HeldOut | None = None,
        *,
        going_on: bool = False,
    ) -> None:
        """Set the fitted attributes, those of scikit-learn by its names."""
        before = list(self.loss_curve_) if going_on else []
        earlier = self.network_.decision if going_on else None
        settled = decided(prepared, model, held, earlier)
        self.network_.decision = settled.decision
        self.network_.config = prepared.config
        self.calibration_ = settled.figures().get("calibration")
        self.network_.keep(model)
        logs = history.history
        rows = len(prepared.split.train)
        self.loss_curve_ = before + [float(v) for v in logs["loss"]]
        self.loss_ = self.loss_curve_[-1]
        self.n_iter_ = len(logs["loss"])
        self.t_ = rows * self.n_iter_ + (self.t_ if going_on else 0)
        self.notes_ = prepared.notes
        self.n_outputs_ = model.output_shape[-1]
        self.n_layers_ = len(prepared.config.model.hidden) + 2
        self.out_activation_ = _OUTPUTS[TASKS[prepared.target.task].activation]
        if "val_loss" in logs:
            scores = self._validation_scores(prepared, logs)
            before_them = (self.validation_scores_ or []) if going_on else []
            self.validation_scores_ = [*before_them, *scores]
            self.best_validation_score_ = max(self.validation_scores_)
            self.best_loss_ = None
        else:
            self.validation_scores_, self.best_validation_score_ = None, None
            self.best_loss_ = min(self.loss_curve_)

    def _scores(self, X: Any) -> np.ndarray:  # noqa: N803
        check_is_fitted(self, "network_")
        table, _ = self._read(X, reset=False)
        return self.network_.scores(table)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = True
        tags.input_tags.string = True
        return tags
