"""`Model.fit` at its best setting of `jit_compile` and `steps_per_execution`."""

from networks import network
from worker import rows, serve


def prepare(case):
    x, y = rows(case)
    # tried: 1, 10, 50, 100 steps, with and without XLA; a short training is better off
    # without a compiler
    model = network(case, jit_compile=case["long"], steps_per_execution=50)

    def train(epochs):
        model.fit(x, y, batch_size=case["batch_size"], epochs=epochs, verbose=0)

    return train


serve(prepare)
