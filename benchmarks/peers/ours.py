"""`mlpkit.fit` on a plain Keras model."""

from networks import network
from worker import rows, serve

from mlpkit import fit


def prepare(case):
    x, y = rows(case)
    model = network(case)
    jit = True if case["long"] else "auto"

    def train(epochs):
        size = case["batch_size"]
        fit(model, x, y, batch_size=size, epochs=epochs, jit_compile=jit, verbose=0)

    return train


serve(prepare)
