import keras
import numpy as np
import pytest

from mlpkit.components.optimizers import SGD, Adam
from mlpkit.components.optimizers.run_time_values import check_number, make_scalar


@pytest.mark.parametrize(
    ("closed", "inside", "outside"),
    [
        ("", [0.5], [0, 1]),
        ("left", [0, 0.5], [-1e-9, 1]),
        ("right", [0.5, 1], [0, 1.1]),
        ("both", [0, 1], [-0.1, 1.1]),
    ],
)
def test_numbers_in_and_out_of_their_range(closed, inside, outside):
    for value in inside:
        assert check_number(self_named(), "x", value, 0, 1, closed=closed) == value
    for value in outside:
        with pytest.raises(ValueError, match=f"Named: x must be in .*, got {value}"):
            check_number(self_named(), "x", value, 0, 1, closed=closed)


def self_named():
    return type("Named", (), {})()


@pytest.mark.parametrize("value", [np.float32(0.25), np.int64(0), 0.25])
def test_numpy_numbers_are_numbers(value):
    assert check_number(self_named(), "x", value, 0, 1, closed="left") == float(value)


@pytest.mark.parametrize("value", [True, "0.5", None, [0.5], float("nan")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match=r"Named: x must be in \(0, 1\), got"):
        check_number(self_named(), "x", value, 0, 1)


def test_a_value_keeps_all_its_digits():
    optimizer = Adam(0.001, beta_2=0.999)
    assert float(optimizer.beta_2) == 0.999
    assert float(optimizer.learning_rate) == 0.001


def test_a_value_out_of_range_is_refused_later_too():
    optimizer = Adam()
    with pytest.raises(ValueError, match=r"Adam: beta_1 must be in \[0, 1\), got 1.5"):
        optimizer.beta_1 = 1.5
    with pytest.raises(ValueError, match=r"Adam: beta_1 must be in \[0, 1\), got None"):
        optimizer.beta_1 = None
    assert float(optimizer.beta_1) == 0.9


def test_a_tensor_may_be_assigned():
    optimizer = Adam()
    optimizer.beta_1 = keras.ops.convert_to_tensor(0.5, "float64")
    assert optimizer.get_config()["beta_1"] == 0.5


def test_what_was_left_out_cannot_come_after_build():
    optimizer = SGD()
    assert optimizer.weight_decay is None
    optimizer.build([keras.Variable([1.0])])
    with pytest.raises(
        ValueError, match="SGD: weight_decay must be given to the const"
    ):
        optimizer.weight_decay = 0.1


def test_what_was_left_out_may_come_before_build():
    optimizer = SGD(0.5)
    optimizer.weight_decay = 0.5
    weight = keras.Variable([1.0], name="kernel")
    optimizer.apply([keras.ops.zeros((1,))], [weight])
    assert float(weight.numpy()[0]) == 0.75


def test_config_has_a_value_that_a_graph_assigned():
    optimizer = Adam()
    optimizer.beta_2.assign(0.5)
    assert optimizer.get_config()["beta_2"] == 0.5


def test_scalars_belong_to_the_state():
    optimizer = SGD()
    scalar = make_scalar(optimizer, "extra", 2.0)
    assert any(v is scalar for v in optimizer.variables)
