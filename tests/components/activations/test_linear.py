from mlpkit.components.activations import Linear


def test_is_the_identity(check_curve):
    check_curve(Linear(dtype="float64"), lambda x: x)
