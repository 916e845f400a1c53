"""How long calls are, and what one tells the next."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from mlpkit.training import calls
from mlpkit.training.calls import Calls
from mlpkit.training.monitor import Monitor


class Lease:
    """Answers like a loop, and remembers what it was asked."""

    def __init__(self, monitor=None):
        model = SimpleNamespace(distribute_strategy=tf.distribute.get_strategy())
        plan = SimpleNamespace(monitor=monitor)
        self.loop = SimpleNamespace(
            plan=plan, proven=False, step_seconds=None, model=model
        )
        self.asked = []

    def __call__(self, *data, **control):
        self.asked.append(control)
        self.loop.proven = True
        return {"best": 0.5, "best_epoch": control["epoch"], "logs": {}}


ORDERS = np.zeros((2, 40), np.int32)


def test_each_call_starts_from_the_best_so_far():
    lease = Lease(Monitor("val_auc", lower_is_better=False))
    some = Calls(lease, None, patience=None)
    for epoch in (3, 4):
        some((), ORDERS, None, (0, 4), epoch=epoch)
    assert [c["best"] for c in lease.asked] == [-np.inf, 0.5]
    assert [c["best_epoch"] for c in lease.asked] == [-1, 3]
    assert lease.asked[0]["patience"] == 0  # never
    assert (some.best, some.best_epoch) == (0.5, 4)


def test_the_speed_is_not_that_of_the_call_that_compiles(monkeypatch):
    # the first call, 100 s, looks at the clock once: it is not counted
    clock = SimpleNamespace(perf_counter=iter([0.0, 100.0, 100.8]).__next__)
    monkeypatch.setattr(calls, "time", clock)
    lease = Lease()
    some = Calls(lease, None, patience=3)
    some((), ORDERS, None, (0, 4), epoch=0)
    assert some.fitting(1) is None
    some((), ORDERS, None, (0, 4), epoch=0)
    assert lease.loop.step_seconds == pytest.approx(0.1)  # 0.8 s, 2 epochs of 4 steps
    assert some.fitting(1) == int(calls.CALL_SECONDS / 0.1)
