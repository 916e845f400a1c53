"""A training with everything that has a state; prints a digest of all it ends with."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import hashlib
import sys
import time

import keras
import numpy as np

from mlpkit import optimizers, schedules
from mlpkit.training import fit


class EverySlowly(keras.callbacks.Callback):
    """Gives the killer time."""

    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.05)


def main():
    state, pace = sys.argv[1:]
    if pace == "slow":
        sync = os.fsync

        def slow_sync(file):
            time.sleep(0.5)
            sync(file)

        os.fsync = slow_sync
    generator = np.random.default_rng(0)
    x = generator.normal(size=(500, 8)).astype("float32")
    y = (x[:, :1] * x[:, 1:2] + generator.normal(size=(500, 1))).astype("float32")
    keras.utils.set_random_seed(2)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(16, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.GaussianNoise(0.1),
            layers.Dense(1),
        ]
    )
    rate = schedules.OneCycle(0.01, total_steps=120 * 11)
    model.compile(optimizers.Adam(rate), "mse", metrics=["mae"])
    history = fit(
        model,
        x[:350],
        y[:350],
        batch_size=32,
        epochs=120,
        validation_data=(x[350:], y[350:]),
        patience=100,
        callbacks=[
            EverySlowly(),
            keras.callbacks.EarlyStopping("loss", patience=100),
        ],
        checkpoint=state,
        checkpoint_seconds=0,
    )
    digest = hashlib.sha256(repr((history.history, history.best_epoch)).encode())
    for variable in [*model.variables, *model.optimizer.variables]:
        digest.update(keras.ops.convert_to_numpy(variable).tobytes())
    sys.stdout.write(f"{len(history.epoch)} {digest.hexdigest()}\n")


if __name__ == "__main__":
    main()
