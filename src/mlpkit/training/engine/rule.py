"""XLA or a plain graph, and how many steps are compiled as one block."""

import math

import keras

from mlpkit.errors import UsageError
from mlpkit.training.engine.determinism import on_gpu

_BLOCK_BYTES = 4 * 2**20
_LONGEST_BLOCK = 64
_WORTH_COMPILING = 5_000
_WORTH_COMPILING_ON_GPU = 500
_HALF_OF_THEM = 100_000
_HALF_BY_ELEMENTS = 25_000
"""Likely steps from which XLA compiles: 5,000 for small networks, half of them with
so many weights, or with so many numbers of a batch between the products, of which each
step saves more. `benchmarks/fit.py --rule` measures from how many steps on compiling
pays at once. With the numbers between the products it begins with about two thirds of
these, as later fits of the network compile nothing (`benchmarks/estimators.py` times
first and later ones). On an H200 a step took 1.7 to 4 ms without XLA, as each
operation waits for its start, 0.1 to 0.3 ms with it, and compiling 1 to 2 s longer."""


def block_steps(
    model: keras.Model,
    *,
    steps: int,
    batch_size: int,
    batch_bytes: int,
    jit_compile: bool | str,
) -> int:
    """Return how many steps XLA shall compile as one block; 0: a plain graph.

    The decision depends on the job alone, never on a measured time: XLA and the plain
    graph round differently, and one seed must give the same bits again.

    Args:
        model: Compiled and built.
        steps: That the training is likely to take.
        batch_size: Rows per step.
        batch_bytes: Of one batch of all inputs and targets.
        jit_compile: True, False, or "auto".

    Raises:
        UsageError: XLA is asked for on several replicas.
    """
    able = all(
        getattr(layer, "supports_jit", True) for layer in model._flatten_layers()
    )
    distributed = model.distribute_strategy.num_replicas_in_sync > 1
    if distributed and jit_compile is True:
        msg = (
            "fit: jit_compile must be False or 'auto' on several replicas, which run "
            "as a plain graph; got True"
        )
        raise UsageError(msg)
    if not jit_compile or distributed or not able:
        return 0
    weights = model.count_params() / _HALF_OF_THEM
    elements = batch_size * sum(between_products(model)) / _HALF_BY_ELEMENTS
    worth = _WORTH_COMPILING / (1 + weights + elements)
    if on_gpu(model):
        worth = min(worth, _WORTH_COMPILING_ON_GPU)
    if jit_compile == "auto" and steps < worth:
        return 0
    return max(1, min(_LONGEST_BLOCK, _BLOCK_BYTES // max(1, batch_bytes)))


def between_products(model: keras.Model) -> list[int]:
    """Return the numbers per row of each layer without a kernel, where it is known."""
    layers = [
        layer
        for layer in model.layers
        if not hasattr(layer, "kernel")
        and not isinstance(layer, keras.layers.InputLayer)
    ]
    shapes = [getattr(getattr(la, "output", None), "shape", None) for la in layers]
    # the rows are the dimension that is None; members or views lead them
    return [math.prod(n or 1 for n in shape) for shape in shapes if shape]
