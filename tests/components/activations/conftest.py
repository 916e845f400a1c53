"""Curves against three witnesses: a formula, finite differences, and PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

REFERENCE = Path(__file__).parents[2] / "reference" / "activations_torch.json"


def value_and_slope(layer, x, **call):
    """y and dy/dx of each element, as float64 arrays."""
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, **call)
    slope = tape.gradient(y, x)
    return tf.cast(y, "float64").numpy(), tf.cast(slope, "float64").numpy()


@pytest.fixture(name="value_and_slope")
def _value_and_slope():
    return value_and_slope


@pytest.fixture(scope="session")
def torch_reference():
    return json.loads(REFERENCE.read_text())


@pytest.fixture
def check_curve(torch_reference):
    """A float64 layer against a NumPy formula, its differences, and PyTorch's file."""

    def check(layer, formula, torch_name=None, *, kink=True):
        x = np.concatenate([np.linspace(-14.9, 14.9, 299), [-30.0, -1e-3, 1e-3, 30.0]])
        y, slope = value_and_slope(layer, x)
        np.testing.assert_allclose(y, formula(x), rtol=2e-13, atol=1e-300)
        away = np.abs(x) > 2e-6 if kink else np.full(x.shape, fill_value=True)
        h = 1e-6
        differences = (formula(x + h) - formula(x - h)) / (2 * h)
        np.testing.assert_allclose(slope[away], differences[away], rtol=0, atol=1e-8)
        if torch_name:
            theirs = torch_reference[torch_name]
            y, slope = value_and_slope(layer, np.array(torch_reference["x"]))
            np.testing.assert_allclose(y, theirs["y"], rtol=2e-13, atol=2e-16)
            np.testing.assert_allclose(slope, theirs["dy"], rtol=2e-12, atol=2e-15)

    return check
