import keras
import numpy as np
import pytest

from mlpkit.training import fit
from mlpkit.tuning.watch import Watch

X = np.ones((8, 1), np.float32)


def train(watch, **given):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return fit(model, X, X, epochs=5, callbacks=watch, verbose=0, **given)


def test_tells_each_epoch_until_it_is_told_to_end():
    told = []

    def tell(epoch, values):
        told.append((epoch, values["loss"]))
        return epoch == 2

    watch = Watch(tell=tell)
    history = train(watch)
    assert told == list(enumerate(history.history["loss"]))
    assert len(told) == 3
    assert watch.reason == "it was behind the others"


def test_clock_and_number_of_epochs():
    left = iter([5.0, 0.0, 9.0])
    watch = Watch(left=lambda: next(left))
    assert len(train(watch).epoch) == 2
    assert watch.reason == "its time was over"
    watch = Watch(until=4)
    assert len(train(watch).epoch) == 4
    assert watch.reason == ""


def test_epochs_before_a_restart_are_told_first(tmp_path):
    path = tmp_path / "checkpoint"

    class Killed(BaseException):
        pass

    def dies(epoch, values):
        if epoch == 3:
            raise Killed
        return False

    with pytest.raises(Killed):
        train(Watch(tell=dies), checkpoint=path, checkpoint_seconds=1e-9)
    told = []
    history = train(
        Watch(tell=lambda e, _: told.append(e)), checkpoint=path, checkpoint_seconds=9
    )
    assert told == [0, 1, 2, 3, 4]
    assert len(history.epoch) == 5
