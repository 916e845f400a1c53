from dataclasses import asdict
from json import dumps, loads

import numpy as np
import pytest
import tensorflow as tf

from mlpkit.data import Target
from mlpkit.evaluation import evaluate_quantiles, fit_temperature
from mlpkit.preprocessing import TargetScaling
from mlpkit.runs.decision import Decision


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def logits(rows=200, units=3, seed=0):
    return 4 * np.random.default_rng(seed).normal(size=(rows, units))


@pytest.mark.parametrize("temperature", [0.3, 1.7, 8.0])
def test_temperature_divides_the_logits(temperature):
    decision, z = Decision(temperature), logits()
    found = decision.calibrated("multiclass", tf.constant(softmax(z), tf.float32))
    np.testing.assert_allclose(found, softmax(z / temperature), rtol=3e-5, atol=1e-6)
    p = tf.constant(1 / (1 + np.exp(-z / 4)), tf.float32)
    found = decision.calibrated("multilabel", p)
    expected = 1 / (1 + np.exp(-z / 4 / temperature))
    np.testing.assert_allclose(found, expected, rtol=3e-5, atol=1e-6)


def test_certainties_stay_probabilities():
    p = tf.constant([[0.0], [1.0], [1e-30], [0.5]])
    for temperature in (0.06, 19.0):
        found = Decision(temperature).calibrated("binary", p).numpy()
        assert np.all((found >= 0) & (found <= 1))
        assert found[0] < 0.5 < found[1]
        assert found[3] == 0.5
    p = tf.constant([[0.0, 1.0], [1.0, 0.0]])
    found = Decision(19.0).calibrated("binary_softmax", p).numpy()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_agrees_with_the_temperature_that_was_measured():
    z = logits(500)
    y = (z / 2 + np.random.default_rng(1).gumbel(size=z.shape)).argmax(axis=1)
    p = softmax(z).astype(np.float32)
    found = fit_temperature("multiclass", y, p)
    answered = Decision(found.value).calibrated("multiclass", tf.constant(p))
    np.testing.assert_allclose(answered, found.apply(p), rtol=1e-5, atol=1e-6)


def test_one_changes_no_bit():
    p = tf.constant(softmax(logits()), tf.float32)
    assert Decision().calibrated("multiclass", p) is p


def test_yes_is_above_the_threshold():
    p = tf.constant([[0.2], [0.3], [0.31], [0.9]])
    threshold = float(np.float32(0.3))
    found = Decision(thresholds=(threshold,)).chosen("binary", p)
    assert found.numpy().tolist() == [0, 0, 1, 1]
    pairs = tf.concat([1 - p, p], axis=1)
    found = Decision(thresholds=(threshold,)).chosen("binary_softmax", pairs)
    assert found.numpy().tolist() == [0, 0, 1, 1]
    labels = tf.constant([[0.2, 0.2], [0.6, 0.6]])
    found = Decision(thresholds=(0.1, 0.7)).chosen("multilabel", labels)
    assert found.numpy().tolist() == [[True, False], [True, False]]


SCALING = TargetScaling(mean=(100.0, -5.0), std=(10.0, 2.0))


def test_quantiles_are_in_the_units_of_their_target():
    decision = Decision(quantiles=(0.1, 0.5, 0.9))
    output = tf.constant([[-1.0, 0.0, 2.0, -3.0, 0.0, 1.0]])
    found = decision.values(output, SCALING, ("price", "mass"))
    assert {name: float(values[0]) for name, values in found.items()} == {
        "price_q0.1": 90.0, "price_q0.5": 100.0, "price_q0.9": 120.0,
        "mass_q0.1": -11.0, "mass_q0.5": -5.0, "mass_q0.9": -3.0,
    }  # fmt: skip
    middle = decision.middle(np.array([[90.0, 100, 120, -11, -5, -3]]))
    assert middle.tolist() == [[100.0, -5.0]]


def test_predictions_stay_within_their_bounds():
    decision = Decision(bounds=((95.0, 105.0), (-9.0, 0.0)))
    output = tf.constant([[-1.0, 0.0], [0.1, 50.0]])
    found = decision.values(output, SCALING, ("price", "mass"))["prediction"]
    assert found.numpy().tolist() == [[95.0, -5.0], [101.0, 0.0]]


def test_one_target_is_a_vector():
    scaling = TargetScaling((1.0,), (2.0,))
    found = Decision().values(tf.constant([[3.0]]), scaling, ("y",))["prediction"]
    assert found.numpy().tolist() == [7.0]


def test_the_middle_is_the_quantile_nearest_to_the_median():
    predicted = np.arange(12.0).reshape(2, 6)  # two targets of three quantiles
    found = Decision(quantiles=(0.1, 0.4, 0.9)).middle(predicted)
    np.testing.assert_array_equal(found, [[1, 4], [7, 10]])
    found = Decision(quantiles=(0.1, 0.9)).middle(predicted)
    np.testing.assert_array_equal(found, [[0.5, 2.5, 4.5], [6.5, 8.5, 10.5]])


def test_metrics_of_quantiles_are_means_over_the_targets():
    rng = np.random.default_rng(0)
    y, scores = rng.normal(size=(50, 2)), np.sort(rng.normal(size=(50, 2, 2)))
    found = Decision(quantiles=(0.1, 0.9)).evaluate(
        Target(("a", "b"), "regression"), y, scores.reshape(50, 4)
    )
    each = [evaluate_quantiles(y[:, i], scores[:, i], (0.1, 0.9)) for i in range(2)]
    for name, value in found.items():
        assert value == pytest.approx((each[0][name] + each[1][name]) / 2)


def test_json_gives_it_back():
    decision = Decision(1.5, (0.2, 0.3), (0.1, 0.9), ((0.0, 1.0),))
    assert Decision.from_json(loads(dumps(asdict(decision)))) == decision
