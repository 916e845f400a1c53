from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mlpkit.components.optimizers.buffers import Buffer
from mlpkit.components.optimizers.clipping import clip


def options(**given):
    names = ("clipvalue", "clipnorm", "global_clipnorm")
    return SimpleNamespace(**{name: given.get(name) for name in names})


@pytest.fixture
def buffers():
    shapes = [(2, 2), (3,)], [(4,)]
    return [
        Buffer(
            [keras.Variable(np.zeros(s)) for s in group], range(len(group)), [True] * 2
        )
        for group in shapes
    ]


@pytest.fixture
def packed(buffers):
    shared = [np.full((2, 2), 3.0, "float32"), np.array([0.0, 0.3, 0.4], "float32")]
    return [
        buffers[0].join([keras.ops.convert_to_tensor(p) for p in shared]),
        keras.ops.convert_to_tensor(np.array([8.0, 0, 0, 6.0], "float32")),
    ]


def test_values(buffers, packed):
    first, second = clip(packed, buffers, options(clipvalue=0.35))
    np.testing.assert_allclose(second, [0.35, 0, 0, 0.35])
    np.testing.assert_allclose(buffers[0].split(first)[1], [0, 0.3, 0.35])


def test_each_norm_on_its_own(buffers, packed):
    first, second = clip(packed, buffers, options(clipnorm=1.0))
    kernel, bias = buffers[0].split(first)
    np.testing.assert_allclose(np.linalg.norm(kernel), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(bias, np.float32([0, 0.3, 0.4]))  # not touched
    np.testing.assert_allclose(second, [0.8, 0, 0, 0.6], rtol=1e-6)


def test_all_norms_together(buffers, packed):
    norm = np.sqrt(36 + 0.25 + 100)
    first, second = clip(packed, buffers, options(global_clipnorm=2.0))
    np.testing.assert_allclose(first, np.asarray(packed[0]) * 2 / norm, rtol=1e-6)
    np.testing.assert_allclose(second, np.asarray(packed[1]) * 2 / norm, rtol=1e-6)
    unchanged = clip(packed, buffers, options(global_clipnorm=20.0))
    np.testing.assert_array_equal(unchanged[1], packed[1])


def test_zeros_stay_zeros(buffers, packed):
    zeros = [keras.ops.zeros_like(p) for p in packed]
    for option in ("clipnorm", "global_clipnorm", "clipvalue"):
        for gradient in clip(zeros, buffers, options(**{option: 1.0})):
            np.testing.assert_array_equal(gradient, 0.0)


def test_without_options_nothing_happens(buffers, packed):
    assert clip(packed, buffers, options()) == packed
