import itertools

import numpy as np
import pytest

from mlpkit.errors import DataError, UsageError
from mlpkit.tuning.results import greedy_weights


def squares(y, p):
    return float(np.square(y - p).mean())


def log_loss(y, p):
    return float(-np.log(p[np.arange(len(y)), y]).mean())


def brute_force(predictions, y, loss, steps):
    """Every step from scratch, over lists of the chosen ones."""
    chosen, best = [], None
    for _ in range(steps):
        tries = [
            (loss(y, np.mean([predictions[j] for j in [*chosen, k]], axis=0)), k)
            for k in range(len(predictions))
        ]
        value, k = min(tries)
        chosen.append(k)
        if best is None or value < best[0] - 1e-12:
            best = (value, list(chosen))
    counts = np.bincount(best[1], minlength=len(predictions))
    return counts / counts.sum()


@pytest.mark.parametrize("seed", range(5))
def test_as_by_definition(seed):
    generator = np.random.default_rng(seed)
    y = generator.integers(3, size=40)
    logits = generator.normal(size=(6, 40, 3)) + 2 * np.eye(3)[y]
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    found = greedy_weights(p, y, log_loss, steps=15)
    np.testing.assert_allclose(found, brute_force(p, y, log_loss, 15), atol=1e-12)


def test_never_worse_than_the_best_and_near_the_optimum():
    generator = np.random.default_rng(7)
    y = generator.normal(size=(200, 1))
    p = (
        y
        + generator.normal(size=(3, 200, 1)) * np.array([0.5, 0.7, 1.0])[:, None, None]
    )
    found = greedy_weights(p, y, squares, steps=50)
    reached = squares(y, np.tensordot(found, p, 1))
    assert reached < min(squares(y, one) for one in p)
    grid = np.arange(51) / 50
    best = min(
        squares(y, a * p[0] + b * p[1] + (1 - a - b) * p[2])
        for a, b in itertools.product(grid, grid)
        if a + b <= 1 + 1e-9
    )
    assert reached <= best * 1.01


def test_bags_average_the_selections_of_subsets():
    generator = np.random.default_rng(2)
    y = generator.normal(size=(30, 1))
    p = y + generator.normal(size=(8, 30, 1))
    found = greedy_weights(p, y, squares, steps=10, bags=4, share=0.5, seed=3)
    drawn = np.random.default_rng(3)
    expected = np.zeros(8)
    for _ in range(4):
        bag = np.sort(drawn.choice(8, 4, replace=False))
        expected[bag] += brute_force(p[bag], y, squares, 10) / 4
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found.sum() == pytest.approx(1)


def test_what_is_not_finite_is_never_chosen():
    y = np.zeros((4, 1))
    p = np.stack([np.full((4, 1), np.nan), np.ones((4, 1)), np.full((4, 1), np.inf)])
    assert greedy_weights(p, y, squares).tolist() == [0, 1, 0]
    with pytest.raises(DataError, match="must have finite predictions, got none"):
        greedy_weights(p[:1], y, squares)
    with pytest.raises(DataError, match="must have a finite loss, got none"):
        greedy_weights(p[1:2], y, lambda *_: np.nan)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps must be >= 1, got 0"),
        ({"bags": -1}, "bags must be >= 0, got -1"),
        ({"share": 0.0}, r"share must be in \(0, 1\], got 0.0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(UsageError, match=message):
        greedy_weights(np.zeros((2, 3, 1)), np.zeros((3, 1)), squares, **arguments)


def test_bad_shape():
    message = r"must be \(trials, 4, outputs\), got \(2, 3, 1\)"
    with pytest.raises(UsageError, match=message):
        greedy_weights(np.zeros((2, 3, 1)), np.zeros((4, 1)), squares)
