"""Numbers, seeds and rows change; nothing is compiled again."""

import gc
import weakref

import keras
import numpy as np
import pytest

from mlpkit import build_model, optimizers, schedules
from mlpkit.errors import UsageError
from mlpkit.training import engine, fit

GENERATOR = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _fresh():
    engine.clear()
    yield
    engine.clear()


def rows(count):
    x = GENERATOR.normal(size=(count, 5)).astype("float32")
    return x, (x[:, :1] - 2 * x[:, 1:2]).astype("float32")


def network(rate=0.01, decay=0.1, dropout=0.1, seed=1, **options):
    return build_model(
        "regression",
        num_features=5,
        hidden=(8, 8),
        dropout=dropout,
        seed=seed,
        optimizer=optimizers.Adam(rate, weight_decay=decay),
        **options,
    )


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_other_numbers_and_rows_compile_nothing(jit_compile):
    def trained(count, epochs, seed=1, **numbers):
        return fit(
            network(**numbers),
            *rows(count),
            epochs=epochs,
            batch_size=16,
            validation_data=rows(count // 3),
            jit_compile=jit_compile,
            seed=seed,
            patience=epochs,
        )

    trained(40, 2)
    before = engine.compilations()
    trained(40, 2, rate=0.1)
    trained(40, 2, decay=0.5)
    trained(40, 2, dropout=0.4)
    trained(40, 5, seed=9)
    trained(64, 3)
    trained(1001, 1)
    trained(40, 2, rate=0.05, decay=0.0, seed=3)
    assert engine.compilations() == before
    fit(network(activation="tanh"), *rows(40), batch_size=16)
    assert engine.compilations() == before + 1


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_a_lent_loop_gives_what_an_own_one_gives(jit_compile):
    x, y = rows(70)

    def trained(rate):
        model = network(rate, seed=round(rate * 1000))
        history = fit(
            model,
            x,
            y,
            epochs=4,
            batch_size=16,
            validation_data=(x[:20], y[:20]),
            jit_compile=jit_compile,
        )
        return model.get_weights(), history.history

    rates = (0.01, 0.03, 0.002)
    lent = [trained(rate) for rate in rates]
    assert engine.compilations() > 0
    for rate, (weights, history) in zip(rates, lent, strict=True):
        engine.clear()
        own_weights, own_history = trained(rate)
        assert history == own_history
        assert all(map(np.array_equal, weights, own_weights))


def test_the_lender_keeps_its_own_values():
    x, y = rows(50)
    lender, borrower = network(0.01), network(0.02, seed=2)
    fit(lender, x, y, epochs=2, batch_size=16)
    before = [np.array(v) for v in [*lender.variables, *lender.optimizer.variables]]
    fit(borrower, x, y, epochs=2, batch_size=16)
    after = [*lender.variables, *lender.optimizer.variables]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize(
    "schedule",
    [
        lambda: schedules.OneCycle(0.02, total_steps=30),
        lambda: schedules.CosLog4(0.02, total_steps=90),
        lambda: keras.optimizers.schedules.ExponentialDecay(0.05, 10, 0.9),
    ],
)
def test_one_loop_serves_every_length_of_a_schedule(schedule):
    x, y = rows(50)
    fit(network(schedules.OneCycle(0.1, total_steps=10)), x, y, batch_size=16)
    cosine = schedules.CosLog4(0.1, total_steps=10)
    fit(network(cosine), x, y, batch_size=16)
    before = engine.compilations()
    fit(network(schedule()), x, y, epochs=3, batch_size=16)
    assert engine.compilations() == before


class Twice(keras.Model):
    def __init__(self):
        super().__init__()
        self.end = keras.layers.Dense(1)

    def call(self, x):
        return 2 * self.end(x)


def own_model(units=None):
    model = Twice()
    model.compile("sgd", "mse")
    model(rows(2)[0])
    return model


def test_models_with_code_of_their_own_share_when_told():
    x, y = rows(40)
    first, second, third = own_model(), own_model(), own_model()
    fit(first, x, y, batch_size=8)
    before = engine.compilations()
    fit(second, x, y, batch_size=8)
    assert engine.compilations() == before + 1
    engine.adopt(third, like=first)
    fit(third, x, y, batch_size=8)
    assert engine.compilations() == before + 1
    with pytest.raises(UsageError, match="adopt: both models must have equal variab"):
        engine.adopt(network(), like=first)


def test_functions_of_one_name_are_not_mistaken_for_each_other():
    x, y = rows(40)

    def model(factor):
        def scaled(z):
            return factor * z

        net = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, scaled)])
        net.compile("sgd", lambda a, b: factor * keras.ops.square(a - b))
        return net

    losses = []
    for factor in (1.0, 3.0):
        net = model(factor)
        net.set_weights([np.ones((5, 1)), np.zeros(1)])
        losses.append(fit(net, x, y, batch_size=40).history["loss"][0])
    assert losses[0] == pytest.approx(np.square(x.sum(1) - y[:, 0]).mean(), rel=1e-5)
    assert losses[1] == pytest.approx(
        3 * np.square(3 * x.sum(1) - y[:, 0]).mean(), rel=1e-5
    )


def test_compiling_a_model_anew_counts():
    x, y = rows(40)
    model = network()
    fit(model, x, y, batch_size=40)
    model.compile("sgd", "mae")
    found = fit(model, x, y, batch_size=40, epochs=1).history["loss"][0]
    model.compile("sgd", "mae")
    other = keras.models.clone_model(model)
    assert np.isfinite(found)
    assert other is not model


def test_memory_is_given_back():
    x, y = rows(40)
    model = own_model()
    fit(model, x, y, batch_size=40)
    engine.clear()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_the_number_of_loops_is_bounded(monkeypatch):
    from mlpkit.training.engine import cache

    monkeypatch.setattr(cache, "_MOST", 2)
    x, y = rows(40)
    for width in (2, 3, 4):
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(width)])
        model.add(keras.layers.Dense(1))
        model.compile("sgd", "mse")
        fit(model, x, y, batch_size=40)
    assert len(cache._loops) == 2
