import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss

from mlpkit.components.metrics import MemberLogLoss

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 4, 30)
Z = RNG.normal(size=(3, 30, 4)).astype("float32")
WEIGHT = RNG.uniform(size=30).astype("float32")
P = np.exp(Z.astype("float64")) / np.exp(Z.astype("float64")).sum(-1, keepdims=True)


@pytest.mark.parametrize("end", ["softmax", "probabilities", "logits"])
def test_several_classes(end):
    outputs = {"softmax": keras.activations.softmax, "logits": lambda z: z}
    outputs["probabilities"] = lambda _: P.astype("float32")
    metric = MemberLogLoss(members=3, from_logits=end == "logits")
    found = metric(Y, outputs[end](Z), WEIGHT)
    expected = [log_loss(Y, p, sample_weight=WEIGHT) for p in P]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("members", [None, 3])
def test_one_output(members):
    z = Z[..., :1] if members else Z[0, :, :1]
    p = 1 / (1 + np.exp(-z.astype("float64")))
    found = MemberLogLoss(members=members)(Y % 2, keras.activations.sigmoid(z), WEIGHT)
    expected = [
        log_loss(Y % 2, q[:, 0], sample_weight=WEIGHT) for q in p.reshape(-1, 30, 1)
    ]
    np.testing.assert_allclose(found, expected if members else expected[0], rtol=1e-5)


def test_sure_and_wrong_is_not_clipped():
    p = keras.activations.softmax(np.array([[[-200.0, 200.0]]], "float32"))
    np.testing.assert_allclose(MemberLogLoss(members=1)([0], p), [400])
