"""The components that need no TensorFlow, on JAX: `make test-jax` (float64 enabled)."""

import inspect
import json
import runpy
from pathlib import Path

import jax
import keras
import numpy as np
import pytest

from mlpkit.components.activations import ACTIVATIONS, GELU
from mlpkit.components.initializers import INITIALIZERS, initializer_for
from mlpkit.components.layers import (
    PBLD,
    Dropout,
    FrontScale,
    MemberScale,
    PeriodicEmbedding,
    PiecewiseLinear,
    ScaledDense,
)
from mlpkit.components.noise import Noise
from mlpkit.components.optimizers import OPTIMIZERS
from mlpkit.components.schedules import SCHEDULES, OneCycle

REFERENCE = Path(__file__).parents[1] / "reference"
CURVES = json.loads((REFERENCE / "activations_torch.json").read_text())
WEIGHTS = json.loads((REFERENCE / "optimizers_torch.json").read_text())
GIVEN = runpy.run_path(str(REFERENCE / "make_optimizers_torch.py"))


def test_backend():
    assert keras.backend.backend() == "jax"


@pytest.mark.parametrize("name", sorted(ACTIVATIONS.keys() & CURVES.keys()))
def test_activation_equals_pytorch(name):
    layer = ACTIVATIONS[name](dtype="float64")
    x = np.array(CURVES["x"])
    # JAX 0.10 computes tanh on CPUs to the digits of float32 only
    exact = 1e-6 if name == "tanh" else 1e-12
    np.testing.assert_allclose(layer(x), CURVES[name]["y"], rtol=exact, atol=1e-15)
    away = np.abs(x) > 1e-6
    slope = jax.grad(lambda x: layer(x).sum())(x)
    expected = np.array(CURVES[name]["dy"])
    np.testing.assert_allclose(
        slope[away], expected[away], rtol=100 * exact, atol=100 * exact
    )


def test_exact_gelu_equals_pytorch():
    y = GELU(approximate=False, dtype="float64")(np.array(CURVES["x"]))
    np.testing.assert_allclose(y, CURVES["gelu_exact"]["y"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_trains_compiled(name):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), ACTIVATIONS[name]()]
    )
    model.compile("sgd", "mse", jit_compile=True)
    x = np.random.default_rng(0).normal(size=(16, 3))
    history = model.fit(x, np.zeros((16, 4)), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


@pytest.mark.parametrize(
    "embedding",
    [
        PBLD(2),
        PeriodicEmbedding(2),
        PiecewiseLinear([[-1.0, 0.0, 1.0], [0.0, 1.0]]),
        PiecewiseLinear([[-1.0, 0.0, 1.0], [0.0, 1.0]], version="A"),
    ],
)
def test_layers_train_compiled(embedding):
    model = keras.Sequential(
        [keras.Input((3,)), embedding, FrontScale(), ScaledDense(4), Dropout(0.2)]
    )
    model.compile("sgd", "mse", jit_compile=True)
    x = np.random.default_rng(0).normal(size=(16, 3))
    history = model.fit(x, np.zeros((16, 4)), epochs=2, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_members_side_by_side():
    views = MemberScale(4)(np.ones((6, 3)))
    assert ScaledDense(2, members=4)(views).shape == (4, 6, 2)


def test_noise_is_that_of_the_other_backend():
    bits = Noise(np.array([3, 4])).bits((3,))
    assert np.asarray(bits).tolist() == [3258664835, 3701777757, 2118410058]


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_call_is_its_curve(name):
    parameters = inspect.signature(SCHEDULES[name]).parameters
    given = {"total_steps": 40, "decay_steps": 10, "decay_rate": 0.5, "step_size": 10}
    needed = [n for n, p in parameters.items() if p.default is p.empty]
    schedule = SCHEDULES[name](0.1, **{n: given[n] for n in needed[1:]})
    found = [float(schedule(step)) for step in range(45)]
    np.testing.assert_allclose(found, schedule.curve(45), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializer(name):
    assert INITIALIZERS[name]()((3, 4)).shape == (3, 4)
    assert initializer_for("gelu", seed=1)((3, 4)).shape == (3, 4)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS.keys() & WEIGHTS["weights"].keys()))
def test_optimizer_equals_pytorch(name):
    rate = 1.0 if name == "adadelta" else WEIGHTS["rate"]
    steps = GIVEN["gradients"]("random")
    weight = keras.Variable(np.array(GIVEN["START"]), dtype="float64", name="kernel")
    optimizer = OPTIMIZERS[name](rate)
    found = []
    for step, gradient in enumerate(steps, start=1):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        if step in GIVEN["SHOWN"]:
            found.append(np.array(weight.value))
    # rates and decays are float32 scalars on JAX, over up to 300 steps
    expected = WEIGHTS["weights"][name]["random"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_one_cycle_drives_momentum_inside_a_compiled_step():
    optimizer = OPTIMIZERS["momentum"](OneCycle(0.1, total_steps=8))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse", jit_compile=True)
    x = np.ones((8, 2))
    model.fit(x, x[:, :1], batch_size=2, epochs=2, verbose=0)
    expected = OneCycle(0.1, total_steps=8).momentum_curve(8)[-1]
    assert float(optimizer.momentum) == pytest.approx(expected)
