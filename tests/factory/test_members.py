import json

import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss

from mlpkit.components.losses import (
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from mlpkit.factory import TASKS, build_model
from mlpkit.factory.members import (
    MemberLoss,
    OfAverage,
    mean_history,
    monitor_of,
    shared_metrics,
    side_by_side_metrics,
)
from mlpkit.training.monitor import Monitor

RNG = np.random.default_rng(0)
P = RNG.dirichlet(np.ones(3), size=(2, 8)).astype("float32")
Y = RNG.integers(0, 3, size=8)
WEIGHT = RNG.uniform(size=8).astype("float32")
LABELS = {"labels": [0, 1, 2], "sample_weight": WEIGHT}


def test_loss_of_each_member_over_weighted_rows():
    metric = MemberLoss(SparseCategoricalCrossentropy(), members=2)
    for part in (slice(0, 5), slice(5, 8)):
        metric.update_state(Y[part], P[:, part], WEIGHT[part])
    expected = [log_loss(Y, p, **LABELS) for p in P]
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


def test_metric_of_the_average():
    loss = OfAverage(MemberLoss(SparseCategoricalCrossentropy(), name="average_loss"))
    loss.update_state(Y, P, WEIGHT)
    mean = P.mean(axis=0)
    assert float(loss.result()) == pytest.approx(log_loss(Y, mean, **LABELS), rel=1e-5)
    loss.reset_state()
    assert float(loss.result()) == 0
    assert loss.name == "average_loss"


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_monitors(task):
    outputs = {"multiclass": 3, "binary_softmax": 2}.get(task, 1)
    sizes = {"num_features": 4, "num_outputs": outputs, "hidden": (4,)}
    monitors = ["val_loss"]
    monitors += {"regression": ["val_rmse"], "multilabel": []}.get(
        task, ["val_accuracy"]
    )
    for side_by_side in (True, False):
        count = {"members": 2} if side_by_side else {"tabm": 2}
        model = build_model(task, **sizes, **count)
        make = side_by_side_metrics if side_by_side else shared_metrics
        found = make(TASKS[task], model.loss, *([2] if side_by_side else []))
        for monitor in monitors:
            stands = monitor_of(monitor, side_by_side=side_by_side)
            assert stands.removeprefix("val_") in [m.name for m in found]
            value = Monitor.of(_Holder(found), stands, "auto")
            assert value.lower_is_better is not (stands == "val_accuracy")


class _Holder:
    """What a model has once it is built."""

    def __init__(self, metrics):
        self.metrics = metrics


@pytest.mark.parametrize(
    "metric",
    [
        MemberLoss(MeanSquaredError(), members=3),
        OfAverage(keras.metrics.SparseCategoricalAccuracy(name="accuracy")),
    ],
    ids=["loss", "average"],
)
def test_config_comes_back_from_json(metric):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(metric)))
    back = keras.saving.deserialize_keras_object(config)
    assert type(back) is type(metric)
    assert back.get_config() == metric.get_config()


def test_history_has_the_names_of_a_single_network():
    logs = {
        "loss": [0.7, 0.6],
        "member_loss": [np.array([0.5, 0.9]), np.array([0.5, 0.7])],
        "val_loss": [7.0, 7.0],
        "val_member_loss": [np.array([1.0, 2.0]), np.array([1.0, 1.0])],
        "val_rmse": [np.array([3.0, 5.0]), np.array([1.0, 1.0])],
    }
    assert mean_history(logs) == {
        "loss": pytest.approx([0.7, 0.6]),
        "val_loss": [1.5, 1.0],
        "val_rmse": [4.0, 1.0],
    }
