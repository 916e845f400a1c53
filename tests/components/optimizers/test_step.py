import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.optimizers.step import Step


def scalar(value):
    return tf.constant(value, tf.float64)


def make(live=None, beta=0.9, weight=0.0):
    return Step(
        scalar(0.1),
        number=scalar(1.0),
        values={"beta": scalar(beta)},
        counters={"weight": scalar(weight)},
        live=live,
    )


@pytest.mark.parametrize("live", [None, True])
def test_a_live_step_moves_everything(live):
    step = make(live)
    assert float(step.learning_rate) == 0.1
    assert float(step.fresh("beta")) == pytest.approx(0.1)
    assert float(step.past("beta")) == pytest.approx(0.9)


def test_a_step_that_is_not_live_keeps_everything():
    step = make(live=False, weight=0.3)
    assert float(step.learning_rate) == 0.0
    assert float(step.fresh("beta")) == 0.0
    assert float(step.past("beta")) == 1.0
    assert float(step.average_weight("weight", "beta")) == 0.3


def test_the_weight_of_an_average_is_one_minus_the_product_of_its_decays():
    betas = np.random.default_rng(0).uniform(0.5, 0.999, 50)
    weight = scalar(0.0)
    for beta in betas:
        step = make(beta=beta, weight=weight)
        step.average_weight("weight", "beta")
        weight = step.counters["weight"]
    assert float(weight) == pytest.approx(1 - np.prod(betas), rel=1e-14)


def test_the_first_weight_keeps_its_digits():
    step = make(beta=1 - 1e-12)
    # 1 − β has four digits left in float64; no more are lost.
    weight = float(step.average_weight("weight", "beta"))
    assert weight == pytest.approx(1 - (1 - 1e-12), rel=1e-15)
