import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from mlpkit.components.metrics import MemberError

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 4, 30)
P = RNG.dirichlet(np.ones(4), size=(3, 30)).astype("float32")
WEIGHT = RNG.uniform(size=30).astype("float32")


def by_sklearn(y, found):
    return 1 - accuracy_score(y, found, sample_weight=WEIGHT)


@pytest.mark.parametrize("targets", ["rows", "column", "members"])
def test_several_classes(targets):
    y = {"rows": Y, "column": Y[:, None], "members": np.stack([Y, Y[::-1], Y])}[targets]
    found = MemberError(members=3)(y, P, WEIGHT)
    each = y if targets == "members" else [Y] * 3
    expected = [by_sklearn(t, p.argmax(-1)) for t, p in zip(each, P, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(
        MemberError()(Y, P[0], WEIGHT), by_sklearn(Y, P[0].argmax(-1)), rtol=1e-5
    )


def test_one_output():
    p, y = P[..., :1] * 2, Y % 2
    expected = [by_sklearn(y, q[:, 0] > 0.5) for q in p]
    np.testing.assert_allclose(
        MemberError(members=3)(y, p, WEIGHT), expected, rtol=1e-5
    )
    z = p - 0.5
    found = MemberError(members=3, from_logits=True)(y, z, WEIGHT)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_half_is_class_0_and_of_equal_ones_the_first():
    assert MemberError()([0], [[0.5]]) == 0
    assert MemberError()([1], [[0.4, 0.4, 0.2]]) == 1


def test_nan_is_no_answer():
    p = P[:2].copy()
    p[0, 3, 1] = np.nan
    one, two = MemberError(members=2)(Y, p)
    assert np.isnan(one)
    assert np.isfinite(two)
