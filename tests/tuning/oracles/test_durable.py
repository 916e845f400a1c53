import keras_tuner
import pytest

from mlpkit.tuning import Asha
from mlpkit.tuning.oracles import SCORE, RandomOracle, durable


def oracle(space, folder, **given):
    found = RandomOracle(objective="val_loss", hyperparameters=space, seed=1, **given)
    found.directory = folder
    found._set_project_dir(folder, "search")
    found.verbose = 0
    return found


def again(space, folder, **given):
    said = []
    found = oracle(space, folder, **given)
    found.report = said.append
    found.reload()
    return found, said


def test_running_trial_comes_first_after_a_restart(space, tmp_path, run):
    first = oracle(space, tmp_path, max_trials=5)
    run(first, trials=2)
    running = first.create_trial("one")
    second, said = again(space, tmp_path, max_trials=5)
    assert second.create_trial("two").trial_id == running.trial_id
    assert said == []


def test_finished_trial_does_not_run_again(space, tmp_path, run):
    # a kill between the last writing and the next trial: KerasTuner takes it as running
    first = oracle(space, tmp_path, max_trials=3)
    run(first, trials=1)
    second, _ = again(space, tmp_path, max_trials=3)
    assert second.create_trial("one").trial_id == "1"


def test_spoiled_state_is_replaced_by_the_one_before_it(space, tmp_path, run):
    run(oracle(space, tmp_path, max_trials=6), trials=3)
    path = tmp_path / "search/oracle.json"
    path.write_text(path.read_text()[:200])
    found, said = again(space, tmp_path, max_trials=6)
    assert len(said) == 1
    assert "spoiled, the one before it is used" in said[0]
    assert [t.status for t in found.trials.values()] == ["COMPLETED"] * 3
    values = run(found)
    assert len(values) == 3
    assert len({str(t.hyperparameters.values) for t in found.trials.values()}) == 6


def test_all_state_spoiled_leaves_the_trials(space, tmp_path, run):
    run(oracle(space, tmp_path, max_trials=4), trials=2)
    for name in ("oracle.json", "oracle.json.before"):
        (tmp_path / "search" / name).write_text("")
    found, said = again(space, tmp_path, max_trials=4)
    assert "it is left out" in said[0]
    assert found.start_order == found.end_order == ["0", "1"]
    assert len(run(found)) == 2


def test_spoiled_trial_keeps_its_number(space, tmp_path, run):
    run(oracle(space, tmp_path, max_trials=4), trials=2)
    for path in (tmp_path / "search/trial_0").glob("trial.json*"):
        path.write_text("{")
    found, said = again(space, tmp_path, max_trials=4)
    assert len(said) == 1
    assert found.trials["0"].status == "FAILED"
    assert found.create_trial("one").trial_id == "2"


def test_lagging_trial_is_told_to_stop(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=4)
    found.stopper = Asha(first=1, factor=2)
    for loss, status in [(1.0, "RUNNING"), (2.0, "STOPPED"), (0.5, "RUNNING")]:
        trial = found.create_trial(f"worker{loss}")
        told = found.update_trial(trial.trial_id, {"val_loss": loss}, step=0)
        assert told.status == status
        assert found.trials[trial.trial_id].status == "RUNNING"


def test_values_told_again_replace_the_old(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=4)
    trial = found.create_trial("one")
    for value in (3.0, 1.0):
        found.update_trial(trial.trial_id, {"val_loss": value}, step=0)
    (seen,) = found.trials[trial.trial_id].metrics.get_history("val_loss")
    assert seen.value == [1.0]


def test_best_trials_are_not_padded_with_failed_ones(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=4)
    trial = found.create_trial("one")
    trial.status, trial.message = "FAILED", "no"
    found.end_trial(trial)
    assert found.get_best_trials(3) == []


def test_one_failure_after_the_other_ends_the_proposals(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=9, max_consecutive_failed_trials=2)
    for _ in range(2):
        trial = found.create_trial("one")
        trial.status, trial.message = "FAILED", "Traceback\nRuntimeError: no"
        found.end_trial(trial)
    assert found.given_up == "the last 2 trials all failed: RuntimeError: no"
    assert found.create_trial("one").status == "STOPPED"
    assert not found.ongoing_trials


def test_retry_begins_with_no_metrics(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=9, max_retries_per_trial=1)
    trial = found.create_trial("one")
    found.update_trial(trial.trial_id, {"val_loss": 1.0}, step=0)
    trial.status = "INVALID"
    found.end_trial(trial)
    second = found.create_trial("one")
    assert second.trial_id == trial.trial_id
    assert not second.metrics.exists("val_loss")


def test_any_oracle_becomes_durable(tmp_path):
    made = durable(keras_tuner.oracles.BayesianOptimizationOracle("val_loss"))
    assert isinstance(made, keras_tuner.oracles.BayesianOptimizationOracle)
    made._set_project_dir(tmp_path, "search")
    made.save()
    assert made.state_path.exists()
    assert durable(made) is made


def test_score_is_that_which_was_told(space, tmp_path):
    found = oracle(space, tmp_path, max_trials=1)
    trial = found.create_trial("one")
    found.update_trial(trial.trial_id, {"val_loss": 0.1}, step=0)
    found.update_trial(trial.trial_id, {SCORE: 0.7}, step=4)
    trial.status = "COMPLETED"
    found.end_trial(trial)
    ended = found.trials[trial.trial_id]
    assert (ended.score, ended.best_step) == (pytest.approx(0.7), 4)
