"""Every shipped configuration runs, and is in the table of configs/README.md."""

from pathlib import Path

import pytest

import mlpkit

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "configs"
JOBS = sorted(p.relative_to(FOLDER).as_posix() for p in FOLDER.rglob("*.toml"))


@pytest.mark.parametrize("job", JOBS)
def test_is_described(job):
    assert f"`{job}`" in (FOLDER / "README.md").read_text()
    assert (FOLDER / job).read_text().startswith("#")


@pytest.mark.parametrize("job", [j for j in JOBS if "/" not in j])
def test_trains(job, tmp_path):
    short = ["training.epochs=2", "report=false"]
    run = mlpkit.train(FOLDER / job, overrides=short, folder=tmp_path)
    assert run.metrics["network"]["test"]


def test_every_task_has_one():
    tasks = set()
    for job in JOBS:
        config = mlpkit.load_config(FOLDER / job)
        table = mlpkit_table(config)
        from mlpkit.data import infer_target

        tasks.add(infer_target(table, config.data.target, config.data.task).task)
    assert {"regression", "binary", "multiclass", "multilabel"} <= tasks


def mlpkit_table(config):
    from mlpkit.data import read_table

    return read_table(config.data.path)
