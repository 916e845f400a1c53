"""Seeds by number, so that any trial can be trained again alone."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


def trial_seed(search_seed: int, number: int) -> int:
    """Return the seed of a trial, in [0, 2³¹): a hash of the two numbers.

    >>> trial_seed(1, 1) == trial_seed(1, 1) != trial_seed(1, 2)
    True
    """
    return _hashed(search_seed, number)


def execution_seed(seed: int, execution: int) -> int:
    """Return the seed of a training of a trial; the first one has the trial's own."""
    return seed if execution == 0 else _hashed(seed, execution)


def _hashed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0] >> 1)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """A context in which layers that name no seed get theirs from this one.

    Keras draws them from Python's generator, which continues afterwards as before, and
    so does NumPy's. Keras' own `set_random_seed` could not be taken back.
    """
    before = random.getstate(), np.random.get_state()  # noqa: NPY002 - not ours
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])  # noqa: NPY002
