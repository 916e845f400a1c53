import keras
import numpy as np
import pytest

from mlpkit import losses
from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError
from mlpkit.factory import TASKS, build_model, build_optimizer
from mlpkit.factory.restore import restore_model
from mlpkit.training import fit

# the lecture's summary table: units for two targets, classes or labels
TABLE = {
    "regression": (2, "linear", losses.MeanSquaredError),
    "binary": (1, "sigmoid", losses.BinaryCrossentropy),
    "binary_softmax": (2, "softmax", losses.SparseCategoricalCrossentropy),
    "multiclass": (2, "softmax", losses.SparseCategoricalCrossentropy),
    "multilabel": (2, "sigmoid", losses.BinaryCrossentropy),
}


@pytest.mark.parametrize("task", TASKS)
def test_summary_table(task):
    units, activation, loss = TABLE[task]
    model = build_model(task, num_features=4, num_outputs=2, hidden=(3,))
    output = model.get_layer("output")
    assert output.units == units
    assert output.activation is getattr(keras.activations, activation)
    assert isinstance(model.loss, loss)


@pytest.mark.parametrize("task", TASKS)
def test_no_hidden_layer_is_a_single_dense(task):
    model = build_model(task, num_features=4, num_outputs=2, hidden=())
    assert [type(layer) for layer in model.layers[1:]] == [keras.layers.Dense]


@pytest.mark.parametrize(
    ("activation", "initializer"),
    [("tanh", "Glorot"), ("relu", "He"), ("gelu", "He"), ("selu", "Lecun")],
)
def test_initializer_follows_the_activation(activation, initializer):
    model = build_model("binary", num_features=4, activation=activation)
    kernel = model.get_layer("hidden_1").kernel_initializer
    assert type(kernel).__name__.startswith(initializer)
    given = build_model("binary", num_features=4, initializer="lecun_uniform")
    assert "Lecun" in type(given.get_layer("hidden_1").kernel_initializer).__name__


@pytest.mark.parametrize(
    ("task", "y"),
    [
        ("binary", np.zeros((2, 1), np.float32)),
        ("multilabel", np.zeros((2, 1), np.float32)),
    ],
)
def test_cross_entropy_is_computed_from_logits(task, y):
    model = build_model(task, num_features=1, hidden=())
    model.get_layer("output").set_weights([np.full((1, 1), 300.0), np.zeros(1)])
    # -log(1 - sigmoid(300)) = 300; from clipped probabilities it would be 16
    assert model.evaluate(np.ones((2, 1)), y, verbose=0)[0] == pytest.approx(300)


def test_seed_gives_the_same_weights():
    first, second, other = (
        build_model("binary", num_features=5, seed=seed).get_weights()
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_layers_of_one_model_differ():
    kernels = [
        w
        for w in build_model(
            "binary", num_features=8, hidden=(8, 8), seed=1
        ).get_weights()
        if w.shape == (8, 8)
    ]
    assert not np.array_equal(*kernels)


def test_batch_norm_dropout_and_embedding():
    model = build_model(
        "multiclass",
        num_features=6,
        num_outputs=3,
        cardinalities=(40,),
        hidden=(8,),
        batch_norm=True,
        dropout=0.5,
    )
    names = [layer.name for layer in model.layers]
    assert names == [
        "features", "categories", "hidden_1", "norm_1", "gelu_1", "dropout_1", "output",
    ]  # fmt: skip
    assert not model.get_layer("hidden_1").use_bias


def test_mixed_precision_keeps_a_float32_output():
    model = build_model("binary", num_features=3, dtype="mixed_bfloat16")
    assert model.get_layer("hidden_1").compute_dtype == "bfloat16"
    assert model.output.dtype == "float32"


def test_half_precision_scales_its_loss(tmp_path):
    scaling = keras.optimizers.LossScaleOptimizer
    sizes = {"num_features": 3, "hidden": (8,), "dtype": "mixed_float16", "seed": 1}
    model = build_model("regression", **sizes)
    assert isinstance(model.optimizer, scaling)
    mine = scaling(keras.optimizers.SGD(0.1), 2.0**30)  # too large at first
    model = build_model("regression", optimizer=mine, **sizes)
    assert model.optimizer is mine
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    losses = fit(model, x, x[:, :1], batch_size=16, epochs=12).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert float(mine.dynamic_scale) < 2.0**30
    model.save(tmp_path / "m.keras")
    restored = restore_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(restored(x), model(x))


def test_schedule_gets_its_length():
    config = TrainingConfig(schedule="one_cycle", learning_rate=0.1)
    optimizer = build_optimizer(config, total_steps=50)
    schedule = optimizer._learning_rate
    assert schedule.get_config()["total_steps"] == 50
    assert float(np.max(schedule.curve(50))) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"task": "multiclas"}, "did you mean 'multiclass'"),
        ({"num_features": 0}, "num_features must be >= 1, got 0"),
        ({"task": "multiclass", "num_outputs": 1}, "num_outputs must be >= 2"),
        ({"task": "binary", "num_outputs": 3}, "<= 2, got 3"),
        ({"hiden": (3,)}, "did you mean 'hidden'"),
        ({"dropout": 1.0}, "dropout: must be less than 1"),
        ({"activation": "geloo"}, "did you mean 'gelu'"),
        (
            {"activation": {"name": "leaky_relu", "slope": 1}},
            "takes no argument 'slope'",
        ),
        ({"activation": {"name": "rrelu", "lower": 2.0}}, "activation 'rrelu'"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(UsageError, match=said):
        build_model(**{"task": "binary", "num_features": 3, **arguments})


def test_bad_optimizer_argument():
    config = TrainingConfig(optimizer={"name": "adam", "beta1": 0.5})
    with pytest.raises(
        UsageError, match="takes no argument 'beta1'; did you mean 'beta_1'"
    ):
        build_optimizer(config)


def test_a_scaled_network_with_everything_in_it():
    model = build_model(
        "binary",
        num_features=7,
        num_numeric=4,
        cardinalities=(20,),
        hidden=(6, 5),
        activation="selu",
        parametrization="ntk",
        parametric_activation=True,
        front_scale=True,
        numeric_embedding={"name": "pbld", "dim": 3},
        label_smoothing=0.1,
        seed=1,
    )
    names = [layer.name for layer in model.layers]
    assert names == [
        "features", "categories", "numbers", "front_scale", "hidden_1",
        "parametric_selu_1", "dropout_1", "hidden_2", "parametric_selu_2",
        "dropout_2", "logits", "output",
    ]  # fmt: skip
    assert model(np.zeros((3, 7), np.float32)).shape == (3, 1)
    assert model.get_layer("front_scale").output.shape[-1] == 4 * 3 + 2 + 9
    assert float(model.loss.label_smoothing) == pytest.approx(0.1)


def test_regression_has_no_labels_to_smooth():
    with pytest.raises(UsageError, match="label_smoothing: a regression has no labels"):
        build_model("regression", num_features=2, label_smoothing=0.1)


def test_quantiles_end_in_their_order():
    levels = (0.1, 0.5, 0.9)
    model = build_model(
        "regression", num_features=4, num_outputs=2, hidden=(3,), quantiles=levels
    )
    assert isinstance(model.loss, losses.PinballLoss)
    assert model.loss.quantiles == list(levels)
    x = 9 * np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    found = model(x).numpy().reshape(50, 2, 3)
    assert np.all(np.diff(found, axis=-1) >= 0)
    with pytest.raises(UsageError, match="takes a task 'regression', got 'binary'"):
        build_model("binary", num_features=4, quantiles=levels)
