"""What must hold of plain arguments, and what came instead."""

import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.training.arguments import check_arguments


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"epochs": "5"}, "fit: epochs must be a whole number, got '5'"),
        ({"epochs": None}, "epochs must be a whole number, got None"),
        ({"epochs": True}, "epochs must be a whole number, got True"),
        ({"epochs": 0}, "epochs must be >= 1, got 0"),
        ({"initial_epoch": -1}, "initial_epoch must be >= 0, got -1"),
        ({"batch_size": 2.5}, "batch_size must be a whole number, got 2.5"),
        ({"patience": 0}, "patience must be >= 1, got 0"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be >= 1, got 0"),
        ({"validation_steps": 0}, "validation_steps must be >= 1, got 0"),
        ({"validation_batch_size": -3}, "validation_batch_size must be >= 1, got -3"),
        ({"validation_freq": 0}, "validation_freq must be >= 1, got 0"),
        ({"validation_freq": "2"}, "validation_freq must be a whole number, got '2'"),
        ({"validation_freq": [1, 0]}, "epoch of validation_freq must be >= 1, got 0"),
        ({"validation_split": "0.2"}, "validation_split must be a number >= 0, got '"),
        ({"validation_split": float("nan")}, "must be a number >= 0, got nan"),
        ({"checkpoint_seconds": None}, "checkpoint_seconds must be a number >= 0"),
        ({"verbose": "x"}, "verbose must be 'auto', 0, 1, 2, False or True, got 'x'"),
        ({"shuffle": "batch"}, "shuffle must be True or False, got 'batch'"),
        ({"restore_best_weights": 1}, "restore_best_weights must be True or False"),
        ({"jit_compile": "yes"}, "jit_compile must be True, False or 'auto', got 'y"),
        ({"seed": -1}, "seed must be >= 0, got -1"),
        ({"seed": 1.0}, "seed must be a whole number, got 1.0"),
    ],
)
def test_what_must_hold_is_told(arguments, said):
    with pytest.raises(UsageError, match=said):
        check_arguments(**arguments)


def test_numbers_of_numpy_and_what_may_be_left_out_pass():
    check_arguments(epochs=np.int64(3), validation_split=np.float32(0.2), verbose=True)
    check_arguments(batch_size=None, patience=None, seed=None, validation_freq=[2, 5])
