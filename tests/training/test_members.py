"""Networks side by side give what they give one after another."""

import keras
import numpy as np
import pytest

from mlpkit import layers, losses, metrics, optimizers
from mlpkit.errors import UsageError
from mlpkit.training import fit

pytestmark = pytest.mark.slow

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(61, 4)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] + 0.1 * GENERATOR.normal(size=(61, 1))).astype("float32")
MEMBERS = 3
RATE = 0.05


def parts():
    """Three folds, of 21, 20 and 20 rows."""
    folds = [np.arange(k, 61, MEMBERS) for k in range(MEMBERS)]
    rows = np.arange(61)
    return [(np.setdiff1d(rows, held), held) for held in folds]


def model(members=None):
    keras.utils.set_random_seed(1)
    shape = (None, 4) if members is None else (members, None, 4)
    inputs = keras.Input(batch_shape=shape)
    hidden = layers.ScaledDense(8, members=members)(inputs)
    hidden = keras.layers.Activation("tanh")(hidden)
    network = keras.Model(inputs, layers.ScaledDense(1, members=members)(hidden))
    network.compile(
        # the loss is the members' mean: each has a third of the gradient
        optimizers.SGD(RATE * (members or 1)),
        losses.MeanSquaredError(),
        weighted_metrics=[
            metrics.MemberRootMeanSquaredError(members=members, name="rmse")
        ],
    )
    return network


@pytest.mark.parametrize(
    ("jit_compile", "decay"),
    [(False, None), (True, None), (False, 2.0)],
    ids=["graph", "xla", "averaged"],
)
def test_members_train_as_if_alone_each_to_its_own_best_epoch(jit_compile, decay):
    together = model(MEMBERS)
    start = together.get_weights()
    shared = {"epochs": 10, "monitor": "val_rmse", "jit_compile": jit_compile}
    shared["weight_averaging"] = decay
    history = fit(together, X, Y, batch_size=16, members=parts(), seed=5, **shared)
    assert len(history.history["val_rmse"]) == 10
    best = []
    for k, (trained, held) in enumerate(parts()):
        alone = model()
        alone.set_weights([w[k] for w in start])
        # the others have 40 rows: a member with 41 leaves one out in every epoch
        rows = [
            np.random.default_rng([5 + k, e]).permutation(len(trained))[:40]
            for e in range(10)
        ]
        best.append(_train_alone(alone, [trained[r] for r in rows], held, decay))
        for ours, theirs in zip(together.get_weights(), best[-1][1], strict=True):
            np.testing.assert_allclose(ours[k], theirs, rtol=2e-3, atol=2e-4)
    assert history.best_epoch == [epoch for epoch, _ in best]


def _train_alone(network, orders, held, decay):
    """Batch by batch, by Keras; the last best epoch and its weights, or averages."""
    lowest, best, average = np.inf, None, None
    for epoch, rows in enumerate(orders):
        for batch in np.split(rows, range(16, len(rows), 16)):
            network.train_on_batch(X[batch], Y[batch])
        own = network.get_weights()
        share = 1.0 if decay is None else (decay + 1) / (epoch + 1 + decay)
        pairs = zip(average or own, own, strict=True)
        average = [a + share * (w - a) for a, w in pairs]
        network.set_weights(average)
        errors = network.predict_on_batch(X[held]) - Y[held]
        network.set_weights(own)
        found = np.sqrt(np.mean(np.square(errors)))
        if found <= lowest:
            lowest, best = found, (epoch, average)
    return best


def test_members_have_their_own_input_and_rows():
    with pytest.raises(UsageError, match=r"must take \(3, rows, features\), it takes"):
        fit(model(), X, Y, members=parts())
    wrong = [(np.arange(5), np.array([61])), *parts()[1:]]
    with pytest.raises(UsageError, match=r"in \[0, 60\], and some, those of member 0"):
        fit(model(MEMBERS), X, Y, members=wrong)
    with pytest.raises(UsageError, match=r"3 side by side, give .* members=\[\(train"):
        fit(model(MEMBERS), X, Y)
