import sys

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

import mlpkit
from mlpkit.data import TableBlocks
from mlpkit.errors import DataError, UsageError
from mlpkit.factory import build_model
from mlpkit.preprocessing import RowStream
from mlpkit.training.find_learning_rate import suggest_rates

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(256, 4)).astype("float32")
Y = (X @ [[1.0], [-2.0], [0.5], [3.0]]).astype("float32")


def network(**options):
    return build_model("regression", num_features=4, hidden=(16,), seed=1, **options)


def test_losses_are_those_of_the_batches_at_rising_rates():
    """A linear model in float64 NumPy takes the same steps."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    w, b = (v.astype(np.float64) for v in model.get_weights())
    curve = mlpkit.find_learning_rate(
        model, X, Y, batch_size=256, steps=20, highest=0.1
    )
    for rate, loss in zip(curve.learning_rates, curve.losses, strict=True):
        error = X @ w + b - Y
        assert loss == pytest.approx((error**2).mean(), rel=1e-3)
        w = w - rate * 2 * X.T @ error / 256
        b = b - rate * 2 * error.mean()
    weights = 0.98 ** np.arange(20)[::-1]
    expected = (weights * curve.losses).sum() / weights.sum()
    assert curve.smoothed[-1] == pytest.approx(expected)


def test_everything_is_as_before():
    from mlpkit.training import fit

    def trained(look):
        schedule = mlpkit.schedules.OneCycle(0.01, total_steps=40)
        model = network(
            dropout=0.3, batch_norm=True, optimizer=mlpkit.optimizers.Adam(schedule)
        )
        fit(model, X, Y, epochs=2, batch_size=64)
        before = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
        if look:
            mlpkit.find_learning_rate(model, X, Y)
            after = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
            for a, b in zip(before, after, strict=True):
                np.testing.assert_array_equal(a, b)
        fit(model, X, Y, epochs=2, batch_size=64, seed=3)
        return model.get_weights()

    for a, b in zip(trained(look=False), trained(look=True), strict=True):
        np.testing.assert_array_equal(a, b)


def test_divergence_ends_the_sweep():
    model = network()
    model.compile(keras.optimizers.SGD(), "mse")
    curve = mlpkit.find_learning_rate(model, X, Y, highest=1000.0, batch_size=32)
    assert len(curve.losses) < 100
    assert np.isfinite(curve.losses).all()
    best = curve.smoothed[:-1].min()
    assert (curve.smoothed[:-1] <= 4 * best * (1 + 1e-6)).all()


def test_suggested_rate_trains_better_than_the_ends_of_the_sweep():
    from mlpkit.training import fit

    def loss_at(rate):
        model = network(optimizer=mlpkit.optimizers.Adam(rate), dropout=0.0)
        return fit(model, X, Y, epochs=15, batch_size=32).history["loss"][-1]

    curve = mlpkit.find_learning_rate(
        network(optimizer=mlpkit.optimizers.Adam(), dropout=0.0), X, Y, batch_size=32
    )
    found = loss_at(curve.suggestion)
    assert found < loss_at(1e-6)
    assert found < loss_at(10.0)


def test_rules_on_a_curve_drawn_by_hand():
    """Flat, then down along a line in log rate, then up."""
    rates = np.geomspace(1e-6, 1e1, 141)
    t = np.log10(rates)
    losses = np.where(t < -4, 4 + 1e-3 * t, np.where(t < -1, -t, 1 + 3 * (t + 1)))
    found = suggest_rates(rates, losses)
    assert found["minimum"] == pytest.approx(1e-2)
    assert 1e-4 <= found["steepest"] <= 1e-1
    assert 1e-4 < found["valley"] < 1e-2
    assert rates[14] <= found["slide"] <= rates[-6]


def test_linear_sweep():
    curve = mlpkit.find_learning_rate(network(), X, Y, sweep="linear", highest=0.1)
    np.testing.assert_allclose(np.diff(curve.learning_rates, 2), 0, atol=1e-12)


def test_a_stream_gives_its_first_buffer(tmp_path):
    generator = np.random.default_rng(0)
    table = pa.table({"x": generator.normal(size=600), "y": generator.normal(size=600)})
    pa.parquet.write_table(table, tmp_path / "rows.parquet", row_group_size=100)

    def encode(table):
        x, y = (table.column(n).to_numpy().astype("float32")[:, None] for n in "xy")
        return x, y, None

    blocks = TableBlocks(tmp_path / "rows.parquet")
    stream = RowStream(blocks, encode, buffer_rows=200, batch_size=20)
    found = mlpkit.find_learning_rate(small_model(), stream)
    x, y, _ = next(stream.epoch(0))
    expected = mlpkit.find_learning_rate(small_model(), x, y, batch_size=20)
    np.testing.assert_array_equal(found.losses, expected.losses)
    with pytest.raises(UsageError, match="a stream brings y and sample_weight along"):
        mlpkit.find_learning_rate(small_model(), stream, y)


def small_model():
    return build_model("regression", num_features=1, hidden=(4,), seed=1)


def test_picture():
    axes = mlpkit.find_learning_rate(network(), X, Y, steps=20).plot()
    assert axes.get_xscale() == "log"
    assert len(axes.get_legend().get_texts()) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"lowest": 0.0}, UsageError, "0 < lowest < highest"),
        ({"highest": 1e-9}, UsageError, "got lowest=1e-07, highest=1e-09"),
        ({"steps": 3}, UsageError, "steps must be >= 10, got 3"),
        ({"sweep": "cubic"}, UsageError, "exponential, linear, got 'cubic'"),
        ({"y": Y[1:]}, DataError, "equally many rows"),
        ({"model": keras.Sequential()}, UsageError, "must be compiled"),
    ],
)
def test_bad_input(arguments, error, said):
    with pytest.raises(error, match=said):
        mlpkit.find_learning_rate(**{"model": network(), "x": X, "y": Y, **arguments})


def test_an_optimizer_that_scales_the_loss():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    inner = keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(1, 1, 1))
    network.compile(keras.optimizers.LossScaleOptimizer(inner, 4.0), "mse")
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    curve = mlpkit.find_learning_rate(network, x, x[:, :1], batch_size=20, steps=20)
    assert np.isfinite(curve.losses).all()


@pytest.mark.parametrize("built", [True, False])
def test_rows_are_checked_once_where_the_outputs_are_known(built, monkeypatch):
    module = sys.modules["mlpkit.training.find_learning_rate"]
    seen, check = [], module.check_against_model
    monkeypatch.setattr(
        module, "check_against_model", lambda *a: (seen.append(a), check(*a))
    )
    start = [keras.Input((4,))] if built else []
    net = keras.Sequential([*start, keras.layers.Dense(1)])
    net.compile("sgd", "mse")
    mlpkit.find_learning_rate(net, X, Y, steps=10)
    assert len(seen) == (1 if built else 2)
