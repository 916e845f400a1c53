import keras
import pytest

from mlpkit.errors import UsageError
from mlpkit.training.monitor import Monitor


@pytest.fixture(scope="module")
def model():
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    metrics = ["accuracy", keras.metrics.AUC(name="auc"), "mae"]
    net.compile("sgd", "binary_crossentropy", metrics=metrics)
    net.evaluate(keras.ops.ones((2, 2)), keras.ops.ones((2, 1)), verbose=0)
    return net


@pytest.mark.parametrize(
    ("name", "lower"),
    [("val_loss", True), ("val_accuracy", False), ("auc", False), ("val_mae", True)],
)
def test_direction_is_the_metrics_own(model, name, lower):
    assert Monitor.of(model, name, "auto") == Monitor(name, lower)
    assert Monitor.of(model, name, "max") == Monitor(name, lower_is_better=False)


def test_what_is_not_known_is_asked_for(model):
    with pytest.raises(UsageError, match="called 'val_f1'.* mode='min' or 'max'"):
        Monitor.of(model, "val_f1", "auto")
    with pytest.raises(UsageError, match="did you mean 'val_accuracy'"):
        Monitor.of(model, "val_accurracy", "auto")
    with pytest.raises(UsageError, match="mode must be 'auto', 'min' or 'max', got"):
        Monitor.of(model, "val_loss", "m")
    with pytest.raises(UsageError, match="'val_lost'; did you mean 'val_loss'"):
        Monitor("val_lost").value({"loss": 1, "val_loss": 2})
