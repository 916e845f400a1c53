import keras_tuner
import pytest

from mlpkit.tuning.oracles import SCORE


@pytest.fixture
def space():
    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, 3)
    hp.Choice("kind", ["a", "b"])
    with hp.conditional_scope("kind", ["b"]):
        hp.Choice("inner", [1, 2])
    hp.Float("rate", 1e-3, 1e-1, sampling="log")
    return hp


@pytest.fixture
def run(tmp_path):
    """Runs an oracle: proposes, scores by a function, ends; returns the values."""

    def go(oracle, score=lambda _: 1.0, trials=1000):
        if oracle.directory is None:
            oracle._set_project_dir(tmp_path, "oracle")
            oracle.directory = tmp_path
        oracle.verbose = 0
        found = []
        while len(found) < trials:
            trial = oracle.create_trial("one")
            if trial.status != "RUNNING":
                break
            values = dict(trial.hyperparameters.values)
            told = {SCORE: score(values)}
            oracle.update_trial(trial.trial_id, told, step=0)
            trial.status = "COMPLETED"
            oracle.end_trial(trial)
            found.append(values)
        return found

    return go
