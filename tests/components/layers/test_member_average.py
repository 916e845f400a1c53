import numpy as np
import pytest

from mlpkit.components.layers import MemberAverage

Z = np.random.default_rng(0).normal(scale=3, size=(4, 7, 3))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(
    ("activation", "f"),
    [
        ("linear", lambda z: z),
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
        ("softmax", softmax),
    ],
)
def test_output_of_the_result_is_the_mean_of_the_outputs(activation, f):
    z = np.asarray(MemberAverage(activation)(Z.astype("float32")), "float64")
    np.testing.assert_allclose(f(z), f(Z).mean(axis=0), rtol=1e-5, atol=1e-6)


def test_logarithms_do_not_underflow():
    z = MemberAverage("softmax")(np.array([[[0.0, 200.0]], [[0.0, 180.0]]]))
    expected = -180 - np.log(2) + np.log1p(np.exp(-20))
    assert z.numpy()[0, 0] == pytest.approx(expected, rel=1e-6)
    z = MemberAverage("sigmoid")(np.array([[[-200.0]], [[-180.0]]]))
    assert z.numpy()[0, 0] == pytest.approx(expected, rel=1e-6)


def test_bad_arguments_and_inputs():
    with pytest.raises(ValueError, match="must be one of 'linear', 'sigmoid', 'soft"):
        MemberAverage("tanh")
    with pytest.raises(ValueError, match=r"\(members, rows, units\), got shape \(7, 3"):
        MemberAverage()(Z[0])
