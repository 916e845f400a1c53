"""Learning-rate range test: how large a step does this network bear?"""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from mlpkit.config import batch_size_for
from mlpkit.errors import DataError, UsageError
from mlpkit.preprocessing import RowStream
from mlpkit.training.inputs import build, check_compiled
from mlpkit.training.order import row_order
from mlpkit.training.rows import Rows, check_against_model

Sweep = Literal["exponential", "linear"]
_SMOOTHING = 0.98
_DIVERGED = 4.0  # times the best smoothed loss
_SLIDE_WIDTH = 15
_SLIDE_LEVEL = 0.005


@dataclass(frozen=True)
class LearningRateCurve:
    """What a range test found.

    Attributes:
        learning_rates: Of each step, ascending, shape ``(steps,)``.
        losses: Of each step's batch.
        smoothed: Moving average 0.98 of the losses, corrected for its start.
        suggestions: Learning rate by rule: "valley" (the middle of the longest
            descent), "steepest" (the steepest descent), "minimum" (a tenth of the
            rate of the lowest loss), "slide" (where the descent from the right ends).
    """

    learning_rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestions: dict[str, float]

    @property
    def suggestion(self) -> float:
        """The "valley" rate."""
        return self.suggestions["valley"]

    def plot(self, axes: Any = None) -> Any:
        """Draw smoothed loss over learning rate, suggestions marked; return the axes.

        Raises:
            UsageError: matplotlib is not installed.
        """
        if axes is None:
            try:
                from matplotlib.figure import Figure
            except ImportError:
                msg = "plot: matplotlib must be installed; pip install mlpkit[plot]"
                raise UsageError(msg) from None
            axes = Figure(figsize=(7, 4), layout="constrained").subplots()
        axes.plot(self.learning_rates, self.losses, color="0.8", label="batch loss")
        axes.plot(self.learning_rates, self.smoothed, label="smoothed")
        for name, rate in self.suggestions.items():
            loss = np.interp(rate, self.learning_rates, self.smoothed)
            axes.plot(rate, loss, "o", label=f"{name} {rate:.2e}")
        axes.set(xscale="log", xlabel="learning rate", ylabel="loss")
        axes.legend()
        return axes


def find_learning_rate(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    batch_size: int | None = None,
    lowest: float = 1e-7,
    highest: float = 10.0,
    steps: int = 100,
    sweep: Sweep = "exponential",
    seed: int = 1,
) -> LearningRateCurve:
    """Train for some steps at rising learning rates and watch the loss.

    The sweep ends early when the smoothed loss passes four times its best, or is not
    finite. Weights and random states are restored; the model's optimizer is not
    touched, a copy of it trains.

    Args:
        model: Compiled.
        x: Features, as in `fit`; of a `RowStream` the first buffer is taken.
        y: Targets; a stream brings its own.
        sample_weight: Weight of each row.
        batch_size: Rows per step; by the number of rows if left.
        lowest: First learning rate, > 0.
        highest: Last one, > ``lowest``.
        steps: Length of the sweep, >= 10.
        sweep: "exponential" (equal factors) or "linear" (equal differences, Smith's).
        seed: Of the rows' order.

    Raises:
        UsageError: An argument out of range, or a model that is not compiled.
        DataError: Rows that do not fit, or a loss that is not finite from the start.

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> rows = np.linspace(-1, 1, 64, dtype="float32")[:, None]
    >>> curve = find_learning_rate(model, rows, 3 * rows, batch_size=16)
    >>> 1e-4 < curve.suggestion < 1
    True

    References: Smith 2015 (arXiv 1506.01186) for the linear sweep; fastai's `lr_find`
        for the exponential one and the four rules, of which "valley" here takes the
        descent's true start.
    """
    check_compiled(model)
    rates = _rates(lowest, highest, steps, sweep)
    if isinstance(x, RowStream):
        if y is not None or sample_weight is not None:
            msg = "find_learning_rate: a stream brings y and sample_weight along"
            raise UsageError(f"{msg}, leave them out")
        batch_size = batch_size or x.batch_size
        with contextlib.closing(x.epoch(0)) as buffers:
            x, y, sample_weight = next(buffers)
    rows = Rows.of(x, y, sample_weight)
    told = model.built  # its outputs
    check_against_model(model, rows)
    build(model, rows.batch([0]))
    if not told:
        check_against_model(model, rows)
    size = min(batch_size or batch_size_for(rows.count), rows.count)
    losses = _sweep(model, _batches(rows, size, seed), rates)
    if len(losses) < 2:
        msg = f"find_learning_rate: the loss must be finite at {lowest:g}, it is not"
        raise DataError(msg)
    smoothed = _smooth(losses)
    rates = rates[: len(losses)]
    return LearningRateCurve(rates, losses, smoothed, suggest_rates(rates, smoothed))


def _batches(rows: Rows, batch_size: int, seed: int) -> Iterator[Any]:
    """Batches of epoch 0, 1, … without end."""
    for epoch in itertools.count():
        order = row_order(rows.count, seed=seed, epoch=epoch)
        for start in range(0, rows.count, batch_size):
            yield rows.batch(order[start : start + batch_size])


def _rates(lowest: float, highest: float, steps: int, sweep: str) -> np.ndarray:
    if not 0 < lowest < highest:
        msg = "find_learning_rate: 0 < lowest < highest must hold, got "
        raise UsageError(f"{msg}lowest={lowest}, highest={highest}")
    if steps < 10:
        msg = f"find_learning_rate: steps must be >= 10, got {steps}"
        raise UsageError(msg)
    spacings: dict[str, Callable[..., np.ndarray]]
    spacings = {"exponential": np.geomspace, "linear": np.linspace}
    if sweep not in spacings:
        msg = f"find_learning_rate: sweep must be one of {', '.join(spacings)}, got "
        raise UsageError(f"{msg}{sweep!r}")
    return spacings[sweep](lowest, highest, steps)


def _sweep(model: keras.Model, batches: Any, rates: np.ndarray) -> np.ndarray:
    """Losses of the steps up to divergence; the model is left as it was."""
    kept, optimizer = [v.numpy() for v in model.variables], model.optimizer
    losses: list[float] = []
    try:
        with model.distribute_strategy.scope():
            model.optimizer = _copy(optimizer, float(rates[0]))
            model.optimizer.build(model.trainable_variables)
        model.train_function = None
        for rate, batch in zip(rates, batches, strict=False):
            model.optimizer.learning_rate = float(rate)
            model.reset_metrics()  # else the answer is the mean of all steps
            loss = float(np.ravel(model.train_on_batch(*batch))[0])
            if not math.isfinite(loss):
                break
            losses.append(loss)
            smoothed = _smooth(np.array(losses))
            if smoothed[-1] > _DIVERGED * smoothed.min():
                break
    finally:
        model.optimizer, model.train_function = optimizer, None
        model.reset_metrics()
        for variable, value in zip(model.variables, kept, strict=True):
            variable.assign(value)
    return np.array(losses)


def _copy(optimizer: Any, rate: float) -> Any:
    """A new optimizer of the same settings, without a schedule."""
    config = optimizer.get_config()
    wrapped = config.get("inner_optimizer")  # of one that scales the loss
    (config if wrapped is None else wrapped["config"])["learning_rate"] = rate
    return type(optimizer).from_config(config)


def _smooth(losses: np.ndarray) -> np.ndarray:
    average, smoothed = 0.0, np.empty(len(losses))
    for i, loss in enumerate(losses):
        average = _SMOOTHING * average + (1 - _SMOOTHING) * loss
        smoothed[i] = average / (1 - _SMOOTHING ** (i + 1))
    return smoothed


def suggest_rates(rates: np.ndarray, losses: np.ndarray) -> dict[str, float]:
    """Return a learning rate by rule, from the curve without its noisy ends."""
    first, last = len(rates) // 10, max(len(rates) - 5, len(rates) // 10 + 2)
    rates, losses = rates[first:last], losses[first:last]
    slope = np.gradient(losses, np.log(rates))
    return {
        "valley": float(rates[_valley(losses)]),
        "steepest": float(rates[slope.argmin()]),
        "minimum": float(rates[losses.argmin()] / 10),
        "slide": float(rates[_slide(slope)]),
    }


def _valley(losses: np.ndarray) -> int:
    """Middle of the middle third of the longest decreasing subsequence."""
    length = np.ones(len(losses), int)
    start = np.arange(len(losses))
    for i in range(1, len(losses)):
        higher = np.flatnonzero(losses[:i] > losses[i])
        if len(higher):
            before = higher[length[higher].argmax()]
            length[i], start[i] = length[before] + 1, start[before]
    end = int(length.argmax())
    third = (end - start[end]) / 3
    return int(start[end] + third + third / 2)


def _slide(slope: np.ndarray) -> int:
    """Left end of the last window, coming from the right, whose slope is level."""
    right, left = len(slope) - 1, max(0, len(slope) - 1 - _SLIDE_WIDTH)
    while left > 0 and abs(slope[right] - slope[left]) > _SLIDE_LEVEL:
        right, left = right - 1, left - 1
    return left
