"""How much each hyperparameter matters for the objective."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective, reached
from mlpkit.tuning.results.parameter import Parameter, covering

_TREES = 64
_LEVELS = 12  # values of a number at which the trees are asked
_POINTS = 128  # settings of the other hyperparameters
_FEWEST = 4  # trials
_Matrix = np.ndarray


@dataclass(frozen=True)
class Share:
    """What one hyperparameter has to do with the objective.

    Attributes:
        name: Of the hyperparameter.
        total: Share of the variance that is gone when it stays as it is, in [0, 1],
            its interactions with others included.
        alone: Share that it explains by itself, <= ``total``.
    """

    name: str
    total: float
    alone: float


@dataclass(frozen=True)
class Importance:
    """How much each hyperparameter matters.

    Attributes:
        shares: The most important first.
        explained: R² of the trees for trials that they have not seen: 1 is perfect, at
            0 or below the shares say nothing.
        trials: That had a score.
    """

    shares: tuple[Share, ...] = ()
    explained: float = 0.0
    trials: int = 0


def hyperparameter_importance(
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objective: Objective,
    *,
    seed: int = 1,
) -> Importance:
    """Split the variance of the objective among the hyperparameters.

    Bagged regression trees f learn the objective y from the trials. Over the whole
    space, each hyperparameter independent and even in its own scale, with V = Var f::

        alone_i = Var_i E[f | x_i] / V,   total_i = E Var_i[f | x_-i] / V

    Values of y that are worse than the third quartile by more than three times its
    distance from the best count as just that, and diverged trials as the worst of the
    others: one wild trial must not be all of the variance.

    A hyperparameter that a trial does not have is drawn at random for each tree, so
    that a tree can learn from it what is true: there it changes nothing. The order of
    choices is drawn for each tree too.

    Args:
        records: Trials; those that failed or run are left out.
        parameters: Of the space.
        objective: Of the search, or another metric of it.
        seed: Of the trees.

    Returns:
        No shares where fewer than 4 trials have a score or all of them the same.

    >>> records = [
    ...     TrialRecord(str(i), i, "completed", {"a": i % 3, "b": i % 5}, 0, i % 3)
    ...     for i in range(30)
    ... ]
    >>> found = hyperparameter_importance(records, [], Objective("val_loss"))
    >>> [(share.name, round(share.total, 1)) for share in found.shares]
    [('a', 1.0), ('b', 0.0)]

    References: Hutter, Hoos & Leyton-Brown 2014 (functional ANOVA on forests; there
    the mean over the trees' shares, here the shares of their mean); Sobol' 2001 for
    the indices.
    """
    known = [r for r in records if _value(r, objective) is not None]
    diverged = [r for r in records if r.status == "invalid"]
    trials = [*known, *diverged]
    tried = {name for record in trials for name in record.values}
    parameters = [p for p in covering(parameters, trials) if p.name in tried]
    if not parameters or len(known) < _FEWEST:
        return Importance(trials=len(trials))
    y = _costs(known, len(diverged), objective)
    if np.ptp(y) == 0:
        return Importance(trials=len(trials))
    positions = np.array(
        [
            [p.position(r.values[p.name]) if p.name in r.values else np.nan]
            for r in trials
            for p in parameters
        ]
    ).reshape(len(trials), len(parameters))
    levels = [_levels(p, positions[:, i]) for i, p in enumerate(parameters)]
    generator = np.random.default_rng(seed)
    answers, explained = _asked(positions, y, parameters, levels, generator)
    shares = [
        _share(p.name, values) for p, values in zip(parameters, answers, strict=True)
    ]
    shares.sort(key=lambda share: (-share.total, -share.alone))
    return Importance(tuple(shares), explained, len(trials))


def _value(record: TrialRecord, objective: Objective) -> float | None:
    return reached(record, [objective])[0]


def _costs(
    known: Sequence[TrialRecord], diverged: int, objective: Objective
) -> np.ndarray:
    """Values to be brought down, the worst ones brought nearer."""
    values = [_value(record, objective) for record in known]
    y = objective.sign * np.array(values, float)
    y /= np.abs(y).max() or 1.0  # shares have no unit, and squares could overflow
    best, third = np.quantile(y, [0.0, 0.75])
    y = np.minimum(y, third + 3 * (third - best)) if third > best else y
    return np.append(y, np.full(diverged, y.max()))


def _levels(parameter: Parameter, positions: np.ndarray) -> np.ndarray:
    """Positions at which the trees are asked, each as likely as the others."""
    if parameter.kind == "choice":  # only what was tried can be known
        return np.unique(positions[np.isfinite(positions)])
    count = parameter.high - parameter.low + 1
    if parameter.kind == "int" and count <= _LEVELS:
        return np.linspace(0, 1, int(count)) if count > 1 else np.array([0.5])
    if parameter.high <= parameter.low:
        return np.array([0.5])
    return (np.arange(_LEVELS) + 0.5) / _LEVELS


def _asked(
    positions: _Matrix,
    y: np.ndarray,
    parameters: Sequence[Parameter],
    levels: Sequence[np.ndarray],
    generator: np.random.Generator,
) -> tuple[list[_Matrix], float]:
    """The trees' mean answers ``(levels, points)`` per parameter, and their R²."""
    from sklearn.tree import DecisionTreeRegressor

    rows = len(y)
    others = np.stack([generator.choice(known, _POINTS) for known in levels], axis=1)
    questions = []
    for i, known in enumerate(levels):
        block = np.tile(others, (len(known), 1))
        block[:, i] = np.repeat(known, _POINTS)
        questions.append(block)
    asked = np.concatenate(questions)
    answered = np.zeros(len(asked))
    unseen, votes = np.zeros(rows), np.zeros(rows)
    for _ in range(_TREES):
        x = np.where(np.isnan(positions), _drawn(levels, rows, generator), positions)
        orders = [
            _order(p, known, generator) for p, known in _pairs(parameters, levels)
        ]
        chosen = generator.integers(rows, size=rows)
        tree = DecisionTreeRegressor(
            min_samples_leaf=2 if rows >= 20 else 1,
            random_state=int(generator.integers(2**31)),
        )
        tree.fit(_ordered(x[chosen], orders), y[chosen])
        answered += tree.predict(_ordered(asked, orders))
        out = np.setdiff1d(np.arange(rows), chosen)
        if len(out):
            unseen[out] += tree.predict(_ordered(x[out], orders))
            votes[out] += 1
    ends = np.cumsum([len(known) * _POINTS for known in levels])[:-1]
    shaped = [block.reshape(-1, _POINTS) for block in np.split(answered, ends)]
    judged = votes > 0
    truth = y[judged]
    left = np.square(truth - unseen[judged] / votes[judged])
    spread = np.square(truth - truth.mean()).sum() if len(truth) else 0.0
    return shaped, float(1 - left.sum() / spread) if spread > 0 else 0.0


def _pairs(parameters: Sequence[Parameter], levels: Sequence[np.ndarray]) -> Any:
    return zip(parameters, levels, strict=True)


def _drawn(
    levels: Sequence[np.ndarray], rows: int, generator: np.random.Generator
) -> _Matrix:
    return np.stack([generator.choice(known, rows) for known in levels], axis=1)


_Order = tuple[np.ndarray, np.ndarray] | None


def _order(
    parameter: Parameter, known: np.ndarray, generator: np.random.Generator
) -> _Order:
    """Positions of choices, and what stands for each in one tree."""
    if parameter.kind != "choice":
        return None
    return known, generator.permutation(len(known)).astype(float)


def _ordered(x: _Matrix, orders: Sequence[_Order]) -> _Matrix:
    x = x.copy()
    for i, order in enumerate(orders):
        if order is not None:
            known, places = order
            x[:, i] = places[np.searchsorted(known, x[:, i])]
    return x


def _share(name: str, answers: _Matrix) -> Share:
    """From the answers for each level of a hyperparameter (rows) and all others."""
    variance = answers.var()
    if variance <= 0:
        return Share(name, 0.0, 0.0)
    total = float(answers.var(axis=0).mean() / variance)
    alone = float(answers.mean(axis=1).var() / variance)
    return Share(name, total, alone)
