import keras
import numpy as np
import pytest

from mlpkit.errors import DataError, UsageError
from mlpkit.factory import build_model
from mlpkit.training import batch_size_for, fit

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(100, 3)).astype("float32")
Y = (X @ [[1.0], [2.0], [3.0]]).astype("float32")


def model(**options):
    return build_model("regression", num_features=3, hidden=(4,), seed=1, **options)


def test_same_seed_same_bits():
    runs = []
    for _ in range(2):
        network = model(dropout=0.2)
        fit(network, X, Y, epochs=3, validation_data=(X, Y), seed=5)
        runs.append(network.get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))


def test_gradient_descent_against_numpy():
    """Full-batch gradient descent on a linear model, step by step in float64."""
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    network.compile(keras.optimizers.SGD(0.1), "mse")
    w, b = (v.astype(np.float64) for v in network.get_weights())
    fit(network, X, Y, batch_size=100, epochs=20)
    for _ in range(20):
        error = X @ w + b - Y
        w = w - 0.1 * 2 * X.T @ error / 100
        b = b - 0.1 * 2 * error.mean()
    np.testing.assert_allclose(network.get_weights()[0], w, rtol=1e-4)
    np.testing.assert_allclose(network.get_weights()[1], b, rtol=1e-3, atol=1e-6)


def test_best_epoch_is_restored_and_patience_stops():
    network = model()
    network.compile(keras.optimizers.SGD(0.01), "mse")
    # from epoch 5 on the steps are too large: the loss runs away
    rates = keras.callbacks.LearningRateScheduler(lambda e: 0.01 if e < 5 else 0.1)
    history = fit(
        network,
        X,
        Y,
        epochs=60,
        batch_size=10,
        validation_data=(X, Y),
        patience=3,
        callbacks=[rates],
    )
    losses = np.nan_to_num(history.history["val_loss"], nan=np.inf)
    best = len(losses) - 1 - int(np.argmin(losses[::-1]))
    assert history.best_epoch == best
    assert len(losses) == best + 4
    assert network.evaluate(X, Y, verbose=0)[0] == pytest.approx(losses[best], rel=1e-5)


def test_interruption_keeps_the_best_weights():
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    network = model()
    history = fit(
        network, X, Y, epochs=50, validation_data=(X, Y), callbacks=[Interrupt()]
    )
    assert history.interrupted
    assert history.best_epoch == 2  # its weights were there when the key was pressed
    kept = network.evaluate(X, Y, verbose=0)[0]
    assert kept < min(history.history["val_loss"])


def test_sample_weights_count():
    weight = np.zeros(100, np.float32)
    weight[:50] = 1
    first, second = model(), model()
    fit(first, X, Y, epochs=2, batch_size=100, sample_weight=weight)
    changed = Y.copy()
    changed[50:] += 100  # rows without weight
    fit(second, X, changed, epochs=2, batch_size=100, sample_weight=weight)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_batch_size_grows_with_rows():
    sizes = [batch_size_for(n) for n in (10, 600, 5000, 20_000, 50_000, 10**7)]
    assert sizes == [32, 64, 128, 256, 512, 1024]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"y": Y[:-1]}, DataError, r"equally many rows, got \[99, 100\]"),
        ({"x": X[:0], "y": Y[:0]}, DataError, "got none"),
        ({"y": np.where(Y[7] == Y, np.nan, Y)}, DataError, "y must be finite.*row 7"),
        ({"x": np.where(X[3] == X, np.inf, X)}, DataError, "x must be finite.*row 3"),
        ({"batch_size": 101}, UsageError, "at most the number of rows, 100, got 101"),
        (
            {"validation_split": 1.5, "validation_data": None},
            UsageError,
            "validation_split must be in .0, 1.",
        ),
        ({"monitor": "val_rsme"}, UsageError, "direction of 'val_rsme' is not known"),
        (
            {"monitor": "val_rsme", "mode": "min"},
            UsageError,
            "logged value, got 'val_rsme'; did you mean 'val_rmse'",
        ),
        ({"y": Y.astype(object)}, DataError, "y must be numbers.*object"),
        ({"epochs": 0}, UsageError, "epochs must be >= 1, got 0"),
        ({"model": keras.Sequential()}, UsageError, "must be compiled"),
        ({"validation_data": X}, UsageError, "must be .x, y. or .* got ndarray"),
        (
            {"x": X[:, :2]},
            DataError,
            "rows, 3., the model's input, got .100, 2",
        ),
        ({"y": ["a"] * 100}, DataError, "y must be numbers"),
    ],
)
def test_bad_input(arguments, error, said):
    with pytest.raises(error, match=said):
        fit(
            **{
                "model": model(),
                "x": X,
                "y": Y,
                "validation_data": (X, Y),
                **arguments,
            }
        )


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (np.full(100, 3), r"class indices in \[0, 2\], got values from 3 to 3"),
        (np.full(100, 0.5), "class indices"),
        (np.eye(3)[np.zeros(100, int)], "not one-hot"),
    ],
)
def test_labels_that_are_no_class_indices(y, said):
    network = build_model("multiclass", num_features=3, num_outputs=3)
    with pytest.raises(DataError, match=said):
        fit(network, X, y)


def test_lists_are_rows_too():
    history = fit(model(), X.tolist(), Y.tolist(), epochs=1)
    assert np.isfinite(history.history["loss"]).all()
