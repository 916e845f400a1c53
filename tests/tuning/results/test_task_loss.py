import keras
import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.factory import TASKS
from mlpkit.tuning.results import greedy_weights, task_loss

GENERATOR = np.random.default_rng(0)
CLASSES = {"binary": 2, "binary_softmax": 2, "multiclass": 4}


def rows_of(task):
    """A target as the data room encodes it, and outputs as a network gives them."""
    if task == "regression":
        return GENERATOR.normal(size=(30, 2)), GENERATOR.normal(size=(30, 2))
    if task == "multilabel":
        y = GENERATOR.integers(2, size=(30, 3))
        return y, GENERATOR.uniform(0.01, 0.99, size=(30, 3))
    y = GENERATOR.integers(CLASSES[task], size=30)
    if task == "binary":
        return y, GENERATOR.uniform(0.01, 0.99, size=(30, 1))
    p = GENERATOR.uniform(0.1, 1, size=(30, CLASSES[task]))
    return y, p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("weighted", [False, True])
def test_as_the_loss_of_training(task, weighted):
    y, p = rows_of(task)
    weight = GENERATOR.uniform(0.5, 2, size=30) if weighted else None
    found = task_loss(task, sample_weight=weight)(y, p)
    row = TASKS[task]
    loss = row.loss(0.0)
    # Keras divides by the number of rows, not by the sum of the weights
    target = row.shape_target(y.astype("float32"))
    kept = keras.ops.convert_to_numpy(
        loss(target, p.astype("float32"), sample_weight=weight)
    )
    scale = 1 if weight is None else 30 / weight.sum()
    assert found == pytest.approx(float(kept) * scale, rel=1e-5)


def test_a_sure_error_is_finite():
    assert task_loss("multiclass")(np.array([1]), np.array([[1.0, 0.0]])) == (
        pytest.approx(-np.log(1e-7))
    )


def test_chooses_an_ensemble():
    y, p = rows_of("multiclass")
    right = np.eye(4)[y] * 0.9 + 0.025
    found = greedy_weights(np.stack([p, right]), y, task_loss("multiclass"))
    assert found.tolist() == [0, 1]


def test_unknown_task():
    with pytest.raises(UsageError, match="unknown task 'multi'; "):
        task_loss("multi")


def test_quantiles_of_two_targets():
    levels = np.array([0.1, 0.5])
    y, p = GENERATOR.normal(size=(20, 2)), GENERATOR.normal(size=(20, 4))
    weight = GENERATOR.uniform(0.5, 2, size=20)
    error = np.repeat(y, 2, axis=1) - p
    tilted = np.tile(levels, 2)
    each = np.maximum(tilted * error, (tilted - 1) * error).mean(axis=1)
    found = task_loss("regression", sample_weight=weight, quantiles=(0.1, 0.5))(y, p)
    assert found == pytest.approx(np.average(each, weights=weight))
