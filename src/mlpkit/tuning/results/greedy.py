"""Greedy ensemble selection: which trials to average, and how much of each."""

from collections.abc import Callable

import numpy as np

from mlpkit.errors import DataError, UsageError

Loss = Callable[[np.ndarray, np.ndarray], float]


def greedy_weights(
    predictions: np.ndarray,
    y: np.ndarray,
    loss: Loss,
    *,
    steps: int = 50,
    bags: int = 0,
    share: float = 0.5,
    seed: int = 1,
) -> np.ndarray:
    """Choose, one after the other, the trial whose vote lowers the loss most.

    S_0 = (), S_t = S_(t-1) + argmin_k L(y, (Σ_(j in S_(t-1)) p_j + p_k) / t), trials
    may be chosen again. The shortest S_t of the least loss gives the weights: how often
    each trial is in it, over t. It is never worse, on these rows, than the best trial.

    With bags, that is done for random subsets of the trials, and their weights are
    averaged: less is made of what is chance in the rows.

    Args:
        predictions: p, ``(trials, rows, outputs)``, for rows not trained on:
            probabilities, or predicted values. A trial with values that are not finite
            is never chosen.
        y: ``(rows, …)``, as the loss takes it.
        loss: L(y, p), to be brought down, with p ``(rows, outputs)``.
        steps: Votes, >= 1.
        bags: Random subsets; 0: all trials at once.
        share: Of the trials in a bag, in (0, 1].
        seed: Of the bags.

    Returns:
        Weights ``(trials,)``, >= 0, of sum 1.

    Raises:
        UsageError: An argument out of range.
        DataError: No trial with a finite loss.

    >>> p = np.array([[[1.0], [3.0]], [[3.0], [1.0]], [[9.0], [9.0]]])
    >>> error = lambda y, p: float(np.square(y - p).mean())
    >>> greedy_weights(p, np.array([[2.0], [2.0]]), error).tolist()
    [0.5, 0.5, 0.0]

    References: Caruana et al. 2004, sections 2.1 (with replacement) and 2.3 (bags).
    """
    predictions = np.asarray(predictions, np.float64)
    _check(predictions, y, steps=steps, bags=bags, share=share)
    finite = np.isfinite(predictions.reshape(len(predictions), -1)).all(axis=1)
    usable = np.flatnonzero(finite)
    weights = np.zeros(len(predictions))
    if not len(usable):
        msg = "greedy_weights: a trial must have finite predictions, got none"
        raise DataError(msg)
    if not bags:
        weights[usable] = _selected(predictions[usable], y, loss, steps)
        return weights
    generator = np.random.default_rng(seed)
    size = max(1, round(share * len(usable)))
    for _ in range(bags):
        bag = np.sort(generator.choice(usable, size, replace=False))
        weights[bag] += _selected(predictions[bag], y, loss, steps) / bags
    return weights


def _selected(
    predictions: np.ndarray, y: np.ndarray, loss: Loss, steps: int
) -> np.ndarray:
    votes = np.zeros(len(predictions))
    summed = np.zeros(predictions.shape[1:])
    best, lowest = votes, np.inf
    for step in range(1, steps + 1):
        losses = np.array([loss(y, (summed + p) / step) for p in predictions], float)
        losses[np.isnan(losses)] = np.inf
        chosen = int(losses.argmin())
        votes[chosen] += 1
        summed += predictions[chosen]
        if losses[chosen] < lowest:
            best, lowest = votes / step, losses[chosen]
    if lowest == np.inf:
        msg = "greedy_weights: a trial must have a finite loss, got none"
        raise DataError(msg)
    return best


def _check(
    predictions: np.ndarray, y: np.ndarray, *, steps: int, bags: int, share: float
) -> None:
    if predictions.ndim != 3 or predictions.shape[1] != len(y):
        msg = f"greedy_weights: predictions must be (trials, {len(y)}, outputs), got "
        raise UsageError(f"{msg}{predictions.shape}")
    if steps < 1:
        msg = f"greedy_weights: steps must be >= 1, got {steps}"
        raise UsageError(msg)
    if bags < 0:
        msg = f"greedy_weights: bags must be >= 0, got {bags}"
        raise UsageError(msg)
    if not 0 < share <= 1:
        msg = f"greedy_weights: share must be in (0, 1], got {share}"
        raise UsageError(msg)
