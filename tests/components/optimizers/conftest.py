"""Runs optimizers over given gradients, in float64 and compiled."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

REFERENCE = runpy.run_path(
    str(Path(__file__).parents[2] / "reference" / "make_optimizers_torch.py")
)


@pytest.fixture
def gradients():
    """Kind → gradients of 300 steps over 4 weights."""
    return REFERENCE["gradients"]


@pytest.fixture
def every_gradient():
    """Gradients of all kinds side by side: random, sparse, zero, huge, denormal, …"""
    kinds = [REFERENCE["gradients"](kind) for kind in REFERENCE["KINDS"]]
    return np.concatenate(kinds, axis=1)


@pytest.fixture
def start():
    """First weights."""
    return np.array(REFERENCE["START"])


@pytest.fixture
def starts():
    """First weights for ``every_gradient``."""
    return np.tile(REFERENCE["START"], len(REFERENCE["KINDS"]))


@pytest.fixture
def run(start):
    """The weights after every step, from ``start`` or as many of it as are needed."""

    def run(optimizer, gradients, dtype="float64", xla=False):
        gradients = np.asarray(gradients)
        first = np.tile(start, gradients.shape[1] // len(start))
        weight = keras.Variable(first, dtype=dtype, name="kernel")
        optimizer.build([weight])
        step = tf.function(
            lambda g: optimizer.apply([g]), jit_compile=xla, autograph=False
        )
        weights = []
        for gradient in gradients:
            step(tf.constant(gradient, dtype))
            weights.append(weight.numpy())
        return np.array(weights)

    return run
