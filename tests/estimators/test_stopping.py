"""Which rule stops, and which value it follows."""

from types import SimpleNamespace

import pytest

from mlpkit.estimators.callbacks import Adaptive, InverseScaling, StopWhenFlat
from mlpkit.estimators.stopping import stopping

LEFT = dict.fromkeys(("n_iter_no_change", "tol", "learning_rate", "power_t"))


def ask(*, validates, patience=None, **params):
    training = SimpleNamespace(patience=patience, learning_rate=0.1)
    plan = SimpleNamespace(
        prepared=SimpleNamespace(config=SimpleNamespace(training=training)),
        validates=validates,
        rows=40,
        monitor=lambda name: f"of_members_{name}",
    )
    return stopping(plan, {**LEFT, **params})


def test_nothing_is_asked_for():
    assert ask(validates=True) == ([], None)
    assert ask(validates=False, patience=3) == ([], None)


def test_the_loop_stops_by_held_out_rows():
    assert ask(validates=True, patience=3) == ([], 3)
    assert ask(validates=True, patience=3, n_iter_no_change=4) == ([], 4)


@pytest.mark.parametrize(
    ("validates", "monitor"), [(True, "of_members_val_loss"), (False, "loss")]
)
def test_a_tolerance_is_a_callback(validates, monitor):
    (rule,), patience = ask(validates=validates, n_iter_no_change=4, tol=0.5)
    assert isinstance(rule, StopWhenFlat)
    assert (rule.monitor, rule.tol, rule.patience) == (monitor, 0.5, 4)
    assert patience is None


def test_rates_that_change_after_an_epoch():
    (rule,), patience = ask(validates=False, learning_rate="adaptive")
    assert isinstance(rule, Adaptive)
    assert (rule.tol, rule.patience, patience) == (1e-4, 10, None)
    (rule,), _ = ask(validates=False, learning_rate="invscaling")
    assert isinstance(rule, InverseScaling)
    assert (rule.learning_rate, rule.power, rule.rows) == (0.1, 0.5, 40)
