"""What cannot be one graph is trained by Keras, and told in the same way."""

import keras
import numpy as np
import pytest

from mlpkit import schedules
from mlpkit.errors import UsageError
from mlpkit.training import fit

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(50, 3)).astype("float32")
Y = X[:, :1]


class InPython(keras.Model):
    """Asks its input for numbers: it can only run eagerly."""

    def __init__(self):
        super().__init__()
        self.end = keras.layers.Dense(1)

    def call(self, x):
        return self.end(np.asarray(x.numpy()) * 2)


def model():
    network = InPython()
    network.compile("sgd", "mse", metrics=["mae"], run_eagerly=True)
    return network


def test_code_that_needs_numbers():
    with pytest.warns(UserWarning, match="Keras. own loop trains this model: it is"):
        history = fit(model(), X, Y, validation_data=(X, Y), monitor="val_mae")
    assert history.engine == "keras"
    assert history.best_epoch == 0
    assert history.interrupted is False
    assert history.divergence is None


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_patience_waits_for_an_evaluation():
    network = model()
    network.compile(keras.optimizers.SGD(0.0), "mse", run_eagerly=True)
    options = {"validation_data": (X, Y), "validation_freq": 3, "patience": 2}
    assert len(fit(network, X, Y, epochs=6, **options).epoch) == 6


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_what_only_the_compiled_loop_has_is_refused(tmp_path):
    with pytest.raises(UsageError, match="checkpoint: this model is trained by Keras"):
        fit(model(), X, Y, checkpoint=tmp_path / "state")
    course = {"dropout": schedules.FlatCosine(1.0, total_steps=9)}
    with pytest.raises(UsageError, match="schedules: this model is trained by Keras"):
        fit(model(), X, Y, schedules=course)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_a_loss_that_is_not_finite_stops_it_with_the_weights_before():
    network = model()
    network.compile(keras.optimizers.SGD(1e30), "mse", run_eagerly=True)
    network(keras.ops.convert_to_tensor(X))
    before = network.get_weights()
    with pytest.warns(
        RuntimeWarning, match="epoch 1, step 2; first in the loss, or in a row: Keras"
    ):
        history = fit(network, X, Y, epochs=5, batch_size=25)
    assert (history.divergence.epoch, history.divergence.step) == (0, 1)
    assert len(history.epoch) == 1
    assert all(map(np.array_equal, network.get_weights(), before))


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_a_monitor_that_is_not_logged_is_told():
    options = {"validation_data": (X, Y), "monitor": "val_rmse", "mode": "min"}
    with pytest.raises(UsageError, match="must be a logged value, got 'val_rmse'"):
        fit(model(), X, Y, **options)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_a_loss_of_the_training_can_be_compared_without_a_validation():
    network = model()
    network.compile(keras.optimizers.SGD(0.0), "mae", run_eagerly=True)
    options = {"monitor": "loss", "patience": 3, "shuffle": False, "batch_size": 50}
    history = fit(network, X, Y, epochs=3, **options)
    assert history.best_epoch == 2  # the last of equal ones
