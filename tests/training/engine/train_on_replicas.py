"""Run by test_replicas.py in processes of their own.

``mirrored CASE…`` trains each case on two logical CPUs and on one device, and prints as
JSON how far they are apart. ``worker INDEX PORTS FOLDER`` trains as one of two workers
and prints its weights.
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import tensorflow as tf
from keras import layers

from mlpkit import optimizers, schedules
from mlpkit.config import TrainingConfig
from mlpkit.data import TableBlocks
from mlpkit.errors import UsageError
from mlpkit.factory import build_model
from mlpkit.preprocessing import RowStream
from mlpkit.runs import train
from mlpkit.training import fit, placement
from mlpkit.training.engine import compilations, replica_checks, replicas
from mlpkit.training.engine.traced_for_replicas import traced_for_replicas

ROWS = 67  # 33 rows a batch: uneven slices, and a last batch of a single row
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 5)).astype("float32")
Y = (X @ RNG.normal(size=(5, 1)) + 0.1).astype("float32")
CLASSES = RNG.integers(0, 3, ROWS)
WEIGHTS = RNG.uniform(0.1, 2, ROWS).astype("float32")


def network(optimizer=None, loss="mse", head=1, norm=False, activation=None, **options):
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = layers.Dense(8, "tanh", kernel_regularizer="l2", name="hidden")(inputs)
    if norm:
        x = layers.BatchNormalization(synchronized=True)(x)
    model = keras.Model(inputs, layers.Dense(head, activation, name="output")(x))
    options = {"metrics": ["mae"], **options}
    model.compile(optimizer or keras.optimizers.Adam(0.01), loss, **options)
    return model


def mean_square(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_true - y_pred))  # NaN without rows


def two_outputs():
    keras.utils.set_random_seed(3)
    first, second = keras.Input((3,), name="first"), keras.Input((2,), name="second")
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


def words():
    keras.utils.set_random_seed(3)
    inputs = keras.Input((1,), dtype="string")
    x = layers.StringLookup(vocabulary=["a", "b", "c"])(inputs)
    x = layers.Flatten()(layers.Embedding(4, 3)(x))
    model = keras.Model(inputs, layers.Dense(1)(x))
    model.compile(optimizers.Adam(0.01), "mse")
    return model


def in_low_precision(policy, optimizer):
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = layers.Dense(8, "tanh", dtype=policy)(inputs)
    model = keras.Model(inputs, layers.Dense(1, dtype="float32")(x))
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, 2.0**10)
    model.compile(optimizer, "mse")
    return model


PLAIN = (X, Y)
# beyond float16: the gradient of every first batch is not finite, on one replica only
SPIKE = (X.copy(), Y)
SPIKE[0][21, 0] = 1e6
CASES = {
    "clipvalue, sample weights": (
        lambda: network(
            keras.optimizers.SGD(0.05, momentum=0.9, clipvalue=0.05),
            weighted_metrics=["mae"],
        ),
        PLAIN,
        {"sample_weight": WEIGHTS},
    ),
    "global_clipnorm, early stopping": (
        lambda: network(keras.optimizers.SGD(0.05, global_clipnorm=0.1), mean_square),
        PLAIN,
        {"epochs": 12, "patience": 2, "mode": "max"},
    ),
    "clipnorm, decay, averages, class weights": (
        lambda: network(
            keras.optimizers.AdamW(0.01, clipnorm=0.1, use_ema=True, ema_momentum=0.5),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            head=3,
            metrics=["accuracy"],
        ),
        (X, CLASSES),
        {"class_weight": {0: 2.0, 1: 0.5}},
    ),
    "own optimizer, accumulation, schedule, normalization": (
        lambda: network(
            optimizers.Adam(
                schedules.OneCycle(0.02, total_steps=16),
                global_clipnorm=0.1,
                weight_decay=0.1,
                gradient_accumulation_steps=2,
            ),
            norm=True,
        ),
        PLAIN,
        {"weight_averaging": 2.0},
    ),
    "own averages, mean over weights": (
        lambda: network(
            optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=3),
            keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        ),
        PLAIN,
        {"sample_weight": WEIGHTS},
    ),
    "curves": (
        lambda: network(
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[
                keras.metrics.AUC(name="auc"),
                keras.metrics.BinaryCrossentropy(from_logits=True),  # of the sigmoid's
            ],
            activation="sigmoid",
        ),
        (X, (Y > 0).astype("float32")),
        {},
    ),
    "several outputs": (
        two_outputs,
        ({"first": X[:, :3], "second": X[:, 3:]}, {"size": Y, "kind": CLASSES}),
        {},
    ),
    "words": (words, (np.array(list("abc"))[CLASSES][:, None], Y), {}),
    "bfloat16": (
        lambda: in_low_precision("mixed_bfloat16", keras.optimizers.Adam(0.01)),
        PLAIN,
        {},
    ),
    "float16": (
        lambda: in_low_precision("mixed_float16", keras.optimizers.SGD(0.05)),
        SPIKE,
        {"shuffle": False},
    ),
    "float16, own optimizer": (
        lambda: in_low_precision("mixed_float16", optimizers.SGD(0.05)),
        SPIKE,
        {"shuffle": False},
    ),
    "padded, as for a TPU": (
        lambda: network(metrics=[], weighted_metrics=["mae"]),
        PLAIN,
        {"sample_weight": WEIGHTS},
    ),
}


def trained(strategy, case, **more):
    make, data, options = CASES[case]
    with strategy.scope():
        model = make()
    validation = keras.tree.map_structure(lambda a: a[:31], data)
    options = {"batch_size": 33, "epochs": 4, "seed": 2, **options, **more}
    history = fit(model, *data, validation_data=validation, verbose=0, **options)
    return model, history


def distances(strategy, case):
    """Of weights, optimizer state and history, relative to their size."""
    one, expected = trained(tf.distribute.get_strategy(), case, jit_compile=False)
    two, history = trained(strategy, case)
    assert history.best_epoch == expected.best_epoch
    assert list(history.history) == list(expected.history)

    def numbers(model):
        found = [*model.weights, *model.optimizer.variables]
        return [keras.ops.convert_to_numpy(v) for v in found]

    for weight in two.trainable_variables:
        first, second = strategy.experimental_local_results(weight.value)
        np.testing.assert_array_equal(first.numpy(), second.numpy())
    return {
        "weights": far(numbers(one), numbers(two)),
        "history": far(expected.history.values(), history.history.values()),
        "steps": int(two.optimizer.iterations.numpy()),
        "scale": float(getattr(two.optimizer, "dynamic_scale", tf.ones(())).numpy()),
    }


def far(a, b):
    return max(
        float(np.max(np.abs(np.subtract(p, q)) / (1 + np.abs(p)), initial=0))
        for p, q in zip(a, b, strict=True)
    )


def mirrored(*cases):
    strategy = two_cpus()
    found = {}
    for case in cases or CASES:
        static = case.startswith("padded")
        for module in (replicas, replica_checks):
            module.needs_static_shapes = lambda _, static=static: static
        found[case] = distances(strategy, case)
    return found


def two_cpus():
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )
    with placement(TrainingConfig(strategy="mirrored", device="cpu")):
        return tf.distribute.get_strategy()


def others():
    """What else holds on two replicas, by name."""
    strategy = two_cpus()
    return {
        "refused": refusals(strategy),
        "noise": noise(strategy),
        "resumed": resumed(strategy),
        "divergence": divergence(strategy),
        "shared loop": shared_loop(strategy),
        "job": job(),
        "streamed": streamed(strategy),
        "one process": single(),
    }


class OwnStep(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


def regularized():
    model = network()
    model.layers[1].activity_regularizer = keras.regularizers.L2(0.1)
    return model


def of_own_step():
    inputs = keras.Input((5,))
    model = OwnStep(inputs, layers.Dense(1)(inputs))
    model.compile("sgd", "mse")
    return model


def masked():
    inputs = keras.Input((5, 1))
    model = keras.Sequential([inputs, layers.Masking(), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


REFUSED = {
    "accumulation": lambda: network(
        keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    ),
    "overwriting": lambda: network(
        keras.optimizers.SGD(0.1, use_ema=True, ema_overwrite_frequency=2)
    ),
    "own step": of_own_step,
    "sum": lambda: network(loss=keras.losses.MeanSquaredError(reduction="sum")),
    "activity": regularized,
    "mask": masked,
    "eager": lambda: network(run_eagerly=True),
}


def refusals(strategy):
    found = {}
    for name, make in REFUSED.items():
        with strategy.scope():
            model = make()
        x = X[:, :, None] if name == "mask" else X
        y = np.repeat(Y[:, None], 5, axis=1) if name == "mask" else Y
        found[name] = message(lambda model=model, x=x, y=y: fit(model, x, y))
    with strategy.scope():
        model = network(loss=mean_square)
    weights = {"sample_weight": WEIGHTS}
    found["a number"] = message(lambda: fit(model, X, Y, **weights))
    with strategy.scope():
        model = network()
    found["xla"] = message(lambda: fit(model, X, Y, jit_compile=True))
    found["batch"] = message(lambda: fit(model, X, Y, batch_size=1))
    outside = network()
    with strategy.scope():
        found["outside"] = message(lambda: fit(outside, X, Y))
    optimizer = keras.optimizers.SGD(0.1)
    with strategy.scope():
        model = network()
        model.optimizer = optimizer
    found["optimizer outside"] = message(lambda: fit(model, X, Y))
    with strategy.scope():
        model = keras.Sequential([keras.Input((5,)), layers.BatchNormalization()])
        model.compile("sgd", "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(model, X, X, epochs=1)
    found["normalization"] = str(caught[0].message)
    return found


def message(call):
    try:
        call()
    except UsageError as error:
        return str(error)
    return "not refused"


def noise(strategy):
    """Whether two replicas draw the same, in Keras' step and in this package's."""
    with strategy.scope():
        drop = layers.Dropout(0.5, seed=1)
        model = keras.Sequential([keras.Input((5,)), drop, layers.Dense(1)])
        model.compile("sgd", "mse")

    fit(model, X, Y, epochs=1)  # builds it

    def equal():
        def draw():
            return drop(tf.ones((8, 8)), training=True)

        first, second = strategy.experimental_local_results(
            tf.function(lambda: strategy.run(draw))()
        )
        return bool(tf.reduce_all(first == second))

    before = equal()
    with traced_for_replicas(model):
        within = equal()
    return [before, within, equal()]


def resumed(strategy):
    """How far a training that was cut short and resumed is from a whole one."""

    def one(folder, epochs):
        with strategy.scope():
            model = network(optimizers.Adam(0.01), norm=True)
        options = {"checkpoint": Path(folder) / "state", "batch_size": 33}
        fit(model, X, Y, epochs=epochs, validation_data=(X, Y), **options)
        return [v.numpy() for v in model.weights]

    with tempfile.TemporaryDirectory() as folder:
        whole = one(Path(folder) / "whole", 6)

        def stop(epoch, logs):
            if epoch == 3:
                raise ZeroDivisionError

        with strategy.scope():
            model = network(optimizers.Adam(0.01), norm=True)
        cut = {"checkpoint": Path(folder) / "state", "checkpoint_seconds": 0}
        cut |= {"batch_size": 33, "epochs": 6, "validation_data": (X, Y)}
        callback = keras.callbacks.LambdaCallback(on_epoch_end=stop)
        with contextlib.suppress(ZeroDivisionError):
            fit(model, X, Y, callbacks=[callback], **cut)
        with strategy.scope():
            model = network(optimizers.Adam(0.01), norm=True)
        callback = keras.callbacks.LambdaCallback()
        history = fit(model, X, Y, callbacks=[callback], **cut)
    assert len(history.history["loss"]) == 6
    return far(whole, [v.numpy() for v in model.weights])


def divergence(strategy):
    with strategy.scope():
        model = network(keras.optimizers.SGD(1e30), norm=True)
    return str(fit(model, X, Y, batch_size=33, epochs=3).divergence)


def shared_loop(strategy):
    """How many loops two models of one architecture need, and how far they are."""
    before, found = compilations(), []
    for _ in range(2):
        with strategy.scope():
            model = network(optimizers.Adam(0.02))
        fit(model, X, Y, batch_size=33, epochs=2)
        found.append([w.numpy() for w in model.weights])
    return [compilations() - before, far(*found)]


def job():
    """A configuration's network is normalized over all replicas' rows."""
    found = []
    for name in ("none", "mirrored"):
        config = TrainingConfig(strategy=name, device="cpu")
        with placement(config):
            sizes = {"num_features": 5, "hidden": (4,), "dropout": 0.0}
            model = build_model("regression", seed=1, batch_norm=True, **sizes)
            options = {"validation_data": (X, Y), "seed": 2, "batch_size": 33}
            fit(model, X, Y, epochs=3, **options)
        found.append([w.numpy() for w in model.weights])
    return far(*found)


def streamed(strategy):
    """How far a training on rows from disk is on two replicas from one device."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        columns = {**{f"x{i}": X[:, i] for i in range(5)}, "y": Y[:, 0]}
        pa.parquet.write_table(pa.table(columns), path, row_group_size=20)

        def encode(table):
            x = np.stack([table[f"x{i}"].to_numpy() for i in range(5)], axis=1)
            return x, table["y"].to_numpy()[:, None], None

        # 3 buffers, the last one and its last batch uneven
        rows = RowStream(TableBlocks(path), encode, buffer_rows=26, batch_size=13)
        found = []
        for placed in (tf.distribute.get_strategy(), strategy):
            with placed.scope():
                model = network(optimizers.Adam(0.01), norm=True)
            fit(model, rows, epochs=3, validation_data=(X, Y), jit_compile=False)
            found.append([keras.ops.convert_to_numpy(w) for w in model.weights])
    return far(*found)


def worker(index, ports, folder, kill_at=""):
    """Train as one of two workers; worker ``kill_at[0]`` dies after an epoch."""
    os.environ["TF_CONFIG"] = json.dumps(
        {
            "cluster": {"worker": [f"127.0.0.1:{port}" for port in ports.split(",")]},
            "task": {"type": "worker", "index": int(index)},
        }
    )
    if kill_at and kill_at[0] == index:
        at = int(kill_at[1:])

        def die(epoch, logs):
            if epoch == at:
                os.kill(os.getpid(), signal.SIGKILL)

        callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=die)]
    else:
        callbacks = [keras.callbacks.LambdaCallback()]
    with placement(TrainingConfig(strategy="multi_worker")):
        model = workers_network()
    path = Path(folder) / "state"
    options = {"checkpoint": path, "checkpoint_seconds": 0, **WORKERS_FIT}
    history = fit(model, X, Y, callbacks=callbacks, **options)
    return {**answer(model, history), "job": whole_job(folder)}


def whole_job(folder):
    """What `train` reports of a configuration, with the same strategy."""
    table = {**{f"x{i}": X[:, i] for i in range(5)}, "y": Y[:, 0]}
    config = {
        "name": "job",
        "data": {"target": "y"},
        "model": {"hidden": [4]},
        "training": {"epochs": 3, "strategy": "multi_worker"},
    }
    said = []
    folder = Path(folder) / "runs"
    run = train(config, data=table, folder=folder, report=said.append)
    return {"metrics": run.metrics["network"], "path": str(run.path), "said": len(said)}


def single():
    model = workers_network()
    return answer(model, fit(model, X, Y, jit_compile=False, **WORKERS_FIT))


def workers_network():
    return network(optimizers.Adam(0.01, clipvalue=0.05), norm=True)


WORKERS_FIT = {
    "batch_size": 33,
    "epochs": 6,
    "seed": 2,
    "validation_data": (X[:31], Y[:31]),
    "restore_best_weights": False,
    "verbose": 1,
}


def answer(model, history):
    weights = [*model.weights, *model.optimizer.variables]
    return {
        "weights": [keras.ops.convert_to_numpy(w).tolist() for w in weights],
        "losses": history.history["val_loss"],
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))  # noqa: T201
