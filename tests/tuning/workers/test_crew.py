import os

import pytest

from mlpkit.errors import UsageError
from mlpkit.training.engine import pool_threads
from mlpkit.tuning.workers.crew import Crew, environment


def test_cores_are_shared(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    found = environment("worker1", "127.0.0.1:77", 3)
    assert found["TF_NUM_INTRAOP_THREADS"] == found["OMP_NUM_THREADS"] == "2"
    assert environment("worker1", "h:1", 20)["TF_NUM_INTRAOP_THREADS"] == "1"
    assert found["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert found["TF_NUM_INTEROP_THREADS"] == str(pool_threads())  # as alone
    assert found["KERASTUNER_TUNER_ID"] == "worker1"
    assert found["KERASTUNER_ORACLE_IP"] == "127.0.0.1"
    assert found["KERASTUNER_ORACLE_PORT"] == "77"


def test_a_crew_has_workers(tmp_path):
    with pytest.raises(UsageError, match="workers must be at least 1, got -1"):
        Crew(-1, {}, tmp_path)
