import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import SGD, AdaGrad, Adam


def built(optimizer, dtype="float32"):
    optimizer.build([keras.Variable(np.ones((2, 3)), dtype=dtype, name="kernel")])
    return optimizer


def names(optimizer):
    return [v.path.split("/")[-1] for v in optimizer.variables]


def test_plain_descent_remembers_nothing():
    assert names(built(SGD())) == ["iteration", "learning_rate", "skipped_steps"]


def test_the_order_of_the_state_is_that_of_checkpoints():
    optimizer = built(Adam(use_ema=True, gradient_accumulation_steps=2))
    own = ["mean_0", "squares_0", "accumulator_0", "mean_weight", "squares_weight"]
    assert names(optimizer)[5:] == [*own, "kernel_average"]


def test_narrow_variables_have_wide_state():
    optimizer = built(Adam(use_ema=True), dtype="bfloat16")
    assert "master_0" in names(optimizer)
    kinds = {keras.backend.standardize_dtype(v.dtype) for v in optimizer.variables}
    assert kinds == {"float32", "float64", "int64"}


def test_a_start_keeps_its_digits_in_float64():
    optimizer = built(AdaGrad(initial_accumulator_value=0.1), dtype="float64")
    (buffer,) = optimizer.state.buffers
    np.testing.assert_array_equal(buffer.slots["squares"].numpy(), 0.1)


def test_updates_done_leave_skipped_ones_out():
    optimizer = SGD()
    weight = keras.Variable([1.0])
    for gradient in (1.0, np.nan, 2.0):
        optimizer.apply([keras.ops.array([gradient])], [weight])
    assert int(optimizer.state.updates_done()) == 2
    assert int(optimizer.iterations) == 3


@pytest.mark.parametrize("steps", [2, 3])
def test_an_accumulated_nan_is_skipped_once(steps):
    optimizer = SGD(0.5, gradient_accumulation_steps=steps)
    weight = keras.Variable([1.0])
    optimizer.apply([keras.ops.array([np.nan])], [weight])
    for _ in range(2 * steps - 1):
        optimizer.apply([keras.ops.array([1.0])], [weight])
    assert int(optimizer.skipped_steps) == 1
    assert float(weight.numpy()[0]) == 0.5


def test_variables_overwritten_by_gradients_are_left_to_keras():
    scale = keras.Variable([1.0], name="scale")
    scale.overwrite_with_gradient = True
    weight = keras.Variable([1.0], name="kernel")
    optimizer = SGD(0.5, use_ema=True)
    optimizer.apply([keras.ops.array([7.0]), keras.ops.array([1.0])], [scale, weight])
    assert float(scale.numpy()[0]) == 7.0
    assert float(weight.numpy()[0]) == 0.5
    optimizer.finalize_variable_values([scale, weight])
    assert float(scale.numpy()[0]) == 7.0
