"""Every shipped search can begin."""

from pathlib import Path

import pytest

import mlpkit
from mlpkit.config import search_space
from mlpkit.tuning.setup import prepare_search, tuner_of
from mlpkit.tuning.space import settings_of

FOLDER = Path(__file__).parents[2] / "configs/search"
JOBS = sorted(path.name for path in FOLDER.glob("*.toml"))


@pytest.mark.parametrize("job", JOBS)
def test_proposes_networks_that_can_be_built(job, tmp_path):
    prepared = prepare_search(mlpkit.load_config(FOLDER / job))
    tuner = tuner_of(prepared, tmp_path, "search")
    trial = tuner.oracle.create_trial("one")
    hp = trial.hyperparameters
    network = tuner.hypermodel.bound(1, 0).build(hp)
    found = settings_of(search_space(prepared.config), hp.values)
    assert set(found) <= set(search_space(prepared.config))
    layers = [layer for layer in network.layers if "hidden" in layer.name]
    depth = found.get("depth", len(prepared.config.model.hidden))
    assert len(layers) == len(found.get("hidden", range(depth)))
