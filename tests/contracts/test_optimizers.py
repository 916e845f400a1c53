"""What every entry of OPTIMIZERS must do, by being in the table."""

import inspect
import json
import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.optimizers import OPTIMIZERS
from mlpkit.components.schedules import OneCycle, WarmupCosine

pytestmark = pytest.mark.slow

REFERENCE = Path(__file__).parents[1] / "reference"
TORCH = json.loads((REFERENCE / "optimizers_torch.json").read_text())
GIVEN = runpy.run_path(str(REFERENCE / "make_optimizers_torch.py"))
VARIANTS = {
    "rmsprop_centered": ("rmsprop", {"centered": True}),
    "adam_decayed": ("adam", {"weight_decay": 0.1}),
    "adadelta": ("adadelta", {"learning_rate": 1.0}),
}
CYCLED = {"momentum", "nesterov", "adam", "nadam", "adamax", "amsgrad"}

each = pytest.mark.parametrize("name", OPTIMIZERS)
keras_file = pytest.mark.filterwarnings(
    # Keras hands h5py's datasets, not arrays, to NumPy.
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)


def build(name, rate=0.01, **options):
    return OPTIMIZERS[name](rate, **options)


def variables(dtype="float32"):
    """A large one, small ones, a scalar; kernels and biases."""
    rng = np.random.default_rng(3)
    shapes = {"kernel": (300, 120), "bias": (120,), "gamma": (), "out": (7, 3)}
    return [
        keras.Variable(rng.normal(size=shape), dtype=dtype, name=name)
        for name, shape in shapes.items()
    ]


def gradients(variables, count, scale=1.0):
    rng = np.random.default_rng(4)
    return [
        [tf.constant(scale * rng.normal(size=v.shape), v.dtype) for v in variables]
        for _ in range(count)
    ]


def compiled(optimizer, variables, xla=False):
    optimizer.build(variables)
    return tf.function(optimizer.apply, jit_compile=xla, autograph=False)


def train(optimizer, variables, steps, xla=None):
    """Weights after the steps: of a graph, under XLA or not, or eagerly (None).

    A few eager steps take half of the time that a graph takes to be traced.
    """
    optimizer.build(variables)
    step = optimizer.apply
    if xla is not None:
        step = compiled(optimizer, variables, xla)
    for grads in steps:
        step(grads)
    return [v.numpy().astype(np.float64) for v in variables]


def close(ours, expected, **tolerance):
    for a, b in zip(ours, expected, strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


def model(optimizer, seed=7, dtype=None):
    keras.utils.set_random_seed(seed)
    net = keras.Sequential(
        [
            keras.layers.Input((5,)),
            keras.layers.Dense(8, "tanh", dtype=dtype),
            keras.layers.BatchNormalization(dtype=dtype),
            keras.layers.Dense(1, dtype=dtype),
        ]
    )
    net.compile(optimizer, "mse")
    return net


def data(rows=64):
    x = np.random.default_rng(0).normal(size=(rows, 5)).astype("float32")
    return x, x[:, :2].sum(1, keepdims=True)


def eagerly(net, x, y, steps):
    """Losses of steps without a graph, which takes a second for each optimizer."""
    net.run_eagerly = True
    return [float(net.train_on_batch(x, y)) for _ in range(steps)]


def after_steps(optimizer, kinds):
    """Weights that given gradients of these kinds, side by side, lead to."""
    given = np.concatenate([GIVEN["gradients"](kind) for kind in kinds], axis=1)
    weight = keras.Variable(
        np.tile(GIVEN["START"], len(kinds)), dtype="float64", name="kernel"
    )
    step = compiled(optimizer, [weight])
    shown = []
    for i, gradient in enumerate(given, start=1):
        step([tf.constant(gradient)])
        if i in GIVEN["SHOWN"]:
            shown.append(weight.numpy())
    assert int(optimizer.skipped_steps) == 0
    return np.array(shown)


@pytest.mark.parametrize("case", TORCH["weights"])
def test_weights_equal_pytorch(case):
    name, options = VARIANTS.get(case, (case, {}))
    optimizer = OPTIMIZERS[name](**{"learning_rate": TORCH["rate"], **options})
    expected = [TORCH["weights"][case][kind] for kind in GIVEN["KINDS"]]
    np.testing.assert_allclose(
        after_steps(optimizer, GIVEN["KINDS"]),
        np.concatenate(expected, axis=1),
        rtol=1e-10,
        atol=1e-13,
    )


@pytest.mark.parametrize("name", TORCH["one_cycle"])
def test_one_cycle_equals_pytorch(name):
    optimizer = build(name, OneCycle(0.1, total_steps=GIVEN["STEPS"]))
    np.testing.assert_allclose(
        after_steps(optimizer, ["random"]),
        TORCH["one_cycle"][name],
        rtol=1e-10,
        atol=1e-13,
    )


@each
def test_config_survives_json(name):
    optimizer = build(
        name, 0.003, weight_decay=0.02, weight_decay_exclude=["a"], clipnorm=1
    )
    config = json.loads(json.dumps(optimizer.get_config()))
    again = OPTIMIZERS[name].from_config(config)
    assert again.get_config() == optimizer.get_config() == config
    assert config["learning_rate"] == 0.003
    assert set(config) == set(inspect.signature(OPTIMIZERS[name]).parameters)


@each
def test_config_has_the_schedule_and_the_momentum_as_given(name):
    optimizer = build(name, OneCycle(0.1, total_steps=20))
    weights = variables()
    before = optimizer.get_config()
    train(optimizer, weights, gradients(weights, 5))
    assert optimizer.get_config() == before
    again = OPTIMIZERS[name].from_config(json.loads(json.dumps(before)))
    assert again.get_config() == before


@each
def test_it_is_registered_and_its_first_argument_is_the_rate(name):
    stored = keras.saving.serialize_keras_object(build(name))
    assert stored["registered_name"] == f"mlpkit>{OPTIMIZERS[name].__name__}"
    assert isinstance(keras.optimizers.get(stored), OPTIMIZERS[name])
    first, *rest = inspect.signature(OPTIMIZERS[name]).parameters.values()
    assert first.name == "learning_rate"
    assert all(p.kind is p.KEYWORD_ONLY for p in rest)


@each
@keras_file
def test_a_keras_file_restores_the_state(name, tmp_path):
    x, y = data()
    net = model(build(name, OneCycle(0.01, total_steps=99), use_ema=True))
    eagerly(net, x, y, 3)
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    for a, b in zip(net.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    for network in (net, again):
        eagerly(network, x, y, 2)
    close(again.get_weights(), net.get_weights(), rtol=1e-6, atol=1e-7)


@each
def test_steps_graph_and_xla_agree(name):
    results = []
    for xla in (None, False, True):
        weights = variables()
        optimizer = build(name, weight_decay=0.1, global_clipnorm=5.0)
        results.append(train(optimizer, weights, gradients(weights, 20), xla=xla))
    for compiled_so in results[1:]:
        close(results[0], compiled_so, rtol=1e-5, atol=2e-6)


@each
def test_large_and_small_variables_go_the_same_way(name):
    weights = variables("float64")
    steps = gradients(weights, 10)
    together = train(build(name), weights, steps)
    for i in range(len(weights)):
        alone = variables("float64")[i : i + 1]
        close(
            train(build(name), alone, [[g[i]] for g in steps]),
            together[i : i + 1],
            rtol=1e-12,
        )


@each
def test_numbers_change_without_a_new_trace(name):
    optimizer = build(name, weight_decay=0.0)
    weights = variables()
    optimizer.build(weights)
    traces = []

    @tf.function(autograph=False)
    def step(grads):
        traces.append(1)
        optimizer.apply(grads)

    (grads,) = gradients(weights, 1)
    step(grads)
    held = [
        key
        for key in ("momentum", "beta_1", "beta_2", "rho", "weight_decay")
        if isinstance(getattr(optimizer, key, None), keras.Variable)
    ]
    for key in ["learning_rate", *held]:
        before = weights[0].numpy()
        setattr(optimizer, key, 0.5)
        step(grads)
        assert float(getattr(optimizer, key)) == 0.5
        assert optimizer.get_config()[key] == 0.5
        assert not np.array_equal(before, weights[0].numpy())
    assert len(traces) == 1


@each
@pytest.mark.parametrize("xla", [False, True])
def test_a_changed_number_has_its_effect(name, xla):
    weights, other = variables("float64"), variables("float64")
    steps = gradients(weights, 6)
    changed, from_start = build(name, 0.5), build(name, 0.01)
    changed.build(weights)
    changed.learning_rate = 0.01
    close(
        train(changed, weights, steps, xla=xla),
        train(from_start, other, steps, xla=xla),
        rtol=1e-12,
    )


@each
@pytest.mark.parametrize("xla", [False, True])
def test_a_step_that_is_not_finite_leaves_everything(name, xla):
    weights = variables()
    optimizer = build(name, weight_decay=0.1, use_ema=True)
    step = compiled(optimizer, weights, xla)
    first, good, last = gradients(weights, 3)
    step(first)
    counting = ("iteration", "skipped_steps")
    state = [v for v in optimizer.variables if not v.path.endswith(counting)]
    before = [v.numpy() for v in [*weights, *state]]
    for bad in (np.nan, np.inf, -np.inf, 1e30):
        for i in range(len(weights)):
            grads = list(good)
            flat = grads[i].numpy().reshape(-1)
            flat[-1] = bad
            grads[i] = tf.constant(flat.reshape(grads[i].shape))
            step(grads)
    for old, variable in zip(before, [*weights, *state], strict=True):
        np.testing.assert_array_equal(old, variable.numpy())
    assert int(optimizer.skipped_steps) == 4 * len(weights)
    step(last)
    assert not np.array_equal(before[0], weights[0].numpy())


@each
def test_a_skipped_first_step_does_no_harm(name):
    weights, other = variables("float64"), variables("float64")
    steps = gradients(weights, 5)
    poison = [tf.fill(v.shape, tf.constant(np.nan, tf.float64)) for v in weights]
    skipped = train(build(name, use_ema=True), weights, [poison, *steps])
    close(skipped, train(build(name, use_ema=True), other, steps), rtol=1e-12)


@each
def test_skipping_can_be_switched_off(name):
    weights = variables()
    (grads,) = gradients(weights, 1)
    grads[1] = grads[1] * np.nan
    optimizer = build(name, skip_nonfinite=False)
    train(optimizer, weights, [grads])
    assert np.isnan(weights[1].numpy()).all()
    assert int(optimizer.skipped_steps) == 0


@each
def test_accumulated_gradients_equal_their_mean(name):
    weights, other = variables("float64"), variables("float64")
    steps = gradients(weights, 12)
    means = [
        [sum(parts) / 3 for parts in zip(*steps[i : i + 3], strict=True)]
        for i in range(0, 12, 3)
    ]
    options = {"weight_decay": 0.1, "global_clipnorm": 20.0, "use_ema": True}
    parted = build(name, gradient_accumulation_steps=3, **options)
    whole = build(name, **options)
    close(
        train(parted, weights, steps), train(whole, other, means), rtol=1e-9, atol=1e-12
    )
    averages = zip(
        parted._model_variables_moving_average,
        whole._model_variables_moving_average,
        strict=True,
    )
    for a, b in averages:
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-9, atol=1e-12)
    assert int(parted.iterations) == 4


@each
def test_averaged_weights_equal_the_average_by_hand(name):
    weights = variables("float64")
    optimizer = build(name, use_ema=True, ema_momentum=0.75)
    average, step = None, compiled(optimizer, weights)
    for grads in gradients(weights, 8):
        step(grads)
        now = [w.numpy() for w in weights]
        if average is None:
            average = now
        average = [0.75 * a + 0.25 * w for a, w in zip(average, now, strict=True)]
    optimizer.finalize_variable_values(weights)
    close([w.numpy() for w in weights], average, rtol=1e-12)


@each
def test_averages_overwrite_the_weights_when_due(name):
    weights, other = variables("float64"), variables("float64")
    options = {"use_ema": True, "ema_momentum": 0.5}
    steps = gradients(weights, 3)
    overwriting = build(name, ema_overwrite_frequency=3, **options)
    train(overwriting, weights, steps)
    plain = build(name, **options)
    train(plain, other, steps)
    close(
        [w.numpy() for w in weights],
        [a.numpy() for a in plain._model_variables_moving_average],
        rtol=1e-12,
    )


@each
@pytest.mark.parametrize("clip", ["clipvalue", "clipnorm", "global_clipnorm"])
def test_clipping_equals_clipping_by_hand(name, clip):
    weights, other = variables("float64"), variables("float64")
    steps = gradients(weights, 6, scale=3.0)

    def by_hand(grads):
        if clip == "clipvalue":
            return [tf.clip_by_value(g, -0.7, 0.7) for g in grads]
        if clip == "clipnorm":
            return [tf.clip_by_norm(g, 0.7) for g in grads]
        return tf.clip_by_global_norm(grads, 0.7)[0]

    ours = train(build(name, **{clip: 0.7}), weights, steps)
    expected = train(build(name), other, [by_hand(grads) for grads in steps])
    close(ours, expected, rtol=1e-7, atol=1e-9)


@each
def test_weight_decay_spares_biases_and_norms(name):
    weights = variables("float64")
    zeros = [[tf.zeros(v.shape, tf.float64) for v in weights]] * 3
    before = [w.numpy() for w in weights]
    after = train(build(name, weight_decay=0.1), weights, zeros)
    shrunk = (1 - 0.01 * 0.1) ** 3
    close(
        after,
        [shrunk * before[0], before[1], before[2], shrunk * before[3]],
        rtol=1e-12,
    )


@each
def test_sparse_gradients_equal_dense_ones(name):
    def table():
        return keras.Variable(np.ones((6, 2)), dtype="float64", name="embeddings")

    rows, again = [4, 1, 4], [[1.0, 2.0], [3.0, 4.0], [10.0, 20.0]]
    sparse = tf.IndexedSlices(
        tf.constant(again, tf.float64), tf.constant(rows), tf.constant([6, 2])
    )
    dense = np.zeros((6, 2))
    np.add.at(dense, rows, again)
    ours, other = table(), table()
    options = {"weight_decay": 0.1, "loss_scale_factor": 8.0, "clipnorm": 2.0}
    train(build(name, **options), [ours], [[sparse]] * 4)
    train(build(name, **options), [other], [[tf.constant(dense)]] * 4)
    np.testing.assert_allclose(ours.numpy(), other.numpy(), rtol=1e-12)


@each
def test_a_scaled_loss_gives_the_same_weights(name):
    weights, other = variables(), variables()
    steps = gradients(weights, 5)
    optimizer = build(name, loss_scale_factor=1024.0)
    assert float(optimizer.scale_loss(tf.constant(2.0))) == 2048.0
    scaled = [[1024.0 * g for g in grads] for grads in steps]
    close(
        train(optimizer, weights, scaled), train(build(name), other, steps), rtol=1e-6
    )


@each
@pytest.mark.filterwarnings("ignore:Gradients do not exist for variables:UserWarning")
def test_a_variable_without_a_gradient_stays(name):
    weights, other = variables("float64"), variables("float64")
    steps = gradients(weights, 6)
    missing = [[g if i != 1 else None for i, g in enumerate(s)] for s in steps]
    before = weights[1].numpy()
    ours = train(build(name, weight_decay=0.1), weights, missing)
    np.testing.assert_array_equal(ours[1], before)
    expected = train(build(name, weight_decay=0.1), other, steps)
    close([ours[i] for i in (0, 2, 3)], [expected[i] for i in (0, 2, 3)], rtol=1e-12)


@each
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_it_trains_under_every_policy(name, policy):
    x, y = data()
    rate = 1.0 if name == "adadelta" else 0.02
    net = model(build(name, rate), dtype=policy)
    losses = eagerly(net, x, y, 6)
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


@each
def test_pure_bfloat16_weights_are_trained(name):
    weights, wide = variables("bfloat16"), variables("bfloat16")
    wide = [keras.Variable(w.numpy().astype("float32"), name=w.name) for w in wide]
    # Steps of one sign, each far below the spacing of bfloat16.
    steps = [[tf.ones(v.shape, "bfloat16") for v in weights]] * 40
    rate = 0.3 if name == "adadelta" else 1e-3
    narrow = train(build(name, rate), weights, steps, xla=False)
    expected = train(build(name, rate), wide, steps, xla=False)
    close(narrow, expected, rtol=2**-8, atol=1e-3)


@each
@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)
def test_dynamic_loss_scaling_wraps_it(name):
    x, y = data()
    rate = 1.0 if name == "adadelta" else 0.02
    optimizer = keras.optimizers.LossScaleOptimizer(build(name, rate))
    losses = eagerly(model(optimizer), x, y, 6)
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]


@each
def test_fit_equals_a_loop_by_hand(name):
    x, y = data()
    net = model(build(name))
    net.fit(x, y, batch_size=16, epochs=1, shuffle=False, verbose=0)
    other = model(build(name))
    for i in range(0, 64, 16):
        with tf.GradientTape() as tape:
            error = other(x[i : i + 16], training=True) - y[i : i + 16]
            loss = tf.reduce_mean(tf.square(error))
        grads = tape.gradient(loss, other.trainable_variables)
        other.optimizer.apply(grads, other.trainable_variables)
    close(net.get_weights(), other.get_weights(), rtol=1e-5, atol=1e-6)


@each
def test_the_schedule_drives_momentum_where_there_is_one(name):
    cycle = OneCycle(0.01, total_steps=10)
    optimizer = build(name, cycle)
    weights = variables()
    step = compiled(optimizer, weights)
    held = getattr(optimizer, optimizer.parts[0].cycled, None)
    assert (held is not None) == (name in CYCLED)
    for i, grads in enumerate(gradients(weights, 10)):
        step(grads)
        if held is not None:
            assert float(held) == pytest.approx(cycle.momentum_curve(10)[i], rel=1e-9)
    if held is not None:
        with pytest.raises(ValueError, match="must be left to the schedule"):
            setattr(optimizer, optimizer.parts[0].cycled, 0.5)


@each
def test_a_schedule_without_momentum_leaves_it_alone(name):
    optimizer = build(name, WarmupCosine(0.01, total_steps=10))
    before = optimizer.get_config()
    weights = variables()
    train(optimizer, weights, gradients(weights, 3))
    assert optimizer.get_config() == before


@each
@pytest.mark.parametrize(
    ("option", "value", "must"),
    [
        ("learning_rate", -1.0, r"be in \[0, inf\)"),
        ("learning_rate", "fast", r"be in \[0, inf\)"),
        ("weight_decay", -0.1, r"be in \[0, inf\)"),
        ("weight_decay_exclude", "bias", "be a sequence of regular expressions"),
        ("weight_decay_exclude", ["("], "be a sequence of regular expressions"),
        ("clipnorm", 0.0, r"be in \(0, inf\)"),
        ("clipvalue", -1, r"be in \(0, inf\)"),
        ("global_clipnorm", float("nan"), r"be in \(0, inf\)"),
        ("ema_momentum", 1.1, r"be in \[0, 1\]"),
        ("ema_overwrite_frequency", 0, "be an integer >= 1 or None"),
        ("loss_scale_factor", 0, r"be in \(0, inf\)"),
        ("gradient_accumulation_steps", 1, "be an integer >= 2 or None"),
    ],
)
def test_options_out_of_range_are_named(name, option, value, must):
    kind = OPTIMIZERS[name].__name__
    with pytest.raises(ValueError, match=f"^{kind}: {option} must {must}.*, got "):
        OPTIMIZERS[name](**{option: value})


@pytest.fixture(scope="module")
def on_replicas(forked):
    # Logical devices must be made before TensorFlow starts, so in another process.
    process = forked(Path(__file__).with_name("optimizers_on_replicas.py"))
    out, errors = process.communicate()
    assert process.returncode == 0, errors[-2000:]
    return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("part", ["steps", "fit", "unbuilt"])
def test_two_replicas_equal_one_device(on_replicas, part):
    distances = on_replicas[part]
    assert distances
    assert max(distances.values()) < 1e-6, distances
