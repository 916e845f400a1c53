import keras_tuner

from mlpkit.tuning.curves import best_until, curve_of


def test_lower_is_better_for_any_objective(tmp_path):
    oracle = keras_tuner.oracles.RandomSearchOracle(
        objective=["val_loss", "val_accuracy"]
    )
    oracle._set_project_dir(tmp_path, "search")
    oracle.verbose = 0
    trial = oracle.create_trial("one")
    for step, (loss, accuracy) in enumerate([(1.0, 0.5), (0.5, 0.75)]):
        told = {"val_loss": loss, "val_accuracy": accuracy}
        oracle.update_trial(trial.trial_id, told, step=step)
    assert curve_of(trial, oracle.objective) == {0: 0.5, 1: -0.25}
    only = keras_tuner.Objective("val_accuracy", "max")
    assert curve_of(trial, only) == {0: -0.5, 1: -0.75}


def test_best_until():
    assert best_until({0: float("nan")}, 3) is None
    assert best_until({0: 2.0, 5: 1.0}, 4) == 2.0
