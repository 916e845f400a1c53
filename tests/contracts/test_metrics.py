"""What every metric of members has to keep, checked over the table."""

import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components import metrics
from mlpkit.components.metrics import METRICS
from mlpkit.components.metrics.member_mean import MemberMean
from mlpkit.training.monitor import Monitor

RNG = np.random.default_rng(0)
P = RNG.dirichlet(np.ones(3), size=(2, 6)).astype("float32")
WEIGHT = RNG.uniform(size=6).astype("float32")
TARGETS = {
    "member_error": RNG.integers(0, 3, size=6),
    "member_log_loss": RNG.integers(0, 3, size=6),
    "member_root_mean_squared_error": RNG.normal(size=(6, 3)),
}
every = pytest.mark.parametrize("name", METRICS)


def test_table_holds_every_public_metric():
    public = [getattr(metrics, name) for name in metrics.__all__]
    assert {c for c in public if inspect.isclass(c)} == set(METRICS.values())
    assert list(METRICS) == sorted(METRICS) == list(TARGETS)
    for name, cls in METRICS.items():
        assert issubclass(cls, MemberMean)
        assert keras.saving.get_registered_name(cls) == f"mlpkit>{cls.__name__}"
        assert cls().name == cls().name == name


@every
def test_config_comes_back_from_json(name):
    metric = METRICS[name](members=2, name="here", dtype="float64")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(metric)))
    back = keras.saving.deserialize_keras_object(config)
    assert type(back) is type(metric)
    assert back.get_config() == metric.get_config()
    assert set(inspect.signature(type(metric)).parameters) == set(metric.get_config())
    assert back(TARGETS[name], P).dtype == "float64"


@every
@pytest.mark.parametrize("jit", [False, True])
def test_a_vector_of_members_each_as_if_alone(name, jit):
    together = METRICS[name](members=2)

    @tf.function(jit_compile=jit)
    def update(y, p, weight):
        together.update_state(y, p, weight)
        return together.result()

    found = update(TARGETS[name].astype("float32"), P, WEIGHT)
    assert found.shape == (2,)
    alone = [METRICS[name]()(TARGETS[name], p, WEIGHT) for p in P]
    np.testing.assert_allclose(found, alone, rtol=1e-6)
    assert alone[0].shape == ()
    assert alone[0] != alone[1]


@every
def test_smaller_is_better(name):
    assert METRICS[name]()._direction == "down"
    monitor = Monitor.of(_with(METRICS[name]()), f"val_{name}", "auto")
    assert monitor.lower_is_better


def _with(metric):
    class Holder:
        metrics = (metric,)

    return Holder()


@every
def test_half_precision_is_widened(name):
    found = METRICS[name](members=2)(TARGETS[name], tf.cast(P, "float16"))
    assert found.dtype == "float32"
    expected = METRICS[name](members=2)(TARGETS[name], P)
    np.testing.assert_allclose(found, expected, rtol=2e-3)
