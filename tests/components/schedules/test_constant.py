import numpy as np

from mlpkit.components.schedules import Constant


def test_it_never_changes():
    np.testing.assert_array_equal(Constant(0.3).curve(1000), 0.3)
