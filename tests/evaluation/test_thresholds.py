import itertools

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import choose_threshold, choose_thresholds


def value(y, yes, by, weight, fp=1.0, fn=1.0):
    """F1, or minus the mean cost, by scikit-learn."""
    if by == "f1":
        return f1_score(y, yes, sample_weight=weight, zero_division=0)
    cells = confusion_matrix(y, yes, labels=[0, 1], sample_weight=weight)
    return -(fp * cells[0, 1] + fn * cells[1, 0]) / cells.sum()


def rows(seed, dtype=np.float64, count=80):
    rng = np.random.default_rng(seed)
    p = rng.integers(0, 21, count).astype(dtype) / dtype(20)  # ties, 0 and 1 among them
    y = (rng.uniform(size=count) < p).astype(int)
    return y, p, rng.uniform(0.1, 2, count)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("by", ["f1", "cost"])
def test_no_other_threshold_is_better(seed, dtype, weighted, by):
    y, p, weight = rows(seed, dtype)
    weight = weight if weighted else None
    costs = {"fp": 1.0, "fn": 3.5}
    found = choose_threshold(
        y, p, by=by, false_positive=1.0, false_negative=3.5, sample_weight=weight
    )
    sign = 1 if by == "f1" else -1
    at = value(y, p > found.value, by, weight, **costs)
    assert found.reached == pytest.approx(sign * at, rel=1e-12)
    half = value(y, p > 0.5, by, weight, **costs)
    assert found.at_half == pytest.approx(sign * half, rel=1e-12)
    everything = [value(y, p > t, by, weight, **costs) for t in [-1, *np.unique(p)]]
    assert at == pytest.approx(max(everything), rel=1e-12)


def test_best_of_all_answers_that_keep_the_order():
    """Every set of yes-rows, of which only the top ones can be had by a threshold."""
    y, p = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.4, 0.6])
    best = max(
        f1_score(y, yes, zero_division=0)
        for yes in itertools.product([0, 1], repeat=5)
        if sorted(yes) == list(yes)
    )
    assert choose_threshold(y, p).reached == pytest.approx(best)


@pytest.mark.parametrize(
    ("y", "p", "expected"),
    [
        ([0, 1], [0.2, 0.8], 0.5),  # 0.5 does as well as any: stay there
        ([0, 1], [0.6, 0.8], 0.7),  # middle of the two scores
        ([1, 1], [0.6, 0.8], 0.5),  # all yes
        ([1, 1], [0.2, 0.8], 0.1),  # all yes, below the lowest
        ([1, 1], [0.0, 0.8], -0.5),  # all yes, though a score is 0
        ([0, 0], [0.2, 0.8], 0.5),  # F1 is 0 everywhere: stay at 0.5
    ],
)
def test_where_it_lies(y, p, expected):
    assert choose_threshold(np.array(y), np.array(p)).value == pytest.approx(expected)


def test_a_tie_goes_to_the_threshold_nearest_to_half():
    y, p = np.array([0, 1, 0, 1, 0]), np.array([0.05, 0.1, 0.55, 0.9, 0.95])
    # costs of 2 at 0.075, 0.725 (and more elsewhere)
    costs = [
        (p > t)[y == 0].sum() + (p <= t)[y == 1].sum() for t in (0.075, 0.5, 0.725)
    ]
    assert costs == [2, 3, 2]
    assert choose_threshold(y, p, by="cost").value == pytest.approx(0.725)


def test_costs_that_never_allow_a_yes():
    y, p = np.array([0, 1]), np.array([0.9, 1.0])
    found = choose_threshold(y[::-1], p, by="cost", false_positive=100)
    assert found.value == 1.0
    assert not (p > found.value).any()
    assert (found.reached, found.at_half) == (0.5, 50.0)


def test_neighbouring_floats_are_told_apart():
    low = np.float32(0.7)
    high = np.nextafter(low, np.float32(1))
    found = choose_threshold(np.array([0, 1]), np.array([low, high]))
    assert (np.array([low, high]) > found.value).tolist() == [False, True]


def test_honest_probabilities_have_elkans_threshold():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=200_000)
    y = (rng.uniform(size=p.size) < p).astype(int)
    found = choose_threshold(y, p, by="cost", false_positive=1, false_negative=4)
    assert found.value == pytest.approx(1 / 5, abs=0.03)


def test_each_label_has_its_own():
    columns = [rows(seed) for seed in range(3)]
    y = np.stack([c[0] for c in columns], 1)
    p = np.stack([c[1] for c in columns], 1)
    weight = columns[0][2]
    found = choose_thresholds(y, p, sample_weight=weight)
    assert found == tuple(
        choose_threshold(a, b, sample_weight=weight) for a, b, _ in columns
    )
    assert len({t.value for t in found}) > 1


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"by": "accuracy"}, UsageError, "one of f1, cost, got 'accuracy'"),
        ({"by": "cost", "false_positive": -1}, UsageError, "got false_positive=-1"),
        ({"y": np.array([0, 2])}, DataError, "y must be 0 or 1, got 2"),
        ({"scores": np.array([0.1, 1.5])}, DataError, "probabilities"),
        ({"y": np.zeros((2, 1))}, DataError, r"shape \(rows,\), got \(2, 1\)"),
        ({"scores": np.zeros((2, 2))}, DataError, "same shape"),
    ],
)
def test_bad_input(arguments, error, said):
    given = {"y": np.array([0, 1]), "scores": np.array([0.1, 0.9])}
    with pytest.raises(error, match=said):
        choose_threshold(**{**given, **arguments})


def test_labels_need_columns():
    with pytest.raises(DataError, match=r"\(rows, labels\), got \(2,\)"):
        choose_thresholds(np.array([0, 1]), np.array([0.1, 0.9]))
