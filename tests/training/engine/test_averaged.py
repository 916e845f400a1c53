"""The averaged weights, against float64 NumPy from the paper's formula."""

import keras
import numpy as np
import pytest

from mlpkit import fit
from mlpkit.errors import UsageError

_DECAY = 3.0


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    return x, x @ np.array([[1.0], [-2.0], [0.5]], "float32")


def _model() -> keras.Model:
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


class _Recorded(keras.callbacks.Callback):
    def on_train_begin(self, logs: object = None) -> None:
        self.weights: list[list[np.ndarray]] = []

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.weights.append([w.astype("float64") for w in self.model.get_weights()])


def _averages(epochs: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    found: list[list[np.ndarray]] = []
    for t, weights in enumerate(epochs, 1):
        share = (_DECAY + 1) / (t + _DECAY)
        last = found[-1] if found else weights
        found.append([a + share * (w - a) for a, w in zip(last, weights, strict=True)])
    return found


@pytest.mark.parametrize("jit_compile", [False, True])
def test_the_average_is_validated_and_kept(rows, jit_compile):
    x, y = rows
    model, recorded = _model(), _Recorded()
    history = fit(
        model,
        x,
        y,
        batch_size=8,
        epochs=6,
        validation_data=rows,
        weight_averaging=_DECAY,
        callbacks=recorded,
        jit_compile=jit_compile,
        verbose=0,
    )
    averages = _averages(recorded.weights)
    losses = [float(np.mean((x @ k + b - y) ** 2)) for k, b in averages]
    np.testing.assert_allclose(history.history["val_loss"], losses, rtol=1e-4)
    best = averages[history.best_epoch]
    for weight, expected in zip(model.get_weights(), best, strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-6)


def test_the_course_of_the_steps_is_not_changed(rows):
    x, y = rows
    found = []
    for decay in (None, _DECAY):
        model, recorded = _model(), _Recorded()
        fit(
            model,
            x,
            y,
            batch_size=8,
            epochs=3,
            validation_data=rows,
            weight_averaging=decay,
            callbacks=recorded,
            verbose=0,
        )
        found.append(recorded.weights)
    for one, other in zip(*found, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("watched", [True, False])
def test_without_validation_the_last_average_is_kept(rows, watched):
    x, y = rows
    recorded = _Recorded()
    models = [_model() for _ in range(2)]
    for model, callbacks in zip(models, ([recorded], []), strict=True):
        fit(
            model,
            x,
            y,
            batch_size=8,
            epochs=4,
            weight_averaging=_DECAY,
            callbacks=callbacks,
            verbose=0,
        )
    expected = _averages(recorded.weights)[-1]
    model = models[0 if watched else 1]
    for weight, value in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-5, atol=1e-6)


def test_a_second_training_starts_its_average_anew(rows):
    x, y = rows
    weights = []
    for _ in range(2):
        model = _model()
        fit(model, x, y, batch_size=8, epochs=3, weight_averaging=_DECAY, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_goes_on_to_the_same_bits(rows, tmp_path):
    x, y = rows

    def train(epochs: int, checkpoint: object, *, stop: bool = False) -> keras.Model:
        class Killed(keras.callbacks.Callback):
            def on_epoch_end(self, epoch: int, logs: object = None) -> None:
                if stop and epoch == 2:
                    raise RuntimeError

        model = _model()
        fit(
            model,
            x,
            y,
            batch_size=8,
            epochs=epochs,
            validation_data=rows,
            weight_averaging=_DECAY,
            callbacks=[Killed()],
            checkpoint=checkpoint,
            checkpoint_seconds=1e-9,
            verbose=0,
        )
        return model

    path = tmp_path / "state"
    with pytest.raises(RuntimeError):
        train(6, path, stop=True)
    assert path.exists()
    resumed, whole = train(6, path), train(6, None)
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_bad_decay_is_refused(rows):
    with pytest.raises(UsageError, match="weight_averaging must be a number >= 0"):
        fit(_model(), *rows, weight_averaging=-1.0)


def test_who_diverges_at_once_keeps_his_own_weights(rows):
    x, y = rows
    options = {"batch_size": 8, "weight_averaging": _DECAY, "verbose": 0}
    fit(_model(), x, y, epochs=3, **options)  # the loop of both has averaged these
    model = _model()
    before = model.get_weights()
    with pytest.warns(RuntimeWarning, match="epoch 1"):
        fit(model, x, 1e30 * y, epochs=3, **options)  # whose square is infinite
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
