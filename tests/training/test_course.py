"""Which epochs end with a validation, and with a value to compare."""

import numpy as np
import pytest

from mlpkit.training.course import Course
from mlpkit.training.monitor import Monitor
from mlpkit.training.rows import Rows

ROWS = Rows.of(np.ones((2, 1)))


@pytest.mark.parametrize(
    ("freq", "expected"),
    [
        (1, [0, 1, 2, 3, 4, 5]),
        (np.int64(3), [2, 5]),
        ([1, 5], [0, 4]),
        ({2}, [1]),
    ],
)
def test_validations_as_keras_counts_them(freq, expected):
    course = Course(6, validation=ROWS, validation_freq=freq)
    assert [e for e in range(6) if course.validates(e)] == expected
    assert not any(Course(6, validation_freq=freq).validates(e) for e in range(6))


def test_a_value_of_the_training_is_there_in_every_epoch():
    def compared(name):
        monitor = None if name is None else Monitor(name)
        course = Course(4, validation=ROWS, validation_freq=2, monitor=monitor)
        return [e for e in range(4) if course.compares(e)]

    assert compared("loss") == [0, 1, 2, 3]
    assert compared("val_loss") == [1, 3]
    assert compared(None) == []


def test_patience_is_expected_to_end_a_training_early():
    assert Course(200).likely_epochs == 200
    assert Course(200, patience=25).likely_epochs == 100
    assert Course(200, initial_epoch=100, patience=25).likely_epochs == 50
    assert Course(32, patience=25).likely_epochs == 26  # it cannot end before
    assert Course(20, patience=50).likely_epochs == 20
