import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.row_axes import with_row_axes


@pytest.mark.parametrize(
    ("values", "outputs", "width", "expected"),
    [
        ((5,), (5, 3), 1, (5, 1)),
        ((5, 1), (5, 3), 1, (5, 1)),
        ((5, 3), (5, 3), 3, (5, 3)),
        ((5,), (2, 5, 3), 1, (5, 1)),
        ((5, 1), (2, 5, 3), 1, (5, 1)),
        ((2, 5), (2, 5, 3), 1, (2, 5, 1)),
        ((2, 5, 1), (2, 5, 3), 1, (2, 5, 1)),
        ((5, 3), (2, 5, 3), 3, (5, 3)),
        ((2, 5, 3), (2, 5, 3), 3, (2, 5, 3)),
        # one row, or as many rows as members
        ((1,), (2, 1, 3), 1, (1, 1)),
        ((1, 1), (2, 1, 3), 1, (1, 1)),
        ((2, 1), (2, 1, 3), 1, (2, 1, 1)),
        ((2, 1), (2, 2, 3), 1, (2, 1)),
        ((2, 2), (2, 2, 3), 1, (2, 2, 1)),
        ((1, 5), (1, 5, 3), 1, (1, 5, 1)),
    ],
)
def test_every_way_to_write_them(values, outputs, width, expected):
    found = with_row_axes(tf.zeros(values), tf.zeros(outputs), width, "Loss")
    assert found.shape == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [((None,), (None, 1)), ((None, 1), (None, 1)), ((2, None), (2, None, 1))],
)
def test_rows_that_are_not_known_yet(values, expected):
    specs = tf.TensorSpec(values), tf.TensorSpec((2, None, 3))

    @tf.function(input_signature=specs)
    def function(y, outputs):
        return with_row_axes(y, outputs, 1, "Loss")

    shape = function.get_concrete_function().structured_outputs.shape
    assert tuple(shape) == expected


@pytest.mark.parametrize(
    ("values", "outputs", "width"),
    [
        ((4,), (5, 3), 1),
        ((3, 5), (2, 5, 3), 1),
        ((1, 5), (2, 5, 3), 1),
        ((5, 2), (5, 3), 3),
        ((5,), (5, 3), 3),
        ((2, 5, 1), (5, 3), 1),
        ((), (5, 3), 1),
        ((5,), (5,), 1),
        ((1, 2, 5), (1, 2, 5, 3), 1),
    ],
)
def test_shapes_that_do_not_fit(values, outputs, width):
    message = rf"Loss: .*same rows and {width} per row, got shapes \({outputs[0]}"
    with pytest.raises(ValueError, match=message):
        with_row_axes(np.zeros(values), np.zeros(outputs), width, "Loss")
