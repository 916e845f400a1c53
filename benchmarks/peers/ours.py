"""`mlpkit.fit` on a plain Keras model."""

import os

from networks import network
from worker import rows, serve

from mlpkit import fit


def prepare(case):
    x, y = rows(case)
    model = network(case)
    jit = True if case["long"] else "auto"
    exact = os.environ.get("DETERMINISTIC") != "0"  # matters on a GPU alone

    def train(epochs):
        size = case["batch_size"]
        fit(
            model,
            x,
            y,
            batch_size=size,
            epochs=epochs,
            jit_compile=jit,
            deterministic=exact,
            verbose=0,
        )

    return train


serve(prepare)
