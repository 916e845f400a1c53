"""Numbers, seeds and rows change; nothing is compiled again."""

import gc
import weakref

import keras
import numpy as np
import pytest

from mlpkit import build_model, losses, optimizers, schedules
from mlpkit import layers as mlpkit_layers
from mlpkit.errors import UsageError
from mlpkit.training import engine, fit
from mlpkit.training.engine import cache

pytestmark = pytest.mark.slow

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


def classifier(smoothing, classes=3, twice=False):
    inputs = keras.Input((5,))
    ends = [keras.layers.Dense(classes, "softmax", name=n)(inputs) for n in "ab"]
    model = keras.Model(inputs, ends if twice else ends[0])
    made = [
        losses.SparseCategoricalCrossentropy(label_smoothing=s)
        for s in np.atleast_1d(smoothing)
    ]
    model.compile(optimizers.SGD(0.1), [*made, *made][:2] if twice else made[0])
    return model


def test_another_label_smoothing_compiles_nothing():
    x, y = rows(60)[0], GENERATOR.integers(0, 3, 60)

    def trained(model):
        model.set_weights([np.full(w.shape, 0.1) for w in model.weights])
        found = fit(model, x, y, epochs=2, batch_size=16, validation_data=(x, y))
        return found.history

    lender = classifier(0.0)
    trained(lender)
    before = engine.compilations()
    lent = {s: trained(classifier(s)) for s in (0.1, 0.3)}
    lender.loss.label_smoothing = 0.1
    assert trained(lender) == lent[0.1]
    assert engine.compilations() == before
    assert lender.loss.get_config()["label_smoothing"] == 0.1
    for s, history in lent.items():
        engine.clear()
        assert trained(classifier(s)) == history
    assert lent[0.1]["val_loss"] != lent[0.3]["val_loss"]


def test_the_lender_keeps_its_label_smoothing():
    x, y = rows(60)[0], GENERATOR.integers(0, 3, 60)
    lender = classifier(0.2)
    fit(lender, x, y, batch_size=16)
    borrower = classifier(0.4)
    fit(borrower, x, y, batch_size=16)
    found = [float(m.loss.label_smoothing) for m in (lender, borrower)]
    np.testing.assert_allclose(found, [0.2, 0.4], rtol=1e-6)


def test_one_loss_of_two_outputs_is_not_mistaken_for_two():
    x, y = rows(60)[0], GENERATOR.integers(0, 3, 60)

    def trained(smoothing):
        model = classifier(smoothing, twice=True)
        model.set_weights([np.full(w.shape, 0.1) for w in model.weights])
        return fit(model, x, (y, y), batch_size=16).history["loss"]

    trained(0.1)
    before = engine.compilations()
    two = trained([0.1, 0.5])
    assert engine.compilations() == before + 1
    engine.clear()
    assert trained([0.1, 0.5]) == two


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


def test_adoption_names_the_first_variable_that_differs():
    def model(units, *, trainable=True):
        head = keras.layers.Dense(units, name="head", trainable=trainable)
        net = keras.Sequential([keras.Input((5,)), head], name="net")
        net.compile("sgd", "mse")
        net.optimizer.build(net.trainable_variables)
        return net

    said = r"differ: 'net/head/kernel' \(5, 2\) float32 and, in like, 'net/head/kernel'"
    with pytest.raises(UsageError, match=said + r" \(5, 1\) float32"):
        engine.adopt(model(2), like=model(1))
    with pytest.raises(UsageError, match="float32, not trainable and, in like, "):
        engine.adopt(model(1, trainable=False), like=model(1))
    more = model(1)
    more.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    more.optimizer.build(more.trainable_variables)
    with pytest.raises(UsageError, match="momentum.* and, in like, none"):
        engine.adopt(more, like=model(1))


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
    """The second loss is the mean absolute error of the weights that the first left."""
    x, y = rows(40)
    model = network(dropout=0.0)
    fit(model, x, y, batch_size=40)
    expected = np.abs(model.predict(x, verbose=0) - y).mean()
    model.compile("sgd", "mae")
    found = fit(model, x, y, batch_size=40, epochs=1).history["loss"][0]
    assert found == pytest.approx(expected, rel=1e-5)


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
    for depth in (1, 2, 3):
        dense = [keras.layers.Dense(2) for _ in range(depth)]
        model = keras.Sequential([keras.Input((5,)), *dense, keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        fit(model, x, y, batch_size=40)
    assert len(cache._loops) == 2


def plain(optimizer=None, *middle, **compiling):
    keras.utils.set_random_seed(1)
    net = keras.Sequential([keras.Input((5,)), *middle, keras.layers.Dense(1)])
    net.compile(optimizer or keras.optimizers.SGD(0.1), "mse", **compiling)
    return net


def decaying(rate):
    decay = keras.optimizers.schedules.ExponentialDecay(rate, 5, 0.5)
    return plain(keras.optimizers.SGD(decay))


def cycling(peak):
    return plain(optimizers.Momentum(schedules.OneCycle(peak, total_steps=8)))


def normalized(shift):
    layer = keras.layers.Normalization()
    layer.adapt(np.random.default_rng(1).normal(size=(50, 5)) + shift)
    return plain(keras.optimizers.SGD(0.01), layer)


def called_as_it_does(activation):
    return plain(None, keras.layers.Activation(activation, name=activation))


def dropping_columns(rate):
    dropout = keras.layers.Dropout(rate, noise_shape=(None, 1), seed=1)
    return plain(None, dropout)


def excluding(names):
    optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=names)
    return plain(optimizer)


def excluding_by_our_names(name):
    keras.utils.set_random_seed(1)
    head = keras.layers.Dense(1, name=name)
    net = keras.Sequential([keras.Input((5,)), head])
    free = [".*free.*"]
    adam = optimizers.Adam(0.1, weight_decay=0.5, weight_decay_exclude=free)
    net.compile(adam, "mse")
    return net


def called(rate):
    def constant():
        return rate

    return plain(keras.optimizers.SGD(constant))


def written_in_a_cell(factor):
    @keras.saving.register_keras_serializable(package="notebook")
    class Scaled(keras.layers.Layer):
        def call(self, x):
            return factor * x

    return plain(None, Scaled())


def penalized(factor):
    @keras.saving.register_keras_serializable(package="notebook")
    class Penalty(keras.regularizers.Regularizer):
        def __call__(self, w):
            return factor * keras.ops.sum(w)

        def get_config(self):
            return {}

    return plain(None, keras.layers.Dense(5, kernel_regularizer=Penalty()))


def measured(factor):
    def mean(y, z):
        return factor * keras.ops.mean(y - z)

    return plain(metrics=[keras.metrics.MeanMetricWrapper(mean, name="mean")])


PAIRS = {
    "schedules": (decaying, 0.1, 0.001),
    "schedules with a momentum": (cycling, 0.1, 0.01),
    "learned statistics": (normalized, 0.0, 5.0),
    "layers called like activations": (called_as_it_does, "relu", "tanh"),
    "rates of dropout by column": (dropping_columns, 0.9, 0.1),
    "excluded from weight decay": (excluding, ["kernel"], None),
    "excluded by their names": (excluding_by_our_names, "free", "bound"),
    "learning rates as functions": (called, 0.1, 0.001),
    "classes of one name": (written_in_a_cell, 1.0, -3.0),
    "regularizers of one name": (penalized, 0.0, 2.0),
    "metrics of one name": (measured, 1.0, 5.0),
}


@pytest.mark.parametrize("case", PAIRS)
def test_one_model_does_not_train_as_another_one_before_it(case):
    make, first, second = PAIRS[case]
    x, y = rows(60)

    def trained(which):
        keras.utils.set_random_seed(1)  # layers may draw before the model is made
        net = make(which)
        found = fit(net, x, y, epochs=2, batch_size=20, shuffle=False).history
        return found, net.get_weights()

    expected, weights = trained(second)
    engine.clear()
    assert trained(first)[0] != expected
    found, again = trained(second)
    assert found == expected
    assert all(map(np.array_equal, again, weights))


def test_functional_models_share_without_names():
    x, y = rows(40)

    def model():
        inputs = keras.Input((5,))
        net = keras.Model(inputs, keras.layers.Dense(1)(inputs))
        net.compile("sgd", "mse")
        return net

    fit(model(), x, y, batch_size=20)
    before = engine.compilations()
    fit(model(), x, y, batch_size=20)
    assert engine.compilations() == before


class Untold(keras.layers.Layer):
    """A layer with an argument that no configuration can tell."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


def test_a_layer_that_cannot_tell_its_configuration_is_compiled():
    x, y = rows(40)
    history = fit(plain(None, Untold(lambda x: 2 * x)), x, y, batch_size=20)
    assert history.engine == "graph"


@pytest.mark.parametrize("callbacks", [[], [keras.callbacks.Callback()]])
def test_a_model_compiled_anew_trains_with_its_new_optimizer(callbacks):
    x, y = rows(40)
    options = {"batch_size": 20, "callbacks": callbacks}
    model = plain(keras.optimizers.SGD(0.1, momentum=0.9))
    fit(model, x, y, **options)
    old = model.optimizer
    model.compile(keras.optimizers.SGD(0.0, momentum=0.9), "mse")
    before = model.get_weights()
    fit(model, x, y, epochs=2, **options)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert [int(o.iterations) for o in (old, model.optimizer)] == [2, 4]
    # and lends its loop as before
    lent = plain(keras.optimizers.SGD(0.05, momentum=0.9))
    found = fit(lent, x, y, **options).history
    engine.clear()
    own = plain(keras.optimizers.SGD(0.05, momentum=0.9))
    assert fit(own, x, y, **options).history == found


def test_adopted_until_it_is_compiled_anew():
    x, y = rows(40)
    first, second = own_model(), own_model()
    engine.adopt(second, like=first)
    second.compile("sgd", "mae")
    second.set_weights([np.zeros((5, 1)), np.zeros(1)])
    found = fit(second, x, y, batch_size=40).history["loss"][0]
    assert found == pytest.approx(np.abs(y).mean(), rel=1e-5)


def test_what_a_callback_does_at_the_end_stays_in_a_lent_loop():
    class Zero(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.set_weights([0 * w for w in self.model.get_weights()])

    x, y = rows(40)
    fit(plain(), x, y, batch_size=20, callbacks=[keras.callbacks.Callback()])
    model = plain()
    fit(model, x, y, batch_size=20, callbacks=[Zero()])
    assert not np.any(model.get_weights()[0])


def test_a_callback_changes_the_rate_of_dropout():
    class Off(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[0].rate = 0.0

    x, y = rows(40)
    options = {"batch_size": 40, "shuffle": False, "callbacks": [Off()]}
    dropping = plain(None, mlpkit_layers.Dropout(0.9, seed=1))
    found = fit(dropping, x, y, **options).history["loss"]
    assert found == pytest.approx(
        fit(plain(), x, y, batch_size=40, shuffle=False).history["loss"], rel=1e-5
    )


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_waits_while_a_loop_is_traced_and_is_as_before(
    collects, monkeypatch
):
    seen = []

    def broken(*_):
        seen.append(gc.isenabled())
        msg = "no loop"
        raise RuntimeError(msg)

    monkeypatch.setattr(cache, "Loop", broken)
    (gc.enable if collects else gc.disable)()
    try:
        with pytest.warns(UserWarning, match="no loop"):  # Keras' own loop goes on
            fit(network(), *rows(8))
        assert gc.isenabled() == collects
    finally:
        gc.enable()
    assert seen == [False]
