"""`fit` gives what `Model.fit` gives for the same order of the same batches."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from mlpkit import optimizers, schedules
from mlpkit.training import fit

pytestmark = pytest.mark.slow

ROWS = 150  # 32 rows a batch leave a partial one
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(ROWS, 6)).astype("float32")
Y = (X @ GENERATOR.normal(size=(6, 1)) + 0.1).astype("float32")
CLASSES = GENERATOR.integers(0, 3, ROWS)


def functional(optimizer=None, loss="mse", metrics=("mae",), head=1, **options):
    keras.utils.set_random_seed(3)
    inputs = keras.Input((6,))
    hidden = layers.Dense(8, "tanh")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    hidden = layers.Dense(5, "relu", kernel_regularizer="l2")(hidden)
    model = keras.Model(inputs, layers.Dense(head)(hidden))
    model.compile(
        optimizer or keras.optimizers.Adam(0.01), loss, metrics=list(metrics), **options
    )
    return model


def two_of_each():
    keras.utils.set_random_seed(3)
    first, second = keras.Input((4,), name="first"), keras.Input((2,), name="second")
    both = layers.Concatenate()([layers.Dense(4, "relu")(first), second])
    outputs = {
        "size": layers.Dense(1, name="size")(both),
        "kind": layers.Dense(3, "softmax", name="kind")(both),
    }
    model = keras.Model({"first": first, "second": second}, outputs)
    model.compile(
        "adam",
        {"size": "mse", "kind": "sparse_categorical_crossentropy"},
        metrics={"kind": ["accuracy"]},
        loss_weights={"size": 0.5, "kind": 2.0},
    )
    return model


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, "relu")
        self.end = layers.Dense(1)

    def call(self, x):
        return self.end(self.hidden(x))


class OwnStep(Subclassed):
    """A step that reports what it likes: twice the loss."""

    def train_step(self, data):
        x, y = data
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = keras.ops.mean(keras.ops.square(self(x, training=True) - y))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(
            zip(gradients, self.trainable_variables, strict=True)
        )
        return {"twice": 2 * loss}


def subclassed(kind=Subclassed):
    keras.utils.set_random_seed(3)
    model = kind()
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    model(X[:1])
    return model


def scheduled():
    rate = keras.optimizers.schedules.ExponentialDecay(0.02, 7, 0.5)
    return functional(keras.optimizers.SGD(rate))


def warmed_up():
    # Keras writes this one with a branch: it takes one step at a time
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, 20, warmup_target=0.02, warmup_steps=5
    )
    return functional(keras.optimizers.SGD(rate))


def one_cycle():
    return functional(optimizers.Adam(schedules.OneCycle(0.02, total_steps=15)))


def accumulating():
    return functional(keras.optimizers.Adam(0.01, gradient_accumulation_steps=2))


def averaging():
    return functional(keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5))


PLAIN = ((X, Y), {})
CASES = {
    "functional": (functional, *PLAIN),
    "own optimizer": (lambda: functional(optimizers.Adam(0.01)), *PLAIN),
    "several inputs and outputs": (
        two_of_each,
        ({"first": X[:, :4], "second": X[:, 4:]}, {"size": Y, "kind": CLASSES}),
        {},
    ),
    "subclassed": (subclassed, *PLAIN),
    "own train_step": (lambda: subclassed(OwnStep), *PLAIN),
    "schedule": (scheduled, *PLAIN),
    "schedule with a branch": (warmed_up, *PLAIN),
    "one-cycle": (one_cycle, *PLAIN),
    "accumulated gradients": (accumulating, *PLAIN),
    "averaged weights": (averaging, *PLAIN),
    "sample weights": (
        lambda: functional(weighted_metrics=["mae"]),
        (X, Y),
        {"sample_weight": GENERATOR.uniform(0, 2, ROWS)},
    ),
    "class weights": (
        lambda: functional(
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
            head=3,
        ),
        (X, CLASSES),
        {"class_weight": {0: 2.0, 1: 0.5}},
    ),
    "metrics that are curves": (
        lambda: functional(
            loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")]
        ),
        (X, (Y > 0).astype("float32")),
        {},
    ),
}


SHARED = {
    "batch_size": 32,
    "epochs": 3,
    "shuffle": False,
    "validation_split": 0.2,
    "verbose": 0,
}


@functools.cache
def by_keras(case):
    """Trained once for the graph and for XLA."""
    make, data, options = CASES[case]
    model = make()
    return model, model.fit(*data, **SHARED, **options)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("case", CASES)
def test_equals_keras(case, jit_compile):
    make, data, options = CASES[case]
    keras_model, expected = by_keras(case)
    options = {**SHARED, **options, "restore_best_weights": False}
    model = make()
    history = fit(model, *data, jit_compile=jit_compile, **options)
    assert history.engine == ("xla" if jit_compile else "graph")
    assert set(history.history) == set(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(
            history.history[name], values, rtol=2e-4, atol=2e-6, err_msg=name
        )
    for ours, theirs in zip(model.variables, keras_model.variables, strict=True):
        if "seed" not in ours.path:
            np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-5)
    assert int(model.optimizer.iterations) == int(keras_model.optimizer.iterations)


def test_steps_per_epoch_and_validation_as_asked():
    model = functional()
    history = fit(
        model,
        X,
        Y,
        batch_size=50,
        epochs=6,
        steps_per_epoch=2,
        validation_data=(X, Y),
        validation_freq=3,
        validation_steps=1,
        validation_batch_size=20,
        restore_best_weights=False,
    )
    assert int(model.optimizer.iterations) == 12
    assert len(history.history["val_loss"]) == 2
    expected = model.evaluate(X[:20], Y[:20], verbose=0)[0]
    assert history.history["val_loss"][-1] == pytest.approx(expected, rel=1e-5)


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(batch)
        assert np.isfinite(logs["loss"])

    def on_epoch_end(self, epoch, logs=None):
        weight = float(np.ravel(self.model.get_weights()[0])[0])
        self.calls.append((epoch, sorted(logs), weight))

    def on_train_end(self, logs=None):
        self.calls.append("end")


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_callbacks_are_called_as_documented(jit_compile):
    seen = Recorder()
    options = {"batch_size": 32, "epochs": 2, "jit_compile": jit_compile}
    fit(functional(), X, Y, callbacks=[seen], validation_data=(X, Y), **options)
    names = ["loss", "mae", "val_loss", "val_mae"]
    batches = [4] if jit_compile else [0, 1, 2, 3, 4]
    shape = [c if not isinstance(c, tuple) else c[:2] for c in seen.calls]
    assert shape == [
        "begin", "epoch 0", *batches, (0, names),
        "epoch 1", *batches, (1, names), "end",
    ]  # fmt: skip
    weights = [c[2] for c in seen.calls if isinstance(c, tuple)]
    assert weights[0] != weights[1]  # the model is up to date at each call


HOOKS = [
    f"on_{part}_{end}"
    for part in ("train", "test", "epoch", "train_batch", "test_batch")
    for end in ("begin", "end")
]


def told(self, hook, numbers):
    logs = next((n for n in numbers if isinstance(n, dict)), {})
    self.calls.append((hook, *(n for n in numbers if isinstance(n, int)), *logs))


Everything = type(
    "Everything",
    (keras.callbacks.Callback,),
    {
        hook: lambda self, *numbers, hook=hook, logs=None: told(
            self, hook, (*numbers, logs)
        )
        for hook in HOOKS
    },
)


class InXLAUnknown(layers.Layer):
    def call(self, x):
        import tensorflow as tf

        same = tf.numpy_function(lambda values: values, [x], tf.float32)
        return tf.ensure_shape(same, x.shape)

    def compute_output_shape(self, shape):
        return shape


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "XLA fails"])
def test_hooks_are_called_in_the_order_of_keras(jit_compile):
    found = []
    middle = [InXLAUnknown()] if jit_compile else []
    for train, own in ((fit, {"jit_compile": jit_compile}), (keras.Model.fit, {})):
        layer = [*middle, layers.Dense(1)] if train is fit else [layers.Dense(1)]
        model = keras.Sequential([keras.Input((6,)), *layer])
        model.compile("sgd", "mse", metrics=["mae"])
        seen = Everything()
        seen.calls = []
        options = {"epochs": 4, "batch_size": 50, "verbose": 0, **own}
        options |= {"validation_batch_size": 200, "validation_freq": 2}
        history = train(
            model, X, Y, validation_data=(X, Y), callbacks=[seen], **options
        )
        found.append(seen.calls)
        assert train is not fit or history.engine == "graph"
    assert found[0] == found[1]
    assert [c[0] for c in found[0]].count("on_test_end") == 2


def test_a_validation_sees_the_weights_that_a_callback_gives_it():
    """Keras' own callback swaps averaged weights in, and out again."""
    found = []
    for train, own in ((fit, {"jit_compile": False}), (keras.Model.fit, {})):
        model = averaging()
        options = {"epochs": 3, "batch_size": 50, "shuffle": False, "verbose": 0}
        options |= {"validation_data": (X, Y), **own}
        swap = keras.callbacks.SwapEMAWeights()
        found.append(train(model, X, Y, callbacks=[swap], **options).history)
    for name, values in found[1].items():
        np.testing.assert_allclose(found[0][name], values, rtol=1e-4, err_msg=name)
    plain = averaging()
    options.pop("jit_compile", None)
    history = fit(plain, X, Y, jit_compile=False, **options).history
    assert history["val_loss"] != pytest.approx(found[1]["val_loss"], rel=1e-3)


def test_callbacks_steer():
    model = functional(keras.optimizers.SGD(0.1))
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 if epoch < 2 else 0.0),
        keras.callbacks.EarlyStopping("loss", patience=2, min_delta=1e-9),
    ]
    history = fit(model, X, Y, epochs=50, callbacks=callbacks)
    assert len(history.history["loss"]) < 10
    assert history.history["learning_rate"][-1] == 0


def test_a_callback_can_stop_within_an_epoch():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    found = []
    for train, own in ((fit, {"jit_compile": False}), (keras.Model.fit, {})):
        model = functional()
        options = {"batch_size": 10, "epochs": 5, "shuffle": False, "verbose": 0, **own}
        history = train(
            model, X, Y, validation_data=(X, Y), callbacks=[Stop()], **options
        )
        assert int(model.optimizer.iterations) == 2
        found.append(history.history)
    assert found[0].keys() == found[1].keys()
    for name, values in found[1].items():
        np.testing.assert_allclose(found[0][name], values, rtol=1e-4)


def test_a_model_that_runs_eagerly_is_trained_by_keras_and_it_is_said():
    model = functional(run_eagerly=True)
    with pytest.warns(UserWarning, match="Keras. own loop .* run_eagerly=True"):
        history = fit(model, X, Y, epochs=2, batch_size=50, validation_data=(X, Y))
    assert history.engine == "keras"
    losses = history.history["val_loss"]
    assert model.evaluate(X, Y, verbose=0)[0] == pytest.approx(min(losses), rel=1e-5)


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_batch_end"])
def test_callbacks_for_batches_of_any_make_are_called(hook):
    seen = []
    kind = type("Old", (keras.callbacks.Callback,), {})
    callback = kind()
    if hook == "on_batch_end":
        kind.on_batch_end = lambda self, batch, logs=None: seen.append(batch)
    else:
        callback = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: seen.append(batch)
        )
    fit(functional(), X, Y, batch_size=50, callbacks=[callback], jit_compile=False)
    assert seen == [0, 1, 2]


def test_validation_steps_count_batches_of_training():
    model = functional()
    history = fit(
        model, X, Y, batch_size=30, validation_data=(X, Y), validation_steps=2
    )
    expected = model.evaluate(X[:60], Y[:60], verbose=0)[0]
    assert history.history["val_loss"] == pytest.approx([expected], rel=1e-5)
