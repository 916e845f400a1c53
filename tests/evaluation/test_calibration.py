import dataclasses
import json

import numpy as np
import pytest
from sklearn.metrics import log_loss

from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import fit_temperature


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def drawn(task, rows=3000, factor=2.5, seed=7):
    """Targets drawn from honest probabilities, and the logits made too sure."""
    rng = np.random.default_rng(seed)
    if task in {"multiclass", "binary_softmax"}:
        z = rng.normal(size=(rows, 4 if task == "multiclass" else 2))
        y = (z + rng.gumbel(size=z.shape)).argmax(1)
    elif task == "binary":
        z = rng.normal(size=(rows, 1)) * 1.5
        y = (rng.uniform(size=rows) < sigmoid(z[:, 0])).astype(int)
    else:
        z = rng.normal(size=(rows, 3)) * 1.5
        y = (rng.uniform(size=z.shape) < sigmoid(z)).astype(int)
    return y, factor * z


def probabilities(task, z):
    if task == "binary":
        return np.hstack([sigmoid(-z), sigmoid(z)])
    return sigmoid(z) if task == "multilabel" else softmax(z)


def loss(task, y, p, weight):
    if task == "multilabel":
        losses = [log_loss(y[:, i], p[:, i], sample_weight=weight) for i in range(3)]
        return np.mean(losses)
    return log_loss(y, p, sample_weight=weight, labels=range(p.shape[1]))


TASKS = ["multiclass", "binary", "binary_softmax", "multilabel"]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_best_of_a_fine_grid(task, weighted):
    """Independent: scikit-learn's log-loss at temperatures around the found one."""
    y, z = drawn(task, rows=400)
    weight = np.random.default_rng(1).uniform(size=400) if weighted else None
    found = fit_temperature(task, y, z, from_logits=True, sample_weight=weight)
    grid = found.value * np.exp(np.linspace(-0.02, 0.02, 41))
    losses = [loss(task, y, probabilities(task, z / t), weight) for t in grid]
    assert np.argmin(losses) == 20
    assert found.log_loss_after == pytest.approx(losses[20], rel=1e-9)
    before = loss(task, y, probabilities(task, z), weight)
    assert found.log_loss_before == pytest.approx(before, rel=1e-9)


@pytest.mark.parametrize("task", TASKS)
def test_finds_the_factor_that_spoiled_the_logits(task):
    y, z = drawn(task)
    found = fit_temperature(task, y, z, from_logits=True)
    assert found.value == pytest.approx(2.5, rel=0.1)
    assert found.ece_after < 0.5 * found.ece_before
    assert found.note == ""


@pytest.mark.parametrize("task", TASKS)
def test_probabilities_give_what_logits_give(task):
    y, z = drawn(task)
    by_logits = fit_temperature(task, y, z, from_logits=True)
    p = probabilities(task, z)
    by_p = fit_temperature(task, y, p)
    assert by_p.value == pytest.approx(by_logits.value, rel=1e-6)
    expected = probabilities(task, z / by_logits.value)
    np.testing.assert_allclose(by_logits.apply(z), expected, atol=1e-12)
    np.testing.assert_allclose(by_p.apply(p), expected, atol=1e-6)
    applied = by_p.apply(p.astype(np.float32))
    assert applied.dtype == np.float32
    np.testing.assert_allclose(applied, expected, atol=1e-4)  # 1 - p in float32


def test_weights_count_as_repeated_rows():
    y, z = drawn("multiclass", rows=300)
    weight = np.random.default_rng(0).integers(0, 4, 300)
    weighted = fit_temperature(
        "multiclass", y, z, from_logits=True, sample_weight=weight
    )
    repeated = fit_temperature(
        "multiclass", np.repeat(y, weight), np.repeat(z, weight, 0), from_logits=True
    )
    for name, value in dataclasses.asdict(weighted).items():
        expected = getattr(repeated, name)
        assert value == (
            pytest.approx(expected) if isinstance(value, float) else expected
        )


def test_order_of_classes_stays():
    y, z = drawn("multiclass")
    p = softmax(z).astype(np.float32)
    calibrated = fit_temperature("multiclass", y, p).apply(p)
    np.testing.assert_array_equal(calibrated.argmax(1), p.argmax(1))
    np.testing.assert_allclose(calibrated.sum(1), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("y", "p", "said"),
    [
        (
            [0, 1],
            [[0.9, 0.1], [0.2, 0.8]],
            "below 0.05",
        ),  # all right: the surer the better
        ([1, 0], [[0.9, 0.1], [0.2, 0.8]], "above 20"),  # all wrong
        ([0, 1], [[0.5, 0.5], [0.5, 0.5]], "the same at every temperature"),
        ([0, 1], [[1.0, 0.0], [0.0, 1.0]], "below 0.05"),  # saturated
    ],
)
def test_stays_at_one(y, p, said):
    p = np.array(p, np.float32)
    found = fit_temperature("binary", np.array(y), p)
    assert found.value == 1
    assert said in found.note
    assert found.ece_before == found.ece_after
    assert found.log_loss_before == found.log_loss_after
    assert found.apply(p) is p


def test_saturated_wrong_answers_stay_finite():
    """Float32 rounds 1 - p to 0: that is 1e-7 at most, not impossible."""
    y = np.array([0, 1] * 50)
    p = np.tile(np.array([[0.8, 0.2], [0.3, 0.7]], np.float32), (50, 1))
    p[0], p[3] = (0.0, 1.0), (1.0, 0.0)
    found = fit_temperature("binary", y, p)
    assert 1 < found.value < 20
    assert np.isfinite(found.apply(p)).all()
    assert found.log_loss_after < found.log_loss_before < 1


def test_is_a_record():
    found = fit_temperature("binary", *drawn("binary"), from_logits=True)
    assert json.loads(json.dumps(dataclasses.asdict(found)))["task"] == "binary"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.value = 2


def test_apply_to_no_rows():
    found = fit_temperature("multiclass", *drawn("multiclass"), from_logits=True)
    assert found.apply(np.zeros((0, 4))).shape == (0, 4)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"task": "regression"}, UsageError, "got 'regression'"),
        ({"scores": np.ones((2, 3)) / 3}, DataError, r"\(rows, 2\) for binary, got"),
        ({"from_logits": True}, DataError, r"\(rows, 1\) for binary, got \(2, 2\)"),
        ({"scores": np.array([[3.0, -2.0]] * 2)}, DataError, "got -2 to 3"),
        ({"y": np.array([0, 2])}, DataError, "class indices"),
        ({"scores": np.full((2, 2), np.nan)}, DataError, "scores must be finite"),
        ({"sample_weight": np.zeros(2)}, DataError, "not all 0"),
    ],
)
def test_bad_input(arguments, error, said):
    given = {"task": "binary", "y": np.array([0, 1]), "scores": np.full((2, 2), 0.5)}
    with pytest.raises(error, match=said):
        fit_temperature(**{**given, **arguments})


def test_apply_refuses_other_scores():
    found = fit_temperature("multiclass", *drawn("multiclass"), from_logits=True)
    with pytest.raises(DataError, match="finite"):
        found.apply(np.full((1, 4), np.inf))
