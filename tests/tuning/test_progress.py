import io

import keras_tuner
from rich.console import Console

from mlpkit.tuning.oracles import RandomOracle
from mlpkit.tuning.progress import SearchProgress
from mlpkit.tuning.records import TrialRecord


def test_best_trials_are_shown():
    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, 3)
    oracle = RandomOracle(objective="val_loss", hyperparameters=hp, max_trials=3)
    text = io.StringIO()
    shown = SearchProgress(Console(file=text, width=100))
    done = TrialRecord("0", 1, "completed", {"depth": 2}, 1, 0.25, {"val_loss": 0.25})
    shown.open(oracle, [done])
    shown.watch(TrialRecord("1", 2, "running", {"depth": 3}, 1))
    shown.close()
    assert "1/3 trials" in text.getvalue()
    assert "0.25" in text.getvalue()
    assert "running" in text.getvalue()
