import threading

import keras
import keras_tuner
import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.execute import Execution, execute, trains_itself
from mlpkit.tuning.watch import Watch

X = np.ones((8, 1), np.float32)
OBJECTIVE = keras_tuner.Objective("loss", "min")


def build(hp):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


class Model(keras_tuner.HyperModel):
    def __init__(self, build):
        super().__init__()
        self._of = build

    def build(self, hp):
        return self._of(hp)


def given(seed=1, of=build, **options):
    hp = keras_tuner.HyperParameters()
    watch = options.pop("watch", None)
    options = {"epochs": 4, **options}
    return Execution(Model(of), hp, seed, 0, OBJECTIVE, (X, 2 * X), options, watch)


def test_all_comes_from_the_seed():
    first, same, other = (execute(given(seed)) for seed in (1, 1, 2))
    assert first.curves == same.curves != other.curves
    assert first.score == min(first.curves["loss"])
    assert first.model.get_weights() == same.model.get_weights()


def test_what_the_watch_says():
    found = execute(given(watch=Watch(tell=lambda epoch, _: epoch == 1)))
    assert len(found.curves["loss"]) == 2
    assert found.stopped == "it was behind the others"


def test_callbacks_are_copied():
    class Counts(keras.callbacks.Callback):
        seen = 0

        def on_epoch_end(self, epoch, logs=None):
            self.seen += 1
            assert self.seen == epoch + 1

    counts = Counts()
    for _ in range(2):
        execute(given(callbacks=counts))
    assert counts.seen == 0


def test_what_cannot_be():
    with pytest.raises(UsageError, match="must return a Keras model, got NoneType"):
        execute(given(of=lambda _: None))
    callback = keras.callbacks.LambdaCallback()
    callback.lock = threading.Lock()  # which cannot be copied
    with pytest.raises(UsageError, match="callbacks: each must be one"):
        execute(given(callbacks=[callback]))


def test_who_trains():
    class Own(Model):
        def fit(self, hp, model, *args, **kwargs):
            return 1.0

    assert trains_itself(Own(build))
    assert not trains_itself(Model(build))
