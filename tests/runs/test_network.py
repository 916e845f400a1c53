import numpy as np
import pytest

from mlpkit.config import EnsembleConfig, load_config
from mlpkit.runs import prepare, train_network
from mlpkit.runs.members import Plan
from mlpkit.runs.network import fit_arguments, seed_of, total_steps


def prepared(penguins, **sections):
    job = {"data": {"target": "species"}, "training": {"epochs": 2}, **sections}
    return prepare(load_config(job), penguins)


def test_seed_of_the_training_leaves_the_split(penguins):
    ready = prepared(penguins)
    model = ready.config.model
    seeds = [{"seed": None}, {"seed": 1}, {"seed": 7}]
    settings = [ready.config.training.model_copy(update=s) for s in seeds]
    assert [seed_of(ready, t) for t in settings] == [1, 1, 7]
    losses = [
        train_network(ready, model, t, label="network")[1].history["loss"]
        for t in settings
    ]
    assert losses[0] == losses[1] != losses[2]


def test_arguments_of_a_training(penguins):
    ready = prepared(penguins)
    training = ready.config.training.model_copy(update={"batch_size": 50, "epochs": 3})
    plan = Plan(ready, EnsembleConfig())
    rows = ready.rows["train"]
    assert total_steps(plan, training) == 3 * -(-rows // 50)
    found = fit_arguments(plan, training)
    assert found["batch_size"] == 50
    short = training.model_copy(update={"stop_after": 2})
    assert total_steps(plan, short) == total_steps(plan, training)
    assert fit_arguments(plan, short)["epochs"] == 2
    assert found["deterministic"] is True
    free = training.model_copy(update={"deterministic": False})
    assert fit_arguments(plan, free)["deterministic"] is False
    assert len(found["validation_data"][0]) == ready.rows["validation"]
    np.testing.assert_array_equal(found["x"], ready.x[ready.split.train])


@pytest.mark.parametrize(("monitor", "patience"), [("val_loss", None), ("loss", 20)])
def test_patience_needs_a_value_to_compare(penguins, monitor, patience):
    ready = prepared(penguins, split={"validation_fraction": 0.0})
    training = ready.config.training.model_copy(update={"monitor": monitor})
    plan = Plan(ready, EnsembleConfig())
    assert fit_arguments(plan, training)["patience"] == patience
