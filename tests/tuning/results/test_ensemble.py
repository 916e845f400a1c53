import keras
import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.exporting import Servable, export
from mlpkit.factory import TASKS, build_model
from mlpkit.factory.restore import restore_model
from mlpkit.runs import Answers
from mlpkit.tuning.results import average_models

pytestmark = pytest.mark.slow

WEIGHTS = np.array([3.0, 0.0, 1.0])


def members(task, outputs=1, features=4, **model):
    sizes = ((8,), (), (5, 5))
    return [
        build_model(
            task,
            num_features=features,
            num_outputs=outputs,
            hidden=hidden,
            seed=seed,
            **model,
        )
        for seed, hidden in enumerate(sizes)
    ]


def rows(count=50, features=4):
    return np.random.default_rng(1).normal(size=(count, features)).astype(np.float32)


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        ("regression", 2),
        ("binary", 1),
        ("binary_softmax", 2),
        ("multiclass", 3),
        ("multilabel", 3),
    ],
)
def test_mean_of_what_the_members_say(task, outputs, tmp_path):
    models = members(task, outputs)
    x = rows()
    parts = [keras.ops.convert_to_numpy(m(x)).astype(np.float64) for m in models]
    expected = 0.75 * parts[0] + 0.25 * parts[2]
    network = average_models(models, WEIGHTS, task)
    found = keras.ops.convert_to_numpy(network(x))
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-6)
    if task != "regression":  # the task decides for it as for any network
        decided = TASKS[task].decide(found)
        np.testing.assert_array_equal(decided, TASKS[task].decide(expected))
    if "softmax" in task or task == "multiclass":
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    network.save(tmp_path / "model.keras")
    again = restore_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(x)), found)


def test_loss_is_that_of_the_mean():
    models = members("multiclass", 3)
    x, y = rows(), np.random.default_rng(0).integers(3, size=50)
    p = [keras.ops.convert_to_numpy(m(x)).astype(np.float64) for m in models]
    mean = (p[0] + p[1] + p[2]) / 3
    network = average_models(models, np.ones(3), "multiclass")
    loss, accuracy = network.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(-np.log(mean[np.arange(50), y]).mean(), rel=1e-5)
    assert accuracy == pytest.approx((mean.argmax(axis=1) == y).mean())


def test_one_member_is_that_member():
    models = members("binary")
    network = average_models(models, [0, 1, 0], "binary")
    x = rows()
    np.testing.assert_array_equal(network(x), models[1](x))


def test_half_precision_members():
    models = members("multiclass", 3, dtype="mixed_float16")
    network = average_models(models, WEIGHTS, "multiclass")
    assert network(rows()).dtype == "float32"


def test_members_are_left_as_they_are():
    models = members("binary")
    names = [m.name for m in models]
    network = average_models(models, WEIGHTS, "binary")
    assert [m.name for m in models] == names
    assert network.count_params() == sum(models[i].count_params() for i in (0, 2))


def test_exported_like_any_network(penguin_run, penguins, tmp_path):
    answers = penguin_run.answers
    first = answers.model
    second = keras.models.clone_model(first)
    second.set_weights([0.5 * w for w in first.get_weights()])
    network = average_models([first, second], [0.5, 0.5], answers.target.task)
    served = Answers(answers.encoder, network, answers.target, answers.scaling)
    source = Servable(
        "both", penguin_run.config, served, lambda: penguins.slice(0, 5), lambda _: None
    )
    path = export(source, tmp_path, verify=False)
    expected = served(penguins.slice(0, 20))
    loaded = tf.saved_model.load(str(path)).signatures["serving_default"]
    columns = _raw(penguins.slice(0, 20), answers.encoder)
    found = loaded(**columns)
    np.testing.assert_allclose(found["scores"], expected["scores"], atol=1e-6)
    alone = answers(penguins.slice(0, 20))["scores"]
    assert np.abs(alone - expected["scores"]).max() > 1e-3


def _raw(table: pa.Table, encoder):
    from mlpkit.preprocessing import raw_columns

    raw = raw_columns(table, encoder.statistics)
    signature = encoder.input_signature
    names = encoder.serving_names
    return {names[k]: tf.constant(v, signature[k].dtype) for k, v in raw.items()}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"weights must be \(3,\), got \(1,\)"),
        ([1.0, -1.0, 1.0], r"weights must be >= 0 and not all 0, got \[1.0, -1.0"),
        ([0.0, 0.0, 0.0], "weights must be >= 0 and not all 0, got"),
        ([np.nan, 1.0, 1.0], "weights must be >= 0 and not all 0, got"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(UsageError, match=message):
        average_models(members("binary"), weights, "binary")


def test_models_that_do_not_fit():
    mixed = [*members("binary")[:2], *members("binary", features=5)[:1]]
    message = r"each input_shape must be \(None, 4\), got \(None, 5\)"
    with pytest.raises(UsageError, match=message):
        average_models(mixed, [1, 1, 1], "binary")
    with pytest.raises(UsageError, match="unknown task 'binery'; did you mean"):
        average_models(mixed, [1, 1, 1], "binery")
