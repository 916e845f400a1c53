"""The types of what a loop is called with."""

import numpy as np
import tensorflow as tf

from mlpkit.training.engine.plan import CONTROL, Plan

SPEC = tf.TensorSpec([None, 3], tf.float32)
GIVEN = {
    "first_step": 0,
    "last_step": np.int64(3),
    "epoch": 5,
    "best": np.inf,
    "best_epoch": -1,
    "patience": 0,
    "reset": True,
    "finish": np.True_,
    "validate": False,
}


def test_numbers_of_a_call_have_the_signatures_types():
    for members in (None, 2):
        plan = Plan(8, 0, members=members)
        batch = SPEC if members is None else tf.TensorSpec([2, None, 3], tf.float32)
        wanted = plan.signature((batch, batch), None, ["learning_rate"])[4:]
        found = plan.control(**GIVEN)
        assert [t.dtype for t in found] == list(CONTROL.values())
        assert [t.shape for t in found] == [w.shape for w in wanted]
    best, epochs = found[3], found[4]
    assert best.numpy().tolist() == [np.inf, np.inf]  # one for each member
    assert epochs.numpy().tolist() == [-1, -1]


def test_members_stand_before_rows_in_batches_and_after_them_in_orders():
    plan = Plan(8, 0, members=2)
    batch = tf.TensorSpec([2, None, 3], tf.float32)
    rows, order, table, tested, *_ = plan.signature((batch,), (batch,), ["a", "b"])
    assert rows[0].shape.as_list() == [None, 3]
    assert order.shape.as_list() == [None, None, 2]
    assert table.shape.as_list() == [None, None, 2]
    assert tested[0].shape.as_list() == [None, 2, 3]


def test_plans_are_keys():
    assert Plan(8, 0) == Plan(8, 0)
    assert len({Plan(8, 0), Plan(8, 0), Plan(8, 4), Plan(8, 0, members=2)}) == 3
