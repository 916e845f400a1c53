import keras
import numpy as np

from mlpkit.training import fit
from mlpkit.tuning.promotion import continue_from
from mlpkit.tuning.watch import Watch

X = np.random.default_rng(1).normal(size=(30, 2)).astype(np.float32)


def train(path, until, seed=3):
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(4, kernel_initializer=keras.initializers.HeNormal(seed)),
            keras.layers.Dropout(0.5, seed=seed),
            keras.layers.Dense(1, kernel_initializer=keras.initializers.HeNormal(seed)),
        ]
    )
    rate = keras.optimizers.schedules.CosineDecay(0.1, 12)
    model.compile(keras.optimizers.Adam(rate), "mse")
    watch = Watch(until=until)
    history = fit(
        model, X, X[:, :1], epochs=6, batch_size=15, callbacks=watch, checkpoint=path,
        verbose=0,
    )  # fmt: skip
    return history.history["loss"], model.get_weights()


def test_goes_on_as_if_it_had_not_been_stopped(tmp_path):
    begun, _ = train(tmp_path / "a", 2)
    assert len(begun) == 2
    assert continue_from(tmp_path / "a", tmp_path / "b")
    losses, weights = train(tmp_path / "b", 6)
    whole, wanted = train(tmp_path / "c", 6)
    assert losses == whole
    assert all(np.array_equal(a, b) for a, b in zip(weights, wanted, strict=True))


def test_without_a_past(tmp_path):
    assert not continue_from(tmp_path / "none", tmp_path / "b")
