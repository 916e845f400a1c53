# ruff: noqa: NPY002 - the generators of strangers
import random

import keras
import numpy as np

from mlpkit.tuning.seeds import execution_seed, seeded, trial_seed


def test_seeds_differ_by_each_number():
    found = {trial_seed(s, n) for s in range(20) for n in range(50)}
    assert len(found) == 1000
    assert all(0 <= seed < 2**31 for seed in found)
    assert execution_seed(7, 0) == 7
    assert len({execution_seed(7, i) for i in range(50)}) == 50


def test_layers_without_a_seed_are_the_same_and_others_chance_goes_on():
    random.seed(3)
    np.random.seed(3)
    wanted = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    kernels = []
    for _ in range(2):
        with seeded(5):
            layer = keras.layers.Dense(3)
            layer.build((None, 2))
            kernels.append(np.asarray(layer.kernel))
    np.testing.assert_array_equal(*kernels)
    assert (random.random(), np.random.random()) == wanted
