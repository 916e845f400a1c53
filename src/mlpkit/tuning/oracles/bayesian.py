"""Values where a Gaussian process expects most, never twice the same."""

import warnings
from typing import Any

import keras_tuner
import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from mlpkit.tuning.oracles.durable import Durable
from mlpkit.tuning.oracles.vectors import vector

_CANDIDATES = 600
_ITERATIONS = 20  # of the search for the process's own parameters
_NEAR = 0.2  # share of the candidates around the best trials


class BayesianOracle(Durable, keras_tuner.oracles.BayesianOptimizationOracle):
    """Bayesian optimization: the lowest ``mean − beta · std`` of many candidates.

    The process (Matérn 5/2, one length per coordinate, noise) is fitted to the scores;
    trials that failed count as the worst one. Trials that run count with what the
    process expects of them, so that others are proposed meanwhile. Candidates are
    values of the space, drawn by chance and around the best trials; choices without an
    order have a coordinate for each value.

    Args:
        max_trials: Limit of the trials.
        num_initial_points: Random trials at the beginning; a third of the trials, but
            at most two per dimension, if left.
        beta: Weight of what is unknown.
        **kwargs: Of `keras_tuner.oracles.BayesianOptimizationOracle`.
    """

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return values that were not tried."""
        if len(self._scored()) < self._first_ones():
            values = self._random_values()
        else:
            values = self._promising(int(trial_id)) or self._random_values()
        status = "STOPPED" if values is None else "RUNNING"
        return {"status": status, "values": values}

    def _first_ones(self) -> int:
        if self.num_initial_points:
            return self.num_initial_points
        by_space = 2 * len(self._nonfixed_space())
        third = by_space if not self.max_trials else self.max_trials // 3
        return max(3, min(by_space, third))

    def _scored(self) -> list[Any]:
        return [t for t in self.trials.values() if t.status == "COMPLETED"]

    def _promising(self, number: int) -> dict[str, Any] | None:
        generator = np.random.default_rng([self.seed, number])
        candidates = self._candidates(generator)
        if not candidates:
            return None
        x, y = self._observed()
        process = _fitted(x, y, seed=self.seed)
        running = [self._vector(t) for t in self.ongoing_trials.values()]
        if running:
            expected = process.predict(np.stack(running))
            x, y = np.concatenate([x, running]), np.concatenate([y, expected])
            process = _fitted(x, y, kernel=process.kernel_, seed=self.seed)
        space = self.hyperparameters.space
        points = np.stack([vector(space, values) for values in candidates])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # variances below zero
            mean, std = process.predict(points, return_std=True)
        return candidates[int(np.argmin(mean - self.beta * std))]

    def _observed(self) -> tuple[np.ndarray, np.ndarray]:
        """Points and scores, lower is better."""
        sign = -1.0 if self.objective.direction == "max" else 1.0
        done = self._scored()
        scores = [sign * t.score for t in done]
        failed = [t for t in self.trials.values() if t.status == "FAILED"]
        failed = [t for t in failed if t.hyperparameters.values]
        points = [self._vector(t) for t in [*done, *failed]]
        return np.stack(points), np.array([*scores, *[max(scores)] * len(failed)])

    def _vector(self, trial: Any) -> np.ndarray:
        return vector(self.hyperparameters.space, trial.hyperparameters.values)

    def _candidates(self, generator: np.random.Generator) -> list[dict[str, Any]]:
        """Values that were not tried, each once."""
        best = [t.hyperparameters.values for t in self.get_best_trials(3)]
        found: dict[str, dict[str, Any]] = {}
        for i in range(_CANDIDATES):
            near = best[i % len(best)] if best and i < _NEAR * _CANDIDATES else None
            values = self._sample(generator, near)
            found[self._compute_values_hash(values)] = values
        return [v for key, v in found.items() if key not in self._tried_so_far]

    def _sample(
        self, generator: np.random.Generator, near: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Values by chance, or one with a few of its coordinates moved."""
        found: dict[str, Any] = {}
        for hp in self.hyperparameters.space:
            if not all(condition.is_active(found) for condition in hp.conditions):
                continue
            share = generator.random()
            if near is not None and hp.name in near and generator.random() < 0.7:
                moved = hp.value_to_prob(near[hp.name]) + 0.1 * generator.normal()
                share = min(max(moved, 0.0), 1.0 - 1e-9)
            found[hp.name] = hp.prob_to_value(share)
        return found


def _fitted(
    x: np.ndarray, y: np.ndarray, *, kernel: Any = None, seed: int
) -> GaussianProcessRegressor:
    """The process of some points; a kernel that is given is taken as it is."""
    free = ConstantKernel(1.0, (1e-2, 1e2)) * Matern(
        np.ones(x.shape[1]), (5e-2, 2e1), nu=2.5
    ) + WhiteKernel(1e-2, (1e-5, 1.0))
    process = GaussianProcessRegressor(
        free if kernel is None else kernel,
        normalize_y=True,
        optimizer=_likeliest if kernel is None else None,
        random_state=seed,
    )
    finite = np.where(np.isfinite(y), y, np.nanmax(y[np.isfinite(y)], initial=0.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # at the ends of its ranges
        return process.fit(x, finite)


def _likeliest(loss: Any, start: np.ndarray, bounds: Any) -> tuple[np.ndarray, float]:
    found = minimize(
        loss,
        start,
        method="L-BFGS-B",
        jac=True,
        bounds=bounds,
        options={"maxiter": _ITERATIONS},
    )
    return found.x, found.fun
