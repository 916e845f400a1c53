"""Tables of known functions, for choosing defaults: real ones of few rows are few."""

from collections.abc import Callable

import numpy as np
from sklearn import datasets

_ROWS = 600


def _friedman1(seed: int) -> tuple:
    return datasets.make_friedman1(_ROWS, noise=0.5, random_state=seed)


def _friedman2(seed: int) -> tuple:
    return datasets.make_friedman2(_ROWS, noise=30, random_state=seed)


def _friedman3(seed: int) -> tuple:
    return datasets.make_friedman3(_ROWS, noise=0.05, random_state=seed)


def _linear(seed: int) -> tuple:
    shape = {"n_features": 8, "n_informative": 5, "noise": 5}
    return datasets.make_regression(_ROWS, **shape, random_state=seed)


def _smooth(seed: int) -> tuple:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(_ROWS, 6))
    noise = 0.05 * generator.normal(size=_ROWS)
    return x, np.exp(0.5 * x[:, 0]) + np.sin(2 * x[:, 1]) * x[:, 2] + noise


MADE: dict[str, Callable[[int], tuple]] = {  # seed → features, regression target
    "friedman1": _friedman1,
    "friedman2": _friedman2,
    "friedman3": _friedman3,
    "linear": _linear,
    "smooth": _smooth,
}
