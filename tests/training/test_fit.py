import keras
import numpy as np
import pytest

from mlpkit.errors import DataError, UsageError
from mlpkit.factory import build_model
from mlpkit.training import fit

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


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"y": Y[:-1]}, DataError, r"equally many rows, got \[99, 100\]"),
        ({"x": X[:0], "y": Y[:0]}, DataError, "got none"),
        ({"y": np.where(Y[7] == Y, np.nan, Y)}, DataError, "y must be finite.*row 7"),
        ({"x": np.where(X[3] == X, np.inf, X)}, DataError, "x must be finite.*row 3"),
        (
            {"validation_split": 1.5, "validation_data": None},
            UsageError,
            "validation_split must be in .0, 1.",
        ),
        (
            {"monitor": "val_rsme"},
            UsageError,
            "no metric is called 'val_rsme'; did you mean 'val_rmse'",
        ),
        (
            {"schedules": {"dropout": "flat_cosine"}},
            UsageError,
            "schedules: 'dropout' must be a schedule such as mlpkit.schedules.",
        ),
        (
            {"monitor": "val_rsme", "mode": "min"},
            UsageError,
            "logged value, got 'val_rsme'; did you mean 'val_rmse'",
        ),
        ({"y": Y.astype(object)}, DataError, "y must be numbers.*object"),
        (
            {"x": X.astype(str)},
            DataError,
            "x must be numbers, the model.* texts",
        ),
        ({"y": None}, DataError, "y must be given: the model is compiled with a loss"),
        ({"sample_weight": -np.ones(100)}, DataError, "must be >= 0, got -1"),
        ({"callbacks": [keras.callbacks.History]}, UsageError, "a class: call it"),
        ({"callbacks": lambda e: 0}, UsageError, "must be Keras callbacks, got <func"),
        ({"epochs": 0}, UsageError, "epochs must be >= 1, got 0"),
        ({"jit_compile": "yes"}, UsageError, "jit_compile must be True, False or"),
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


def test_patience_needs_something_to_compare():
    with pytest.raises(UsageError, match="patience needs validation rows to tell"):
        fit(model(), X, Y, epochs=9, patience=2)
    network = model(dropout=0.0)
    network.compile(keras.optimizers.SGD(0.001), "mse")
    history = fit(network, X, Y, batch_size=100, epochs=9, patience=2, monitor="loss")
    assert len(history.epoch) == 9  # the loss falls in every epoch
    assert history.best_epoch == 8


def test_patience_waits_for_an_evaluation():
    network = model()
    network.compile(keras.optimizers.SGD(0.0), "mse")
    options = {"validation_data": (X, Y + 1), "validation_freq": 4, "patience": 2}
    history = fit(network, X, Y, epochs=20, **options)
    # equal is as good: every evaluation is a new best
    assert len(history.epoch) == 20
    rates = keras.callbacks.LearningRateScheduler(lambda e: 0.0 if e < 8 else 0.5)
    network.compile(keras.optimizers.SGD(0.0), "mse")
    history = fit(network, X, X[:, :1] * 0, epochs=20, callbacks=[rates], **options)
    assert len(history.epoch) % 4 == 0


class SubclassedClasses(keras.Model):
    def __init__(self):
        super().__init__()
        self.end = keras.layers.Dense(3, "softmax")

    def call(self, x):
        return self.end(x)


@pytest.mark.parametrize(
    "make",
    [
        SubclassedClasses,
        lambda: keras.Sequential([keras.layers.Dense(3, "softmax")]),
    ],
    ids=["subclassed", "not built"],
)
def test_classes_of_a_model_that_does_not_tell_its_output(make):
    network = make()
    network.compile("sgd", "sparse_categorical_crossentropy")
    assert np.isfinite(fit(network, X, np.arange(100) % 3).history["loss"]).all()
    with pytest.raises(DataError, match=r"y must be class indices in \[0, "):
        fit(network, X, np.full(100, -1))


def test_class_indices_of_sequences():
    network = keras.Sequential(
        [keras.Input((4,)), keras.layers.Embedding(5, 2), keras.layers.Dense(3)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile("sgd", loss)
    x = np.arange(40).reshape(10, 4) % 5
    assert np.isfinite(fit(network, x, x % 3).history["loss"]).all()
    with pytest.raises(DataError, match=r"\[0, 2\], got values from 0 to 4"):
        fit(network, x, x)


def test_validation_rows_are_checked_as_the_others():
    network = build_model("multiclass", num_features=3, num_outputs=3)
    y = np.arange(100) % 3
    with pytest.raises(DataError, match=r"validation y must be class .* to 3"):
        fit(network, X, y, validation_data=(X, y + 1))
    with pytest.raises(DataError, match=r"validation x must have shape \(rows, 3\)"):
        fit(network, X, y, validation_data=(X[:, :2], y))


def test_a_factor_of_weight_decay_needs_an_optimizer_that_has_one():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse")
    with pytest.raises(UsageError, match="needs an optimizer of mlpkit, got SGD"):
        fit(network, X, Y, schedules={"weight_decay": None})


def test_lists_can_be_split():
    history = fit(model(), X.tolist(), Y.tolist(), validation_split=0.2)
    assert np.isfinite(history.history["val_loss"]).all()


def test_best_epoch_before_the_first_one_is_none():
    network = model(dtype="float64")
    network.compile("sgd", keras.losses.MeanSquaredError())
    huge = np.full_like(Y, 3e38)  # its square is infinite, in validation alone
    options = {"epochs": 4, "initial_epoch": 3, "mode": "min"}
    history = fit(network, X, Y, validation_data=(X, huge), monitor="loss", **options)
    assert history.best_epoch == 3


def test_one_callback_or_none():
    seen = keras.callbacks.History()
    fit(model(), X, Y, epochs=2, callbacks=seen)
    assert seen.epoch == [0, 1]
    fit(model(), X, Y, callbacks=None)


@pytest.mark.parametrize("validated", [False, True])
def test_labels_are_compared_with_a_model_that_is_built_by_fit(validated):
    net = keras.Sequential([keras.layers.Dense(3, "softmax")])
    net.compile("sgd", "sparse_categorical_crossentropy")
    x, good, bad = np.ones((4, 2)), [0, 1, 2, 0], [0, 1, 3, 0]
    tested = (x, bad) if validated else None
    with pytest.raises(DataError, match=r"y must be class indices in \[0, 2\], got"):
        fit(net, x, good if validated else bad, validation_data=tested, verbose=0)


def test_a_batch_has_all_rows_where_it_could_have_more():
    losses = []
    for size in (len(X), 1000):
        keras.utils.set_random_seed(0)
        net = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(1)])
        net.compile("sgd", "mse")
        losses.append(fit(net, X, Y, batch_size=size, epochs=2).history["loss"])
    assert losses[0] == losses[1]
