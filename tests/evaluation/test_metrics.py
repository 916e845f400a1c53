import numpy as np
import pytest

from mlpkit.config import TaskName
from mlpkit.evaluation import LEADING, evaluate, higher_is_better


def test_regression_by_hand():
    found = evaluate(
        "regression", np.array([[1.0], [2.0], [4.0]]), np.array([[1], [3], [4]])
    )
    assert found["rmse"] == pytest.approx((1 / 3) ** 0.5)
    assert found["mae"] == pytest.approx(1 / 3)
    assert found["r2"] == pytest.approx(1 - 1 / (14 / 3))


def test_binary_by_hand():
    y = np.array([0, 0, 1, 1])
    p = np.array([0.1, 0.6, 0.4, 0.9])
    found = evaluate("binary", y, np.stack([1 - p, p], 1))
    assert found["accuracy"] == 0.5
    assert found["auc"] == 0.75
    expected = -np.log([0.9, 0.4, 0.4, 0.9]).mean()
    assert found["log_loss"] == pytest.approx(expected)


def test_multilabel_by_hand():
    y = np.array([[1, 0], [1, 1]])
    p = np.array([[0.9, 0.6], [0.2, 0.7]])
    found = evaluate("multilabel", y, p)
    assert found["micro_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert found["log_loss"] == pytest.approx(-np.log([0.9, 0.4, 0.2, 0.7]).mean())


def test_weights_count():
    y, scores = np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]])
    found = evaluate("binary", y, scores, sample_weight=np.array([3.0, 1.0]))
    assert found["accuracy"] == 0.75


def test_part_with_one_class_has_no_auc():
    found = evaluate("binary", np.array([1, 1]), np.array([[0.5, 0.5], [0.1, 0.9]]))
    assert "auc" not in found


def test_every_task_has_a_leading_metric():
    from typing import get_args

    assert set(LEADING) == set(get_args(TaskName))
    assert higher_is_better("accuracy")
    assert not higher_is_better("log_loss")


def test_thresholds_decide_what_counts_as_yes():
    y, p = np.array([0, 0, 1, 1]), np.array([0.1, 0.35, 0.4, 0.9])
    found = evaluate("binary", y, np.stack([1 - p, p], 1), thresholds=(0.3,))
    assert found["accuracy"] == 0.75
    assert found["f1"] == pytest.approx(2 * 2 / (2 * 2 + 1))
    assert found["auc"] == 1
    labels = np.array([[1, 0], [1, 1]])
    scores = np.array([[0.9, 0.6], [0.2, 0.7]])
    found = evaluate("multilabel", labels, scores, thresholds=(0.1, 0.65))
    assert found["micro_f1"] == 1
