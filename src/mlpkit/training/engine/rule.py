"""XLA or a plain graph, and how many steps are compiled as one block."""

import keras

_BLOCK_BYTES = 4 * 2**20
_LONGEST_BLOCK = 64
_WORTH_COMPILING = 4_000
"""Steps from which compiling pays: `benchmarks/fit.py --rule` measures it."""


def block_steps(
    model: keras.Model, *, steps: int, batch_bytes: int, jit_compile: bool | str
) -> int:
    """Return how many steps XLA shall compile as one block; 0: a plain graph.

    The decision depends on the job alone, never on a measured time: XLA and the plain
    graph round differently, and one seed must give the same bits again.

    Args:
        model: Compiled and built.
        steps: Of the whole training.
        batch_bytes: Of one batch of all inputs and targets.
        jit_compile: True, False, or "auto".
    """
    able = all(
        getattr(layer, "supports_jit", True) for layer in model._flatten_layers()
    )
    distributed = model.distribute_strategy.num_replicas_in_sync > 1
    if not jit_compile or distributed or not able:
        return 0
    if jit_compile == "auto" and steps < _WORTH_COMPILING:
        return 0
    return max(1, min(_LONGEST_BLOCK, _BLOCK_BYTES // max(1, batch_bytes)))
