"""Shared by all tests: a small real table, and one trained run of it."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pathlib import Path

import pytest

# tests/reference makes the values of other libraries, which are not installed here;
# tests/jax_backend is for Keras' other backend: `make test-jax`
collect_ignore = ["reference"]
if os.environ.get("KERAS_BACKEND") != "jax":
    collect_ignore.append("jax_backend")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def penguins():
    """344 birds: strings, whole numbers, missing values, three species."""
    from mlpkit.data import read_table

    return read_table(ROOT / "configs/data/penguins.csv")


@pytest.fixture(scope="session")
def penguin_run(penguins, tmp_path_factory):
    """A short run, trained once for all tests that only read it."""
    import mlpkit

    config = {
        "name": "birds",
        "data": {"target": "species"},
        "model": {"hidden": [16]},
        "training": {"epochs": 15, "learning_rate": 0.01},
    }
    return mlpkit.train(config, data=penguins, folder=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def penguin_export(penguin_run, tmp_path_factory):
    """That run's SavedModel, written and verified once."""
    import mlpkit

    return mlpkit.export(penguin_run, tmp_path_factory.mktemp("models") / "birds")
