"""What processes agree on; the tests with real ones are those of the replicas."""

import pytest
import tensorflow as tf

from mlpkit.errors import WorkerError
from mlpkit.training import engine
from mlpkit.training.engine import agree, is_chief, is_multi_worker, of_the_chief
from mlpkit.training.engine.workers import workers_needed


def test_one_process_agrees_with_itself():
    strategy = tf.distribute.get_strategy()
    assert is_chief(strategy)
    assert of_the_chief(strategy, 0.1) == 0.1
    agree(strategy, "rows", "rows")


def test_workers_with_other_rows_are_told_so(monkeypatch):
    strategy = tf.distribute.get_strategy()
    monkeypatch.setattr(engine.workers, "of_the_chief", lambda *_: 1.0)
    with pytest.raises(WorkerError, match="same rows, this one differs from the chief"):
        agree(strategy, "other rows", "rows")
    monkeypatch.setattr(engine.workers, "of_the_chief", lambda _, own: own)
    monkeypatch.setattr(engine.workers, "_sum", lambda *_: 1.0)
    with pytest.raises(WorkerError, match="this one is as the chief's"):
        agree(strategy, "rows", "rows")


def test_a_lost_worker_is_told_only_where_there_are_workers(monkeypatch):
    strategy = tf.distribute.get_strategy()
    assert not is_multi_worker(strategy)

    def lose():
        with workers_needed(strategy):
            raise tf.errors.UnavailableError(None, None, "gone")

    with pytest.raises(tf.errors.UnavailableError, match="gone"):
        lose()
    monkeypatch.setattr(engine.workers, "is_multi_worker", lambda _: True)
    with pytest.raises(WorkerError, match=r"one of them is gone \(UnavailableError"):
        lose()
